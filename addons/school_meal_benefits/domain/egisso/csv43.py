"""The portal's table for new facts: 43 columns, ``;``, windows-1251, CRLF.

It holds new facts only, with one basis person at most; changes and ends go by XML.
Numbers of documents are text: their leading zeros stay. Column names: the portal's
template; ``protocols.md`` 6.3.
"""

import csv
import io

from . import facts

PERSON = (
    "SNILS_{0}", "FamilyName_{0}", "Name_{0}", "Patronymic_{0}", "Gender_{0}",
    "BirthDate_{0}",
)  # fmt: skip
PAPER = (
    "doctype_{0}", "doc_Series_{0}", "doc_Number_{0}", "doc_IssueDate_{0}",
    "doc_Issuer_{0}",
)  # fmt: skip
COLUMNS = (
    "RecType", "assignmentFactUuid", "LMSZID", "categoryID", "ONMSZCode",
    "LMSZProviderCode", "providerCode",
    *(name.format("recip") for name in PERSON + PAPER),
    *(name.format("reason") for name in PERSON), "kinshipTypeCode",
    *(name.format("reason") for name in PAPER),
    "decision_date", "dateStart", "dateFinish", "usingSign", "criteria",
    "criteriaCode", "FormCode", "amount", "measuryCode", "monetization", "content",
    "comment", "equivalentAmount",
)  # fmt: skip
ENCODING = "windows-1251"
GENDERS = {"male": "М", "female": "Ж"}


def write(elements):
    """Return the bytes of the table with the facts among the elements."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows(map(_row, only_facts(elements)))
    # letters that windows-1251 does not know are shown, not dropped
    return text.getvalue().encode(ENCODING, errors="replace")


def only_facts(elements):
    """Return the elements that the tables can hold.

    >>> only_facts([facts.Event("error", "u", "f")])
    []
    """
    return [
        element
        for element in elements
        if element.kind == facts.FACT and len(element.reasons) <= 1
    ]


def _row(fact):
    given = fact.assignment
    reason = fact.reasons[0] if fact.reasons else None
    is_monetary = given.form == facts.MONETARY
    return (
        "Fact",
        fact.uuid,
        fact.lmsz_id,
        fact.category_id,
        fact.osz_code,
        fact.lmsz_provider_code,
        "",
        *_person(fact.receiver),
        *_paper(fact.receiver),
        *(_person(reason.person) if reason else [""] * len(PERSON)),
        reason.kinship if reason else "",
        *(_paper(reason.person) if reason else [""] * len(PAPER)),
        _date(fact.decision_date),
        _date(fact.date_start),
        _date(fact.date_finish),
        _flag(fact.uses_criteria),
        "",
        ",".join(fact.criteria),
        given.form,
        _number(given.amount),
        given.unit or given.okei,
        _flag(given.monetization) if given.form == facts.EXEMPTION else "",
        given.content,
        given.comment,
        "" if is_monetary else _number(given.equivalent),
    )


def _person(person):
    return (
        person.snils,
        person.last_name,
        person.first_name,
        person.middle_name,
        GENDERS.get(person.gender, ""),
        _date(person.birth_date),
    )


def _paper(person):
    paper = person.document
    if not paper:
        return [""] * len(PAPER)
    return (
        facts.IDENTITY_KINDS[paper.kind],
        paper.series,
        paper.number,
        _date(paper.issue_date),
        paper.issuer,
    )


def _date(day):
    return f"{day:%d.%m.%Y}" if day else ""


def _flag(value):
    return "Да" if value else "Нет"


def _number(number):
    """Return a number with a decimal comma.

    >>> from decimal import Decimal
    >>> _number(Decimal("707.10")), _number(Decimal(1)), _number(None)
    ('707,10', '1', '')
    """
    return "" if number is None else f"{number:f}".replace(".", ",")
