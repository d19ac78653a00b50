"""The documents of an application: what is settled, what is missing, when to refuse.

Items are those of resolution № 1020. An application is granted only when every row of
its checklist is settled, and refused only on the two grounds of item 7.

>>> identity = Requirement("identity", "20.2", alternatives=("passport",))
>>> row_problem(Row(identity, PROVIDED, "passport"))
>>> row_problem(Row(identity, HELD)), row_problem(Row(identity, MISSING))
('place', 'missing')
"""

from datetime import date
from typing import NamedTuple

# who brings a document
PARENT, SCHOOL_REQUEST, SCHOOL_HOLDS = "parent", "request", "school"

# states of a row of the checklist
MISSING, PROVIDED, HELD, REQUESTED, NEGATIVE, NOT_NEEDED = (
    "missing",
    "provided",
    "held",
    "requested",
    "negative",
    "not_needed",
)

# grounds of refusal: sub-items 1 and 2 of item 7
GROUND_DOCUMENTS, GROUND_AUTHORITY = "documents", "authority"
GROUNDS = (GROUND_DOCUMENTS, GROUND_AUTHORITY)


class Requirement(NamedTuple):
    """A document that a category asks for.

    ``alternatives`` are codes of document types, any one of which will do (empty: any).
    ``may_be_held``: the clerk may mark it as lying at the school already.
    ``is_conditional``: not every applicant needs it ("for the category in 15.10").
    """

    code: str
    article: str = ""
    provider: str = PARENT
    may_be_held: bool = True
    is_refusal_ground: bool = True
    is_birth_certificate: bool = False
    alternatives: tuple = ()
    is_conditional: bool = False


class Row(NamedTuple):
    """What an application has of a requirement.

    ``document`` is the code of the type that was brought, ``place`` where a document
    that the school holds is kept, ``valid_to`` the last day of the document and
    ``is_at_school`` whether a copy is known to lie at the school, marked or not.
    A request that was confirmed makes the row PROVIDED, another answer NEGATIVE.
    """

    requirement: Requirement
    state: str = MISSING
    document: str = ""
    place: str = ""
    valid_to: date | None = None
    is_at_school: bool = False


def row_problem(row, day=None):
    """Return why a row is not settled on ``day``, a code, or None when it is.

    'missing': nothing came · 'request': the school has not asked the body that it must
    ask itself · 'waiting': no answer yet · 'negative': the body did not confirm ·
    'not_held': this document cannot be marked as held · 'place': held, but where is not
    said · 'document': of no type that the item names · 'expired' · 'needed': every
    applicant needs it.

    >>> income = Requirement("income", "31.5", SCHOOL_REQUEST, may_be_held=False)
    >>> [row_problem(Row(income, state)) for state in (MISSING, REQUESTED, HELD)]
    ['request', 'waiting', 'not_held']
    >>> row_problem(Row(income, PROVIDED)), row_problem(Row(income, NEGATIVE))
    (None, 'negative')
    """
    requirement = row.requirement
    if row.state == NOT_NEEDED:
        return None if requirement.is_conditional else "needed"
    if row.state == MISSING:
        asks = requirement.provider == SCHOOL_REQUEST
        return "request" if asks else "missing"
    if row.state == REQUESTED:
        return "waiting"
    if row.state == NEGATIVE:
        return "negative"
    if row.state == HELD and not requirement.may_be_held:
        return "not_held"
    if row.state == HELD and not row.place.strip():
        return "place"
    return _document_problem(row, day)


def _document_problem(row, day):
    alternatives = row.requirement.alternatives
    if row.document and alternatives and row.document not in alternatives:
        return "document"
    if day and row.valid_to and row.valid_to < day:
        return "expired"
    return None


def problems(rows, day=None):
    """Return ((code of the requirement, problem), …) of the rows not settled.

    >>> problems([Row(Requirement("birth")), Row(Requirement("identity"), PROVIDED)])
    (('birth', 'missing'),)
    """
    found = ((row.requirement.code, row_problem(row, day)) for row in rows)
    return tuple((code, problem) for code, problem in found if problem)


def grant_problem(rows, is_authorised=True, day=None):
    """Return why an application cannot be granted, a code, or None.

    'empty' stands for a checklist without rows: a decision without its documents.
    'authority': the applicant may not act for the student (item 7.2). 'documents': rows
    are not settled, see :func:`problems`.

    >>> grant_problem([])
    'empty'
    >>> grant_problem([Row(Requirement("identity"), PROVIDED)], is_authorised=False)
    'authority'
    """
    if not rows:
        return "empty"
    if not is_authorised:
        return "authority"
    return "documents" if problems(rows, day) else None


def is_ground(row, day=None):
    """Return whether a row alone is a ground to refuse under item 7.1.

    A birth certificate that the school has is none (7.1), nor is what the school must
    ask for itself while nobody answered (31, 41), nor what it holds by its own records.

    >>> birth = Requirement("birth", "20.3", is_birth_certificate=True)
    >>> is_ground(Row(birth)), is_ground(Row(birth, is_at_school=True))
    (True, False)
    """
    requirement = row.requirement
    problem = row_problem(row, day)
    if not problem or not requirement.is_refusal_ground:
        return False
    if requirement.provider == SCHOOL_HOLDS:
        return False
    if requirement.provider == SCHOOL_REQUEST and problem != "negative":
        return False
    at_school = row.is_at_school or row.state == HELD
    # what the school has, but did not mark well, is the school's own omission
    return not (at_school and (requirement.is_birth_certificate or problem == "place"))


def refusal_problem(ground, rows, is_authorised=True, day=None):
    """Return why an application cannot be refused on a ground, a code, or None.

    'ground': item 7 knows no such ground · 'authorised': the applicant may act for the
    student · 'settled': nothing is missing · 'held': only the birth certificate that
    the school has is missing · 'request': the school must ask, or wait for the answer,
    first · 'no_ground': what is missing is no ground by the regulation.

    >>> birth = Requirement("birth", "20.3", is_birth_certificate=True)
    >>> refusal_problem(GROUND_DOCUMENTS, [Row(birth, is_at_school=True)])
    'held'
    >>> refusal_problem(GROUND_DOCUMENTS, [Row(birth)])
    >>> refusal_problem("poverty", [Row(birth)])
    'ground'
    """
    if ground not in GROUNDS:
        return "ground"
    if ground == GROUND_AUTHORITY:
        return "authorised" if is_authorised else None
    unsettled = [row for row in rows if row_problem(row, day)]
    if not unsettled:
        return "settled"
    if any(is_ground(row, day) for row in unsettled):
        return None
    if any(row_problem(row, day) in ("request", "waiting") for row in unsettled):
        return "request"
    if any(row.is_at_school or row.state == HELD for row in unsettled):
        return "held"
    return "no_ground"


def grounds(rows, day=None):
    """Return the codes of requirements that a refusal may name.

    >>> grounds([Row(Requirement("income", provider=SCHOOL_REQUEST)), Row(
    ...     Requirement("extract"))])
    ('extract',)
    """
    return tuple(row.requirement.code for row in rows if is_ground(row, day))
