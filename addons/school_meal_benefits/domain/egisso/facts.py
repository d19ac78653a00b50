"""What the state register of social benefits (ЕГИССО) is told, as plain values.

A :class:`Fact` says that a benefit was granted to a person; an :class:`Event` changes
or ends a fact that was told before. Both carry a uuid, by which the register knows
them for ever. Nothing here knows of a file format: see ``exporters``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

#: Forms of providing a benefit (dictionary 016): code of the form.
MONETARY, NATURAL, EXEMPTION, SERVICE = "01", "02", "03", "04"
FORMS = (MONETARY, NATURAL, EXEMPTION, SERVICE)

FACT = "fact"
#: What may happen to a fact, in the order of the message 10.06.S.
ALTERATIONS = ("recalculation", "death_or_moving", "previous_errors")
TERMINATIONS = (
    "end_recalculation",
    "end_ineligibility",
    "end_of_right",
    "end_of_validity",
    "end_refusal",
)
INVALIDATIONS = ("duplicate", "error")
EVENTS = ALTERATIONS + TERMINATIONS + INVALIDATIONS
KINDS = (FACT, *EVENTS)

#: Identity documents (dictionary 024): kind → number in the portal's sheet.
IDENTITY_KINDS = {
    "passport": 1,
    "foreign_passport": 2,
    "residence_permit": 3,
    "military": 4,
    "birth_certificate": 5,
    "temporary_card": 6,
    "refugee": 7,
    "other": 8,
}


class IdentityDocument(NamedTuple):
    kind: str
    series: str
    number: str
    issue_date: date
    issuer: str


class Person(NamedTuple):
    """A receiver or a basis person; `gender` is "male" or "female"."""

    snils: str
    last_name: str
    first_name: str
    middle_name: str
    gender: str
    birth_date: date
    birth_place: str = ""
    phone: str = ""
    citizenship: str = ""
    document: IdentityDocument | None = None


class BasisPerson(NamedTuple):
    """A person through whom the receiver has the right; `kinship` is seven digits."""

    person: Person
    kinship: str = ""


class Document(NamedTuple):
    """A paper that gives the right."""

    title: str
    series: str
    number: str
    issue_date: date
    authority: str
    start_date: date
    finish_date: date | None = None


class Assignment(NamedTuple):
    """How much is granted.

    :param form: one of FORMS
    :param amount: roubles of the monetary form, else a quantity
    :param unit: code of the register's dictionary 023 (two digits) or "" for okei
    :param okei: code of ОКЕИ (three or four digits) or "" for unit
    :param equivalent: roubles planned for the receiver; None in the monetary form
    """

    form: str
    amount: Decimal
    unit: str = ""
    okei: str = ""
    content: str = ""
    comment: str = ""
    monetization: bool = False
    equivalent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A benefit granted: who, which local measure, by which decision, how long."""

    uuid: str
    osz_code: str
    receiver: Person
    lmsz_id: str
    category_id: str
    decision_date: date
    date_start: date
    assignment: Assignment
    date_finish: date | None = None
    reasons: tuple = ()
    lmsz_provider_code: str = ""
    documents: tuple = ()
    uses_criteria: bool = False
    criteria: tuple = ()

    kind = FACT

    @property
    def fact_uuid(self):
        return self.uuid


@dataclass(frozen=True, slots=True)
class Event:
    """A change, an end or a removal of the fact `fact_uuid`; `kind` is of EVENTS.

    :param amount: roubles (the equivalent, when the form is not monetary)
    :param fact: the corrected :class:`Fact`, of the kind "previous_errors" only
    """

    kind: str
    uuid: str
    fact_uuid: str
    provider_code: str = ""
    date_finish: date | None = None
    amount: Decimal | None = None
    quantity: Decimal | None = None
    fact: Fact | None = None


class Package(NamedTuple):
    uuid: str
    elements: tuple


def split(elements, limit):
    """Return lists of elements with at most `limit` of each kind in one of them.

    Inside a message the order of kinds is fixed (KINDS). What is told of one fact keeps
    its order: the next thing stands in the same list only if its kind comes later.

    >>> told = [Event("recalculation", f"r{n}", f"f{n}") for n in range(3)]
    >>> told += [Event("duplicate", f"d{n}", f"f{n}") for n in (2, 0)]
    >>> told += [Event("previous_errors", "p0", "f0")]
    >>> [[element.uuid for element in part] for part in split(told, 2)]
    [['r0', 'r1', 'd0'], ['r2', 'd2', 'p0']]
    >>> split([], 2)
    []
    """
    parts, filled, last = [], [], {}
    for element in elements:
        rank = KINDS.index(element.kind)
        place, before = last.get(element.fact_uuid, (0, -1))
        place += rank <= before
        while place < len(parts) and filled[place][rank] >= limit:
            place += 1
        while place >= len(parts):
            parts.append([])
            filled.append([0] * len(KINDS))
        parts[place].append(element)
        filled[place][rank] += 1
        last[element.fact_uuid] = place, rank
    return parts
