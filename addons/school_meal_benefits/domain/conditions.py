"""Whether a student fits a category: grade, form of study, school, hours, bus.

>>> item15_6 = Conditions(forms=frozenset({"onsite"}), min_hours=6, requires_bused=True)
>>> misfits(Facts(grade=3, hours_at_school=6.5, is_bused=True), item15_6)
()
>>> misfits(Facts(grade=3, hours_at_school=6, is_bused=False), item15_6)
('hours', 'bused')
"""

from typing import NamedTuple

ONSITE, HOME, REMOTE, FAMILY = "onsite", "home", "remote", "family"
FORMS = (ONSITE, HOME, REMOTE, FAMILY)
ANY, GENERAL, SPECIAL = "any", "general", "special"
FIRST_GRADE, LAST_GRADE = 1, 11

# the last grades of primary and of basic schooling; 11 ends secondary
PRIMARY_END, BASIC_END = 4, 9

# why a category does not fit, in the order in which a person checks it
REASONS = ("grade", "study_form", "school_kind", "hours_unknown", "hours", "bused")


class Facts(NamedTuple):
    """What is known of a student on a day.

    ``study_form`` is one of FORMS; ``hours_at_school`` None when nobody wrote it down
    (with the journey for a bused child: item 15.6).
    """

    grade: int
    study_form: str = ONSITE
    is_special_school: bool = False
    hours_at_school: float | None = None
    is_bused: bool = False


class Conditions(NamedTuple):
    """What a category asks; ``min_hours`` is exclusive ("more than six hours")."""

    grade_from: int = FIRST_GRADE
    grade_to: int = LAST_GRADE
    forms: frozenset = frozenset({ONSITE})
    school_kind: str = ANY
    min_hours: float = 0
    requires_bused: bool = False


def misfits(facts, conditions):
    """Return the reasons, a tuple of REASONS, why a student is not of the category.

    >>> misfits(Facts(grade=5, study_form="home"), Conditions(1, 4))
    ('grade', 'study_form')
    >>> misfits(Facts(grade=5), Conditions(school_kind="special", min_hours=6))
    ('school_kind', 'hours_unknown')
    """
    hours = facts.hours_at_school
    failed = {
        "grade": not conditions.grade_from <= facts.grade <= conditions.grade_to,
        "study_form": facts.study_form not in conditions.forms,
        "school_kind": conditions.school_kind
        not in (ANY, SPECIAL if facts.is_special_school else GENERAL),
        "hours_unknown": bool(conditions.min_hours) and hours is None,
        "hours": bool(conditions.min_hours)
        and hours is not None
        and hours <= conditions.min_hours,
        "bused": conditions.requires_bused and not facts.is_bused,
    }
    return tuple(reason for reason in REASONS if failed[reason])


def is_fit(facts, conditions):
    """Return whether a student is of the category as far as the school knows."""
    return not misfits(facts, conditions)


def stage(grade):
    """Return the level of schooling of a grade: primary, basic or secondary.

    >>> [stage(grade) for grade in (1, 4, 5, 9, 10, 11)]
    ['primary', 'primary', 'basic', 'basic', 'secondary', 'secondary']
    """
    if grade <= PRIMARY_END:
        return "primary"
    return "basic" if grade <= BASIC_END else "secondary"
