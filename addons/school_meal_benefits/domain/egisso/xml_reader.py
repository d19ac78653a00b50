"""Reads a message 10.06.S back into values; see ``xml_1_1_0`` for the writing."""

from datetime import date
from decimal import Decimal

from . import facts, safe_xml
from .xml_1_1_0 import FORM_TAGS, GENDERS, IDENTITY, TAGS

_KINDS = {tag: kind for kind, tag in TAGS.items()}
_FORMS = {tag: form for form, tag in FORM_TAGS.items()}
_GENDERS = {value: key for key, value in GENDERS.items()}
_IDENTITY = {name: kind for kind, (_namespace, name) in IDENTITY.items()}


def read(data):
    """Return the :class:`facts.Package` of the bytes of a valid message.

    :raise safe_xml.XmlError: the bytes are no XML that may be read
    """
    [package] = safe_xml.parse(data)
    node = _Node(package)
    elements = tuple(map(_read_element, node.children("elements")))
    return facts.Package(node.text("packageId"), elements)


class _Node:
    """An element whose children are asked by their local names."""

    def __init__(self, element):
        self.name = safe_xml.local_name(element)
        self.element = element

    def child(self, name):
        for element in self.element:
            if safe_xml.local_name(element) == name:
                return _Node(element)
        return None

    def children(self, name=None):
        holder = self.child(name) if name else self
        return [_Node(element) for element in holder.element] if holder else []

    def text(self, name):
        child = self.child(name)
        return (child.element.text or "") if child else ""

    def date(self, name):
        text = self.text(name)
        return date.fromisoformat(text) if text else None

    def decimal(self, name):
        text = self.text(name)
        return Decimal(text.replace(",", ".")) if text else None


def _read_element(node):
    kind = _KINDS[node.name]
    if kind == facts.FACT:
        return _read_fact(node, node.text("uuid"))
    fact_uuid, inner = node.text("assignmentFactUuid"), node.child("fact")
    return facts.Event(
        kind,
        node.text("uuid"),
        fact_uuid,
        provider_code=node.text("providerCode"),
        date_finish=node.date("dateFinish"),
        amount=node.decimal("amount"),
        quantity=node.decimal("quantity"),
        fact=_read_fact(inner, fact_uuid) if inner else None,
    )


def _read_fact(node, uuid):
    needs = node.child("needsCriteria")
    [form] = node.children("assignmentInfo")
    return facts.Fact(
        uuid,
        node.text("oszCode"),
        _read_person(node.child("mszReceiver")),
        node.text("lmszId"),
        node.text("categoryId"),
        node.date("decisionDate"),
        node.date("dateStart"),
        _read_assignment(form),
        date_finish=node.date("dateFinish"),
        reasons=tuple(
            facts.BasisPerson(
                _read_person(basis.child("prsnInfo")), basis.text("kinshipTypeCode")
            )
            for basis in node.children("reasonPersons")
        ),
        lmsz_provider_code=node.text("lmszProviderCode"),
        documents=tuple(map(_read_document, node.children("documents"))),
        uses_criteria=needs.text("usingSign") in ("true", "1"),
        criteria=tuple(
            criterion.text("needsCriteriaCode") for criterion in needs.children()[1:]
        ),
    )


def _read_person(node):
    paper = None
    for inner in node.children("IdentityDoc"):
        paper = facts.IdentityDocument(
            _IDENTITY[inner.name],
            inner.text("Series"),
            inner.text("Number"),
            inner.date("IssueDate"),
            inner.text("Issuer"),
        )
    return facts.Person(
        node.text("SNILS"),
        node.text("FamilyName"),
        node.text("FirstName"),
        node.text("Patronymic"),
        _GENDERS[node.text("Gender")],
        node.date("BirthDate"),
        node.text("BirthPlace"),
        node.text("PhoneNumber"),
        node.text("Citizenship"),
        paper,
    )


def _read_document(node):
    return facts.Document(
        node.text("title"),
        node.text("series"),
        node.text("number"),
        node.date("issueDate"),
        node.text("authority"),
        node.date("startDate"),
        node.date("finishDate"),
    )


def _read_assignment(node):
    return facts.Assignment(
        _FORMS[node.name],
        node.decimal("amount"),
        unit=node.text("measuryCode"),
        okei=node.text("okeiCode") or node.text("OKEICode"),
        content=node.text("content"),
        comment=node.text("comment"),
        monetization=node.text("monetization") in ("true", "1"),
        equivalent=node.decimal("equivalentAmount"),
    )
