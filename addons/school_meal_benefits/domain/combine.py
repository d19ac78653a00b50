"""Which category pays which meal of a student who has several on one day.

The regulation is silent on children of several categories (a reading says so): each
right stands, and every meal is paid once, by the category that comes first.

>>> primary = Entitled(1, "primary", 10, meals=("breakfast",))
>>> disabled = Entitled(2, "ovz", 20, meals=("breakfast", "lunch"))
>>> allocate([disabled, primary]).meals
{'breakfast': 1, 'lunch': 2}
"""

from typing import NamedTuple

from .conditions import HOME, ONSITE, REMOTE
from .grants import meal_order

MEALS_KIND, MILK_KIND, MONEY_KIND = "meals", "milk", "money"
EXCLUSIVE, ADDITIONAL = "exclusive", "additional"


class Entitled(NamedTuple):
    """A right of a student that is in force on the day.

    ``id`` is whatever the caller wants back, ``priority`` smaller first. An
    ``additional`` category (item 34) pays only what all others left over. ``meals`` are
    codes of meals.
    """

    id: int
    code: str
    priority: int
    kind: str = MEALS_KIND
    meals: tuple = ()
    combination: str = EXCLUSIVE


class Allocation(NamedTuple):
    """Who pays on the day: ``meals`` is {meal code: id}, the others an id or None."""

    meals: dict
    milk: int | None = None
    money: int | None = None


def _rank(entitled):
    return (entitled.combination == ADDITIONAL, entitled.priority, entitled.id)


def allocate(entitled, study_form=ONSITE, is_taught_onsite=True):
    """Return the :class:`Allocation` of one student's day.

    ``study_form`` is the student's own that day, ``is_taught_onsite`` is False on days
    when the school teaches remotely: no meals then and no money for those who study on
    site (item 14), but milk (item 36). Money replaces meals: whoever studies at home or
    remotely gets money if entitled (item 21), and never meals on the same day.

    >>> money = Entitled(3, "ovz_home", 20, MONEY_KIND)
    >>> meals = Entitled(2, "ovz", 20, meals=("breakfast", "lunch"))
    >>> allocate([meals, money], study_form="home")
    Allocation(meals={}, milk=None, money=3)
    >>> allocate([meals, money]).money, len(allocate([meals, money]).meals)
    (None, 2)
    >>> allocate([meals], is_taught_onsite=False).meals
    {}

    An additional category comes last, whatever its priority.

    >>> bused = Entitled(1, "bused", 1, meals=("lunch",), combination=ADDITIONAL)
    >>> allocate([bused, meals]).meals
    {'breakfast': 2, 'lunch': 2}
    """
    ranked = sorted(entitled, key=_rank)
    first = {kind: _first_of(ranked, kind) for kind in (MILK_KIND, MONEY_KIND)}
    if study_form in (HOME, REMOTE):
        return Allocation({}, first[MILK_KIND], first[MONEY_KIND])
    if study_form != ONSITE:
        return Allocation({})
    meals = {}
    for each in ranked if is_taught_onsite else ():
        if each.kind == MEALS_KIND:
            for meal in each.meals:
                meals.setdefault(meal, each.id)
    in_order = {meal: meals[meal] for meal in sorted(meals, key=meal_order)}
    return Allocation(in_order, first[MILK_KIND])


def _first_of(ranked, kind):
    return next((each.id for each in ranked if each.kind == kind), None)


def double_paid(portions):
    """Return the meals that more than one category pays, of (meal, category) pairs.

    >>> double_paid([("lunch", 1), ("lunch", 2), ("snack", 1)])
    ('lunch',)
    """
    payers = {}
    for meal, category in portions:
        payers.setdefault(meal, set()).add(category)
    return tuple(meal for meal in payers if len(payers[meal]) > 1)
