"""Comparison of a menu with the sanitary norms, which are data.

Energy, nutrients and masses are of one portion. A school serves a part of the day's
meals only, so the daily need is compared with the share of the meals that are served:
the sums of their shares of the day's energy.
"""

from typing import NamedTuple

NUTRIENTS = ("proteins", "fats", "carbohydrates", "energy")
#: A difference below this is rounding, not a deviation.
ROUNDING = 0.005


class Line(NamedTuple):
    """A dish on a day (a number that grows from one day of serving to the next)."""

    day: int
    meal: int
    section: int | None
    dish: int
    mass: float = 0.0
    proteins: float = 0.0
    fats: float = 0.0
    carbohydrates: float = 0.0
    energy: float = 0.0


class Norm(NamedTuple):
    """A norm of the age group in force on the day; None fits every meal or section.

    `tolerance` is percent of the bound, for "energy_share" percentage points.
    `maximum` 0 is no bound.
    """

    id: int
    kind: str
    minimum: float = 0.0
    maximum: float = 0.0
    meal: int | None = None
    section: int | None = None
    nutrient: str | None = None
    tolerance: float = 0.0


class Deviation(NamedTuple):
    """What was measured and what the norm wants (0: no bound at that end)."""

    day: int
    norm: int
    kind: str
    measured: float
    minimum: float
    maximum: float
    meal: int | None = None
    dish: int | None = None
    nutrient: str | None = None
    section: int | None = None


def check(lines, norms, cycle_length=0):
    """Return the list of deviations of some days of a menu, ordered by day.

    :param cycle_length: days after which the menu begins anew, 0: it does not

    >>> soup = Line(1, 3, 7, 100, mass=150, energy=400)
    >>> [d[2:6] for d in check([soup], [Norm(1, "portion_mass", 200, 250, section=7)])]
    [('portion_mass', 150, 200, 250)]
    >>> norms = [Norm(1, "daily_need", 2350, nutrient="energy"),
    ...          Norm(2, "energy_share", 30, 35, meal=3, tolerance=5)]
    >>> [(d.kind, round(d.measured)) for d in check([soup], norms)]
    [('energy_share', 17), ('daily_need', 400)]
    >>> again = [soup, soup._replace(day=2), soup._replace(day=4)]
    >>> [(d.day, d.measured) for d in check(again, [Norm(1, "repeat_gap", 2)])]
    [(2, 1)]
    """
    lines, found = list(lines), []
    for day, own in sorted(_group(lines, "day").items()):
        found += _check_portions(day, own, norms)
        found += _check_meals(day, own, norms)
        found += _check_day(day, own, norms)
    found += _check_repeats(lines, norms, cycle_length)
    return sorted(found, key=lambda deviation: deviation.day)


def served_share(meals, norms):
    """Return (least, most) percent of the daily need that these meals must give.

    >>> shares = [Norm(1, "energy_share", 20, 25, meal=1),
    ...           Norm(2, "energy_share", 30, 35, meal=3)]
    >>> served_share({1, 3}, shares), served_share({1, 2}, shares)
    ((50, 60), None)
    """
    shares = {n.meal: n for n in norms if n.kind == "energy_share"}
    if not meals or not set(meals) <= shares.keys():
        return None
    wanted = [shares[meal] for meal in meals]
    least = sum(norm.minimum for norm in wanted)
    if not all(norm.maximum for norm in wanted):
        return least, 0
    return least, sum(norm.maximum for norm in wanted)


def _group(lines, name):
    groups = {}
    for line in lines:
        groups.setdefault(getattr(line, name), []).append(line)
    return groups


def _breaks(measured, minimum, maximum, slack=0.0):
    """Return whether a number is outside its bounds; `slack` widens them."""
    return measured < minimum - slack - ROUNDING or bool(
        maximum and measured > maximum + slack + ROUNDING
    )


def _of_kind(norms, kind):
    return [norm for norm in norms if norm.kind == kind]


def _widened(norm):
    part = norm.tolerance / 100
    return norm.minimum * (1 - part), norm.maximum * (1 + part)


def _check_portions(day, lines, norms):
    for norm in _of_kind(norms, "portion_mass"):
        for line in lines:
            fits = norm.meal in (None, line.meal) and norm.section == line.section
            if fits and line.section and _breaks(line.mass, *_widened(norm)):
                yield Deviation(
                    day, norm.id, norm.kind, line.mass, norm.minimum, norm.maximum,
                    meal=line.meal, dish=line.dish, section=line.section,
                )  # fmt: skip


def _check_meals(day, lines, norms):
    need = _energy_need(norms)
    for meal, own in sorted(_group(lines, "meal").items()):
        for norm in norms:
            if norm.meal != meal:
                continue
            if norm.kind == "meal_mass":
                measured, bounds = sum(line.mass for line in own), _widened(norm)
            elif norm.kind == "energy_share" and need:
                measured = sum(line.energy for line in own) * 100 / need
                bounds = (
                    norm.minimum - norm.tolerance,
                    norm.maximum and norm.maximum + norm.tolerance,
                )
            else:
                continue
            if _breaks(measured, *bounds):
                yield Deviation(
                    day, norm.id, norm.kind, measured, norm.minimum, norm.maximum,
                    meal=meal,
                )  # fmt: skip


def _energy_need(norms):
    needs = [n for n in _of_kind(norms, "daily_need") if n.nutrient == "energy"]
    return needs[0].minimum if needs else 0


def _check_day(day, lines, norms):
    share = served_share({line.meal for line in lines}, norms)
    if share is None:
        return
    for norm in _of_kind(norms, "daily_need"):
        if norm.nutrient not in NUTRIENTS:
            continue
        measured = sum(getattr(line, norm.nutrient) for line in lines)
        bounds = tuple(norm.minimum * percent / 100 for percent in share)
        part = norm.tolerance / 100
        if _breaks(measured, bounds[0] * (1 - part), bounds[1] * (1 + part)):
            yield Deviation(
                day, norm.id, norm.kind, measured, *bounds, nutrient=norm.nutrient
            )


def _check_repeats(lines, norms, cycle_length):
    for norm in _of_kind(norms, "repeat_gap"):
        own = [
            line
            for line in lines
            if norm.section in (None, line.section) and norm.meal in (None, line.meal)
        ]
        for dish, served in sorted(_group(own, "dish").items()):
            days = sorted(line.day for line in served)
            pairs = list(zip(days, days[1:], strict=False))
            if cycle_length and days:
                pairs.append((days[-1] - cycle_length, days[0]))
            for earlier, day in pairs:
                if day - earlier < norm.minimum and (earlier != day or len(days) > 1):
                    yield Deviation(
                        day, norm.id, norm.kind, day - earlier, norm.minimum, 0,
                        dish=dish, section=norm.section,
                    )  # fmt: skip
