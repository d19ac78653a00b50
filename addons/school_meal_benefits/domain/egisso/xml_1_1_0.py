"""Message 10.06.S, version 1.1.0: changes of the register of granted benefits.

:func:`write` makes the XML of a :class:`facts.Package`; ``xml_reader`` reads it back.
Element names, their order and namespaces follow the schemas in ``data/egisso``.
"""

from lxml import etree

from . import facts, safe_xml

VERSION = "1.1.0"
SCHEMA = "10.06.S-1.1.0.xsd"
#: More elements of one kind are refused by the schema.
LIMIT = 1000

MSG = "urn://egisso-ru/msg/10.06.S/1.1.0"
PAC = "urn://egisso-ru/types/package-RAF/1.1.0"
FACT = "urn://egisso-ru/types/assignment-fact/1.0.8"
PRSN = "urn://egisso-ru/types/prsn-info/1.0.4"
BASIS = "urn://egisso-ru/types/prsn-basis/1.0.2"
BASIC = "urn://egisso-ru/types/basic/1.0.8"
SMEV = "urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1"
NSMAP = {
    None: MSG, "pac": PAC, "af": FACT, "prsn": PRSN, "basis": BASIS, "egisso": BASIC,
    "smev": SMEV,
}  # fmt: skip

#: Our kind → element of the package, in the order of the schema.
TAGS = {
    "fact": "fact",
    "recalculation": "alterationBasedOnRecalculation",
    "death_or_moving": "alterationBasedOnDeathOrMovingRecalculation",
    "previous_errors": "alterationBasedOnPreviousErrors",
    "end_recalculation": "terminationBasedOnRecalculation",
    "end_ineligibility": "terminationBasedOnIneligibility",
    "end_of_right": "terminationBasedOnEndOfRight",
    "end_of_validity": "terminationBasedOnEndOfValidityPeriod",
    "end_refusal": "terminationBasedOnRecipientRefusal",
    "duplicate": "duplicatesInvalidation",
    "error": "errorsInvalidation",
}
#: Identity document: our kind → (namespace, element).
IDENTITY = {
    "passport": (BASIC, "PassportRF"),
    "foreign_passport": (BASIC, "ForeignPassport"),
    "residence_permit": (BASIC, "ResidencePermitRF"),
    "military": (BASIC, "MilitaryPassport"),
    "birth_certificate": (BASIC, "BirthCertificate"),
    "temporary_card": (BASIC, "TemporaryIdentityCardRF"),
    "refugee": (PRSN, "RefugeeCertificate"),
    "other": (PRSN, "OtherDocument"),
}
GENDERS = {"male": "Male", "female": "Female"}
FORM_TAGS = {
    facts.MONETARY: "monetaryForm",
    facts.NATURAL: "naturalForm",
    facts.EXEMPTION: "exemptionForm",
    facts.SERVICE: "serviceForm",
}


def write(package):
    """Return the UTF-8 bytes of the message with the elements of a package."""
    root = etree.Element(f"{{{MSG}}}data", nsmap=NSMAP)
    body = etree.SubElement(root, f"{{{PAC}}}package")
    _put(body, PAC, "packageId", package.uuid)
    elements = etree.SubElement(body, f"{{{PAC}}}elements")
    rank = facts.KINDS.index
    for element in sorted(package.elements, key=lambda element: rank(element.kind)):
        node = etree.SubElement(elements, f"{{{PAC}}}{TAGS[element.kind]}")
        if element.kind == facts.FACT:
            _write_fact(node, element)
            _put(node, PAC, "uuid", element.uuid)
        else:
            _write_event(node, element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def validate(data):
    """Return (line, place) of what the schema refuses in the bytes of a message."""
    return safe_xml.schema_errors(safe_xml.parse(data), SCHEMA)


def _put(parent, namespace, name, value):
    """Append an element; nothing for an empty value."""
    if value not in (None, ""):
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = str(value)


def _money(amount):
    return None if amount is None else f"{amount:.2f}"


def _decimal(number):
    return None if number is None else f"{number:f}"


def _write_event(node, event):
    _put(node, PAC, "uuid", event.uuid)
    _put(node, PAC, "assignmentFactUuid", event.fact_uuid)
    _put(node, PAC, "providerCode", event.provider_code)
    amount = _money(event.amount)
    if event.kind == "recalculation":
        _put(node, PAC, "amount", amount)
    elif event.kind == "death_or_moving":
        _put(node, PAC, "amount", amount)
        _put(node, PAC, "dateFinish", event.date_finish)
    elif event.kind in facts.TERMINATIONS:
        _put(node, PAC, "dateFinish", event.date_finish)
        _put(node, PAC, "amount", amount)
        _put(node, PAC, "quantity", _decimal(event.quantity))
    elif event.kind == "previous_errors":
        _write_fact(etree.SubElement(node, f"{{{PAC}}}fact"), event.fact)


def _write_fact(node, fact):
    _put(node, FACT, "oszCode", fact.osz_code)
    _write_person(etree.SubElement(node, f"{{{FACT}}}mszReceiver"), fact.receiver)
    if fact.reasons:
        reasons = etree.SubElement(node, f"{{{FACT}}}reasonPersons")
        for reason in fact.reasons:
            basis = etree.SubElement(reasons, f"{{{BASIS}}}basisPerson")
            _write_person(etree.SubElement(basis, f"{{{PRSN}}}prsnInfo"), reason.person)
            _put(basis, BASIS, "kinshipTypeCode", reason.kinship)
    _put(node, FACT, "lmszId", fact.lmsz_id)
    _put(node, FACT, "lmszProviderCode", fact.lmsz_provider_code)
    _put(node, FACT, "categoryId", fact.category_id)
    _put(node, FACT, "decisionDate", fact.decision_date)
    _put(node, FACT, "dateStart", fact.date_start)
    _put(node, FACT, "dateFinish", fact.date_finish)
    if fact.documents:
        papers = etree.SubElement(node, f"{{{FACT}}}documents")
        for document in fact.documents:
            _write_document(etree.SubElement(papers, f"{{{FACT}}}document"), document)
    needs = etree.SubElement(node, f"{{{FACT}}}needsCriteria")
    _put(needs, FACT, "usingSign", "true" if fact.uses_criteria else "false")
    for code in fact.criteria:
        criterion = etree.SubElement(needs, f"{{{FACT}}}needsCriteria")
        _put(criterion, FACT, "needsCriteriaCode", code)
    info = etree.SubElement(node, f"{{{FACT}}}assignmentInfo")
    _write_assignment(info, fact.assignment)


def _write_person(node, person):
    _put(node, PRSN, "SNILS", person.snils)
    _put(node, SMEV, "FamilyName", person.last_name)
    _put(node, SMEV, "FirstName", person.first_name)
    _put(node, SMEV, "Patronymic", person.middle_name)
    _put(node, PRSN, "Gender", GENDERS.get(person.gender))
    _put(node, PRSN, "BirthDate", person.birth_date)
    _put(node, PRSN, "BirthPlace", person.birth_place)
    _put(node, PRSN, "PhoneNumber", person.phone)
    _put(node, PRSN, "Citizenship", person.citizenship)
    if person.document:
        paper = person.document
        namespace, name = IDENTITY[paper.kind]
        box = etree.SubElement(node, f"{{{PRSN}}}IdentityDoc")
        inner = etree.SubElement(box, f"{{{namespace}}}{name}")
        _put(inner, BASIC, "Series", paper.series)
        _put(inner, BASIC, "Number", paper.number)
        _put(inner, BASIC, "IssueDate", paper.issue_date)
        _put(inner, BASIC, "Issuer", paper.issuer)


def _write_document(node, document):
    _put(node, FACT, "title", document.title)
    _put(node, FACT, "series", document.series)
    _put(node, FACT, "number", document.number)
    _put(node, FACT, "issueDate", document.issue_date)
    _put(node, FACT, "authority", document.authority)
    _put(node, FACT, "startDate", document.start_date)
    _put(node, FACT, "finishDate", document.finish_date)


def _write_assignment(info, given):
    node = etree.SubElement(info, f"{{{FACT}}}{FORM_TAGS[given.form]}")
    if given.form == facts.MONETARY:
        _put(node, FACT, "amount", _money(given.amount))
        return
    _put(node, FACT, "amount", _decimal(given.amount))
    _put(node, FACT, "measuryCode", given.unit)
    # the schema spells the name otherwise in the form "service"
    okei = "OKEICode" if given.form == facts.SERVICE else "okeiCode"
    _put(node, FACT, okei, given.okei)
    if given.form == facts.EXEMPTION:
        _put(node, FACT, "monetization", "true" if given.monetization else "false")
    else:
        _put(node, FACT, "content", given.content)
    _put(node, FACT, "comment", given.comment)
    _put(node, FACT, "equivalentAmount", _money(given.equivalent))
