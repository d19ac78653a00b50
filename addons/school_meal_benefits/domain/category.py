"""A category of a regulation as plain values: what the other rules ask about it.

>>> rules = CategoryRules("primary", conditions=Conditions(1, 4), grants=(
...     Grant(("breakfast",), shift="1"), Grant(("lunch",), shift="2")))
>>> problems(rules, Facts(grade=3), shift="1"), problems(rules, Facts(grade=5))
((), ('grade',))
"""

from typing import NamedTuple

from . import entitlement_dates
from .combine import EXCLUSIVE, MEALS_KIND, Entitled
from .conditions import Conditions, Facts, misfits
from .grants import Grant, granted_meals, needs_hours

__all__ = ["CategoryRules", "Facts", "Grant", "entitled", "ends", "problems"]


class CategoryRules(NamedTuple):
    """All rules of a category; ``requirements`` are of :mod:`checklist`, ``grants`` of
    :mod:`grants`, ``start_rule`` and ``validity`` of :mod:`entitlement_dates`."""

    code: str
    article: str = ""
    kind: str = MEALS_KIND
    priority: int = 10
    combination: str = EXCLUSIVE
    conditions: Conditions = Conditions()
    requirements: tuple = ()
    grants: tuple = ()
    start_rule: str = entitlement_dates.BY_DECISION
    validity: str = entitlement_dates.UNTIL_SCHOOL_YEAR
    ends_with_stage: bool = False
    has_service_report: bool = False


def problems(rules, facts, shift="1"):
    """Return the reasons why a student cannot have the category.

    Those of :func:`conditions.misfits`, and what the meals depend on: 'hours_unknown'
    when they go by hours that nobody wrote down, 'no_meals' when no row fits.

    >>> by_hours = CategoryRules("special", grants=(Grant(("lunch",), hours_to=6),))
    >>> problems(by_hours, Facts(2)), problems(by_hours, Facts(2, hours_at_school=8))
    (('hours_unknown',), ('no_meals',))
    """
    found = misfits(facts, rules.conditions)
    if rules.kind != MEALS_KIND or "hours_unknown" in found:
        return found
    if needs_hours(rules.grants) and facts.hours_at_school is None:
        return (*found, "hours_unknown")
    meals = granted_meals(rules.grants, facts.hours_at_school, shift)
    return found if meals else (*found, "no_meals")


def entitled(rules, facts, shift="1", ident=None):
    """Return the :class:`combine.Entitled` of a student with the right.

    >>> entitled(CategoryRules("p", grants=(Grant(("lunch",)),)), Facts(2), "2", 7)
    Entitled(id=7, code='p', priority=10, kind='meals', meals=('lunch',), \
combination='exclusive')
    """
    meals = granted_meals(rules.grants, facts.hours_at_school, shift)
    return Entitled(
        ident or rules.code,
        rules.code,
        rules.priority,
        rules.kind,
        meals,
        rules.combination,
    )


def ends(rules, day, grade=None, study_form=None):
    """Return the ends that a change on ``day`` brings: another grade or form of study.

    >>> primary = CategoryRules("p", conditions=Conditions(1, 4), ends_with_stage=True)
    >>> from datetime import date
    >>> [end.why for end in ends(primary, date(2027, 9, 1), 5, "family")]
    ['stage', 'family_education']
    """
    conditions = rules.conditions
    found = []
    if grade:
        grades = conditions.grade_from, conditions.grade_to
        stage = entitlement_dates.stage_end(day, grade, *grades)
        # item 13 as it is read: only where the category belongs to a stage; any other
        # category that a grade does not fit has lost its ground
        if stage and not rules.ends_with_stage:
            stage = stage._replace(why=entitlement_dates.GROUND_LOST)
        found.append(stage)
    if study_form:
        found.append(entitlement_dates.form_end(day, study_form, conditions.forms))
    return [end for end in found if end]
