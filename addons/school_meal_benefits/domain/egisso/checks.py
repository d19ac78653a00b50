"""What is wrong with a fact or an event, before anybody outside sees it.

The patterns are those of the schemas 10.06.S-1.1.0 (basic types 1.0.8, person
information 1.0.4, assignment fact 1.0.8); the rest is what the register refuses after
the schema: a СНИЛС whose check digits do not match, dates in the wrong order.

A :class:`Problem` has a code and the name of what it is about, never a value: codes may
stand in logs and lists, personal data may not.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.school_meal_base.domain import snils

from . import facts

UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
PARTICIPANT = re.compile(r"[A-HJ-NP-Z0-9]{4}\.[0-9]{6}")
RUSSIAN = re.compile(r"[а-яА-ЯёЁ\-0-9][а-яА-ЯёЁ\- ',.]*")
RUSSIAN_NUMBERS = re.compile(r"[а-яА-ЯёЁ\-0-9№(][а-яА-ЯёЁ\- ',.0-9()№\"\\/]*")
DIGITS = re.compile(r"[0-9]+")
ANY_NUMBER = re.compile(r"[0-9а-яА-ЯA-Za-z]{1,25}")
CRITERION = re.compile(r"[0-9]{1,10}")
#: Identity documents: kind → (pattern of the series, pattern of the number).
SERIES_NUMBER = {
    "passport": (r"[0-9]{4}", r"[0-9]{6}"),
    "residence_permit": (r"[0-9]{2}", r"[0-9]{7}"),
    "refugee": (r"[0-9]{2}", r"[0-9]{7}"),
    "military": (r"[А-Я]{2}", r"[0-9]{7}"),
    "birth_certificate": (r"[IVXLCDM]{1,10}-[А-Я]{2}", r"[0-9]{6}"),
}
NAME_LENGTH, PLACE_LENGTH, ISSUER_LENGTH, TEXT_LENGTH = 100, 500, 200, 200
SERIES_LENGTH, TITLE_LENGTH = 20, 500
KOPECK = Decimal("0.01")


class Problem(NamedTuple):
    """`code` says what is wrong, `part` with what: "receiver", "reason", "fact"."""

    code: str
    part: str = "fact"


def problems(element, today):
    """Return the problems of a Fact or an Event, in a fixed order, each once.

    :param today: the date at the school; a decision cannot be of a later day
    """
    found = fact_problems(element, today) if element.kind == facts.FACT else (
        event_problems(element, today)
    )  # fmt: skip
    return list(dict.fromkeys(found))


def fact_problems(fact, today):
    if not UUID.fullmatch(fact.uuid):
        yield Problem("uuid")
    yield from measure_problems(fact)
    yield from person_problems(fact.receiver, "receiver", today)
    for reason in fact.reasons:
        yield from person_problems(reason.person, "reason", today)
        if reason.kinship and not re.fullmatch(r"[0-9]{7}", reason.kinship):
            yield Problem("kinship", "reason")
        if reason.person.snils == fact.receiver.snils:
            yield Problem("same_person", "reason")
    yield from date_problems(fact, today)
    for document in fact.documents:
        yield from document_problems(document, today)
    yield from assignment_problems(fact.assignment)


def measure_problems(fact):
    """Return what is wrong with codes of the local measure."""
    for code, value in (("lmsz_id", fact.lmsz_id), ("category_id", fact.category_id)):
        if not UUID.fullmatch(value):
            yield Problem(code)
    if not PARTICIPANT.fullmatch(fact.osz_code):
        yield Problem("osz_code")
    if fact.lmsz_provider_code and not PARTICIPANT.fullmatch(fact.lmsz_provider_code):
        yield Problem("provider_code")
    if bool(fact.criteria) and not fact.uses_criteria:
        yield Problem("criteria")
    if not all(CRITERION.fullmatch(code) for code in fact.criteria):
        yield Problem("criteria")


def person_problems(person, part, today):
    """Return what is wrong with a person.

    >>> from datetime import date
    >>> p = facts.Person("11223344596", "Ivanov", "", "", "", date(2031, 1, 1))
    >>> [problem.code for problem in person_problems(p, "receiver", date(2026, 9, 1))]
    ['snils', 'name_letters', 'name', 'gender', 'birth_date']
    """
    if not person.snils:
        yield Problem("no_snils", part)
    elif not DIGITS.fullmatch(person.snils) or snils.problem(person.snils):
        yield Problem("snils", part)
    for name in (person.last_name, person.first_name, person.middle_name):
        if name and not RUSSIAN.fullmatch(name):
            yield Problem("name_letters", part)
        if len(name) > NAME_LENGTH:
            yield Problem("name_length", part)
    if not person.last_name or not person.first_name:
        yield Problem("name", part)
    if person.gender not in ("male", "female"):
        yield Problem("gender", part)
    if not person.birth_date:
        yield Problem("no_birth_date", part)
    elif person.birth_date > today or person.birth_date.year < 1900:
        yield Problem("birth_date", part)
    place = person.birth_place
    if place and (not RUSSIAN_NUMBERS.fullmatch(place) or len(place) > PLACE_LENGTH):
        yield Problem("birth_place", part)
    if person.phone and not re.fullmatch(r"[0-9]{10}", person.phone):
        yield Problem("phone", part)
    if person.citizenship and not re.fullmatch(r"[0-9]{3}", person.citizenship):
        yield Problem("citizenship", part)
    if person.document:
        yield from identity_problems(person, part, today)


def identity_problems(person, part, today):
    """Return what is wrong with the identity document of a person.

    >>> from datetime import date
    >>> def codes(kind, series, number, issuer="Отдел ЗАГС"):
    ...     paper = facts.IdentityDocument(
    ...         kind, series, number, date(2016, 1, 1), issuer)
    ...     p = facts.Person("", "", "", "", "", date(2015, 1, 1), document=paper)
    ...     return [p.code for p in identity_problems(p, "receiver", date(2026, 9, 1))]
    >>> codes("birth_certificate", "II-ИВ", "123456")
    []
    >>> codes("birth_certificate", "2-ИВ", "123456"), codes("passport", "4510", "12")
    (['document_series'], ['document_number'])
    >>> codes("foreign_passport", "", "AB 1"), codes("other", "", "7", "ЗАГС;")
    (['document_number'], ['document_issuer'])
    """
    paper = person.document
    if paper.kind not in facts.IDENTITY_KINDS:
        yield Problem("document_kind", part)
    series, number = SERIES_NUMBER.get(paper.kind, (r".{0,20}", ANY_NUMBER.pattern))
    if not re.fullmatch(series, paper.series):
        yield Problem("document_series", part)
    if not re.fullmatch(number, paper.number):
        yield Problem("document_number", part)
    issuer = paper.issuer
    if not RUSSIAN_NUMBERS.fullmatch(issuer) or len(issuer) > ISSUER_LENGTH:
        yield Problem("document_issuer", part)
    issued = paper.issue_date
    if not issued or issued > today:
        yield Problem("document_date", part)
    elif person.birth_date and issued < person.birth_date:
        yield Problem("document_date", part)


def date_problems(fact, today):
    if not fact.decision_date:
        yield Problem("no_decision_date")
    elif fact.decision_date > today:
        yield Problem("decision_date")
    if not fact.date_start:
        yield Problem("no_date_start")
    elif fact.date_finish and fact.date_finish < fact.date_start:
        yield Problem("date_finish")


def document_problems(document, today):
    """Return what is wrong with a paper that gives the right."""
    if not document.title or len(document.title) > TITLE_LENGTH:
        yield Problem("basis_title", "document")
    if max(len(document.series), len(document.number)) > SERIES_LENGTH:
        yield Problem("basis_number", "document")
    if not document.authority or len(document.authority) > TITLE_LENGTH:
        yield Problem("basis_authority", "document")
    if not document.issue_date or document.issue_date > today:
        yield Problem("basis_date", "document")
    start, finish = document.start_date, document.finish_date
    if not start or (finish and finish < start):
        yield Problem("basis_dates", "document")


def assignment_problems(assignment):
    """Return what is wrong with the amount granted.

    >>> def codes(*args, **kwargs):
    ...     found = assignment_problems(facts.Assignment(*args, **kwargs))
    ...     return [problem.code for problem in found]
    >>> codes("01", Decimal("100.005")), codes("09", Decimal(1))
    (['amount'], ['form'])
    >>> codes("02", Decimal(1), unit="03", equivalent=Decimal("2200.10"))
    []
    >>> codes("03", Decimal(0), unit="3", okei="796", equivalent=None)
    ['amount', 'unit', 'equivalent']
    """
    if assignment.form not in facts.FORMS:
        yield Problem("form")
        return
    if assignment.form == facts.MONETARY:
        if not is_money(assignment.amount) or assignment.amount <= 0:
            yield Problem("amount")
        return
    if assignment.amount is None or assignment.amount <= 0:
        yield Problem("amount")
    if bool(assignment.unit) == bool(assignment.okei) or not (
        re.fullmatch(r"[0-9]{2}", assignment.unit)
        or re.fullmatch(r"[0-9]{3,4}", assignment.okei)
    ):
        yield Problem("unit")
    if max(len(assignment.content), len(assignment.comment)) > TEXT_LENGTH:
        yield Problem("text_length")
    if not is_money(assignment.equivalent) or not assignment.equivalent:
        yield Problem("equivalent")


def event_problems(event, today):
    """Return what is wrong with a change, an end or a removal."""
    if not UUID.fullmatch(event.uuid) or not UUID.fullmatch(event.fact_uuid):
        yield Problem("uuid")
    if event.uuid == event.fact_uuid:
        yield Problem("uuid")
    if event.provider_code and not PARTICIPANT.fullmatch(event.provider_code):
        yield Problem("provider_code")
    if event.kind in (*facts.TERMINATIONS, "death_or_moving") and not event.date_finish:
        yield Problem("no_date_finish")
    needs_amount = event.kind in ("recalculation", "death_or_moving")
    if needs_amount and event.amount is None:
        yield Problem("amount")
    elif event.amount is not None and not is_money(event.amount):
        yield Problem("amount")
    if event.kind == "previous_errors":
        if event.fact:
            yield from fact_problems(event.fact, today)
        else:
            yield Problem("no_fact")


def is_money(amount):
    """Return whether an amount is whole kopecks and not negative.

    >>> is_money(Decimal("0.10")), is_money(Decimal("0.101")), is_money(Decimal(-1))
    (True, False, False)
    """
    if amount is None or not amount.is_finite() or amount < 0:
        return False
    return amount == amount.quantize(KOPECK)
