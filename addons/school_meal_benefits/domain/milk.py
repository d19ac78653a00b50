"""On which days a child has milk, and where it is given: items 17 and 35-37.

At school on days of lessons there, to whoever is present; on days of home or remote
teaching, a class's own included, to the parents.

>>> from datetime import date, timedelta
>>> week = [date(2026, 11, 16) + timedelta(days=n) for n in range(7)]
>>> at_home = frozenset(week[3:])
>>> facts = Facts(frozenset(week), frozenset(week[:5]), at_home,
...               {week[0]: "present", week[1]: "absent"})
>>> days_of(AT_SCHOOL, facts)
([datetime.date(2026, 11, 16)], {datetime.date(2026, 11, 18)})
>>> len(days_of(TO_PARENTS, facts)[0])
2
"""

from datetime import date
from typing import NamedTuple

AT_SCHOOL, TO_PARENTS = "class", "parents"
PRESENT = "present"


class Facts(NamedTuple):
    """Days of one child: entitled, with lessons, of these away from school; attendance
    is known for the days in ``presence``; ``reported`` are days of reported absence."""

    entitled: frozenset
    taught: frozenset
    away: frozenset
    presence: dict[date, str]
    reported: frozenset = frozenset()


def days_of(kind, facts):
    """Return ([days with milk], {days on which attendance is not known}).

    A child reported absent, ill for example, gets no milk on that day at home either.
    """
    days = sorted(facts.entitled & facts.taught)
    if kind == TO_PARENTS:
        return [
            day for day in days if day in facts.away and day not in facts.reported
        ], set()
    here = [day for day in days if day not in facts.away]
    with_milk = [day for day in here if facts.presence.get(day) == PRESENT]
    return with_milk, {day for day in here if day not in facts.presence}
