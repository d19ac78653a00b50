"""What has to become of an order so that it is right again, without the database.

A :class:`Wish` is what the rules order by themselves for a student and meal, an
*obstacle* the reason why the student cannot be fed at all that day. People's decisions
go before both wish and rules: what somebody took off stays off.

>>> wish = Wish("entitled")
>>> decide(None, PLACE, wish)
[Step('ordered', 'generated', PLACE, None, 'entitled', False)]
>>> row = Row(1, "ordered", "entitled", PLACE)
>>> decide(row, PLACE, wish)
[]
>>> [(step.state, step.reason) for step in decide(row, PLACE, wish, "absence")]
[('cancelled', 'absence')]
>>> decide(row._replace(state="cancelled", reason="changed_mind"), PLACE, wish)
[]
>>> back = row._replace(state="cancelled", reason="no_school_day")
>>> [(step.state, step.reason) for step in decide(back, PLACE, wish)]
[('ordered', 'no_school_day')]

What a family has chosen and an allergen forbids is an order that is taken off from the
start, so that people see it:

>>> decide(None, PLACE, why_not="allergen")
[Step('cancelled', 'allergen', PLACE, None, 'choice', False)]
>>> held = Row(1, "cancelled", "choice", PLACE, reason="allergen")
>>> decide(held, PLACE, why_not="allergen")
[]
>>> [(step.state, step.reason) for step in decide(held, PLACE, why_not="choice")]
[('cancelled', 'choice')]
>>> [(step.state, step.reason) for step in decide(held, PLACE, Wish("choice"))]
[('ordered', 'allergen')]
"""

from typing import NamedTuple

from ..const import CANCELLED, LIVE_STATES, ORDERED

ALLERGEN = "allergen"
#: Made by rules and standing choices, so they end with them.
AUTOMATIC_ORIGINS = frozenset({"entitled", "choice"})
#: Reasons that end by themselves: with them gone, the order stands again.
PASSING_REASONS = frozenset(
    {"no_school_day", "class_moved", "left", "choice", "not_entitled", "allergen"}
)


class Place(NamedTuple):
    """Where a student is fed."""

    school: int
    school_class: int
    age_group: int

    def __repr__(self):
        return "PLACE" if self == PLACE else tuple.__repr__(self)


PLACE = Place(1, 1, 1)


class Wish(NamedTuple):
    origin: str
    variant: int | None = None
    is_entitled: bool = False


class Row(NamedTuple):
    """An order as it is; `reason` and `absence` are those of its last change."""

    id: int
    state: str
    origin: str
    place: Place
    variant: int | None = None
    is_entitled: bool = False
    reason: str | None = None
    absence: int | None = None


class Step(NamedTuple):
    state: str
    reason: str
    place: Place
    variant: int | None = None
    origin: str | None = None
    is_entitled: bool = False

    def __repr__(self):
        return f"Step{tuple.__repr__(self)}"


def choose(wish, mode, variant=None):
    """Return what is wanted after a family's standing choice, None: nothing.

    >>> choose(Wish("entitled", is_entitled=True), "order", 7)
    Wish(origin='entitled', variant=7, is_entitled=True)
    >>> choose(None, "order"), choose(Wish("entitled"), "decline")
    (Wish(origin='choice', variant=None, is_entitled=False), None)
    """
    if mode == "decline":
        return None
    return wish._replace(variant=variant) if wish else Wish("choice", variant)


def is_chosen(wish):
    """Tell whether an allergen ends a wish: a free meal of the usual set is ordered all
    the same, and a replacement is cooked."""
    return bool(wish.variant or not wish.is_entitled)


def make_safe(wish):
    """Return what is left of a wish that an allergen forbids, None: nothing.

    >>> make_safe(Wish("entitled", 7, is_entitled=True)).variant
    >>> make_safe(Wish("choice"))
    """
    if not is_chosen(wish):
        return wish
    return wish._replace(variant=None) if wish.is_entitled else None


def explain(row, wish, diet, is_unsafe):
    """Return (code, set) of what an allergen does to a meal, None: nothing.

    :param row: the order, None when there is none
    :param wish: what rules and standing choices order, None: nothing
    :param is_unsafe: tells of a set, None is the usual one, whether it has an allergen
    :return: the code is one of ``models/meal_parent_health.py``; the set is the one
        that does not suit

    >>> nuts, chosen = {None}.__contains__, Wish("choice")
    >>> explain(None, chosen, None, nuts), explain(None, None, None, nuts)
    (('not_ordered', None), ('unsuitable', None))
    >>> explain(Row(1, "ordered", "choice", PLACE), chosen, None, nuts)
    ('leaving', None)
    >>> held = Row(1, "cancelled", "choice", PLACE, reason="allergen")
    >>> explain(held, chosen, None, nuts), explain(held, None, None, nuts)
    (('not_ordered', None), ('unsuitable', None))
    >>> explain(held._replace(reason="changed_mind"), chosen, None, nuts)
    ('unsuitable', None)
    >>> explain(Row(1, "ordered", "parent", PLACE), None, None, nuts)
    ('replaced', None)
    >>> free = Wish("entitled", 7, is_entitled=True)
    >>> explain(None, free, None, {7}.__contains__)
    ('other_set', 7)
    >>> explain(None, free, None, {7, None}.__contains__)
    ('replaced', None)
    >>> explain(None, free, 8, {7, None}.__contains__)  # a diet goes before any set
    """
    wanted = diet or (wish.variant if wish else None)
    why_not = "not_entitled"
    if wish and is_chosen(wish) and is_unsafe(wanted):
        wish, why_not = make_safe(wish), ALLERGEN
    place = row.place if row else PLACE
    steps = decide(row, place, wish, None, diet, why_not)
    after = steps[-1] if steps else row
    if after and after.state in LIVE_STATES:
        if is_unsafe(after.variant):
            return "replaced", after.variant
        is_other = after.variant != wanted and after.origin in AUTOMATIC_ORIGINS
        return ("other_set", wanted) if is_other and is_unsafe(wanted) else None
    if after and after.reason == ALLERGEN:
        return "leaving" if row and row.state == ORDERED else "not_ordered", wanted
    return ("unsuitable", wanted) if is_unsafe(wanted) else None


def decide(row, place, wish=None, obstacle=None, diet=None, why_not="not_entitled"):
    """Return the steps that make an order right, [] when it is.

    :param row: the order, None when there is none
    :param place: where the student is taught that day, None: nowhere
    :param wish: what the rules and standing choices order, None: nothing
    :param obstacle: reason code, None when the student can be fed
    :param diet: the set given on medical grounds
    :param why_not: reason code of a wish that is gone
    """
    if row is None:
        if wish and not obstacle:
            return [_order(wish, "generated", place, diet)]
        if why_not == ALLERGEN and not obstacle:
            return [Step(CANCELLED, ALLERGEN, place, diet, "choice")]
        return []
    if row.state == ORDERED:
        return _keep_right(row, place, wish, obstacle, diet, why_not)
    if row.state == CANCELLED and not obstacle and _may_return(row, wish):
        return [_order(_merge(row, wish), row.reason, place, diet)]
    if row.state == CANCELLED and not obstacle and _is_told(row, why_not):
        return [_take_off(row._replace(place=place), why_not)]
    return []


def _keep_right(row, place, wish, obstacle, diet, why_not):
    if obstacle or (row.origin in AUTOMATIC_ORIGINS and not wish):
        return [_take_off(row, obstacle or why_not)]
    wanted = _merge(row, wish)
    if row.place != place:
        return [
            _take_off(row, "class_moved"),
            _order(wanted, "class_moved", place, diet),
        ]
    step = _order(wanted, "generated", place, diet)
    same = (step.variant, step.origin) == (row.variant, row.origin)
    return [] if same else [step]


def _may_return(row, wish):
    if row.reason not in PASSING_REASONS and not row.absence:
        return False
    return bool(wish) or row.origin not in AUTOMATIC_ORIGINS


def _is_told(row, why_not):
    """An allergen that comes or goes while nothing is ordered is told as well."""
    is_automatic = row.origin in AUTOMATIC_ORIGINS
    is_passing = row.reason in PASSING_REASONS or row.absence
    is_new = row.reason != why_not and ALLERGEN in (row.reason, why_not)
    return bool(is_automatic and is_passing and is_new)


def _merge(row, wish):
    """Return what is wanted: a person's order keeps its set and its origin."""
    if row.origin in AUTOMATIC_ORIGINS:
        return wish
    return Wish(row.origin, row.variant, wish.is_entitled if wish else row.is_entitled)


def _order(wish, reason, place, diet):
    return Step(
        ORDERED, reason, place, diet or wish.variant, wish.origin, wish.is_entitled
    )


def _take_off(row, reason):
    return Step(CANCELLED, reason, row.place, row.variant, row.origin, row.is_entitled)
