"""What peers look for in the meal days of a school: pure rules, facts → findings.

A finding says what does not fit, never who is guilty. Each has a `key` that makes it
the same finding on every night; its sentence is made where the language is known.
"""

from collections import defaultdict
from datetime import time
from statistics import median
from typing import NamedTuple

#: Kinds of findings, as they are kept in incidents.
OVER_PRESENT = "peer_over_present"
FULL_ISSUE = "peer_full_issue"
DUPLICATE = "peer_duplicate"
OUTSIDE_HOURS = "peer_outside_hours"
BACKDATED = "peer_backdated"
REFUNDS = "peer_refunds"
NOT_FED = "peer_not_fed"
KINDS = (
    OVER_PRESENT, FULL_ISSUE, DUPLICATE, OUTSIDE_HOURS, BACKDATED, REFUNDS, NOT_FED,
)  # fmt: skip

#: School canteens give out portions between these hours of the school's clock.
SERVING_FROM, SERVING_TO = time(7), time(19)
#: An absence may be written down so many days after its last day, a closed day be
#: corrected so many days after it, before somebody should look.
ABSENCE_GRACE, CORRECTION_GRACE = 3, 14
#: A child present and not fed on so many school days running.
DAYS_NOT_FED = 3
#: Refunds of a person are unusual from so many, and so many times what others give.
MIN_REFUNDS, REFUND_FACTOR = 5, 3
#: Nobody to compare with: refunds above this share of the person's own sales.
LONE_SHARE = 0.2


class ClassMeal(NamedTuple):
    """A meal of a class on a day, in students; `ids` are the issue events."""

    school: int
    school_class: int
    day: object
    meal: int
    enrolled: int
    absent: int
    entitled: int
    entitled_absent: int
    issued: int
    entitled_issued: int
    ids: tuple = ()


class Issue(NamedTuple):
    """A portion given and not taken back; `at` is the school's clock."""

    id: int
    school: int
    student: int | None
    day: object
    meal: int
    verdict: str
    source: str
    device: int | None
    at: object


class Change(NamedTuple):
    """Something written down; `late` is the days between what it says and when."""

    id: int
    model: str
    school: int
    user: int | None
    written: object
    late: int


class Refunds(NamedTuple):
    """What a person gave back in the period, in entries and kopecks, and sold."""

    company: int
    user: int
    count: int
    amount: int
    sold: int


class Fed(NamedTuple):
    """An entitled child's day: was it present, and did it eat; `id` is the order."""

    id: int
    school: int
    student: int
    day: object
    is_present: bool
    is_fed: bool


class Finding(NamedTuple):
    kind: str
    key: str
    school: int | None
    model: str
    ids: tuple
    values: dict
    severity: str = "warning"


def over_present(class_meals):
    """More portions than children: issued ≤ entitled × presence, per class and day.

    A class in which everybody ate although some were absent is :func:`full_issue`'s.

    >>> meal = ClassMeal(1, 7, "2026-11-16", 3, 25, 2, 10, 1, 24, 9)
    >>> [found.values["issued"] for found in over_present([meal])]
    [24]
    >>> list(over_present([meal._replace(issued=23)]))
    []
    >>> [f.kind for f in over_present([meal._replace(issued=20, entitled_issued=10)])]
    ['peer_over_present']
    """
    for each in class_meals:
        entitled = each.entitled - each.entitled_absent
        is_full = each.absent and each.issued >= each.enrolled
        if is_full or (
            each.issued <= each.enrolled - each.absent
            and each.entitled_issued <= entitled
        ):
            continue
        yield _class_finding(OVER_PRESENT, each)


def full_issue(class_meals):
    """A whole class ate on a day on which some of it were absent.

    >>> meal = ClassMeal(1, 7, "2026-11-16", 3, 25, 2, 25, 2, 25, 25)
    >>> [found.key for found in full_issue([meal])]
    ['7:2026-11-16:3']
    >>> list(full_issue([meal._replace(absent=0)]))
    []
    """
    for each in class_meals:
        if each.absent and each.enrolled and each.issued >= each.enrolled:
            yield _class_finding(FULL_ISSUE, each, "error")


def duplicates(issues):
    """One student, one meal of a day, two devices. Second portions say so themselves.

    >>> one = Issue(1, 1, 5, "2026-11-16", 3, "ok", "tap", 1, None)
    >>> [found.ids for found in duplicates([one, one._replace(id=2, device=2)])]
    [(1, 2)]
    >>> list(duplicates([one, one._replace(id=2, verdict="second", device=2)]))
    []
    >>> list(duplicates([one, one._replace(id=2)]))  # one device counts by itself
    []
    """
    taken = defaultdict(list)
    for each in issues:
        if each.student and each.verdict != "second":
            taken[each.student, each.day, each.meal].append(each)
    for (student, day, meal), given in taken.items():
        if len({each.device for each in given}) > 1:
            yield Finding(
                DUPLICATE,
                f"{student}:{day}:{meal}",
                given[0].school,
                "meal.issue.event",
                tuple(each.id for each in given),
                {"student": student, "day": str(day), "count": len(given)},
                "error",
            )


def outside_hours(issues):
    """Portions given at night or on another day than they are written to.

    What is typed in afterwards from paper has the time of the typing.

    >>> from datetime import date, datetime
    >>> day = date(2026, 11, 16)
    >>> one = Issue(1, 1, 5, day, 3, "ok", "tap", 1, datetime(2026, 11, 16, 22))
    >>> [found.values["count"] for found in outside_hours([one, one._replace(id=2)])]
    [2]
    >>> list(outside_hours([one._replace(at=datetime(2026, 11, 16, 9))]))
    []
    >>> list(outside_hours([one._replace(source="typed")]))
    []
    """
    odd = defaultdict(list)
    for each in issues:
        if each.source in ("typed", "paper"):
            continue
        is_served = SERVING_FROM <= each.at.time() <= SERVING_TO
        if not is_served or each.at.date() != each.day:
            odd[each.school, each.day].append(each.id)
    for (school, day), ids in odd.items():
        yield Finding(
            OUTSIDE_HOURS,
            f"{school}:{day}",
            school,
            "meal.issue.event",
            tuple(ids),
            {"day": str(day), "count": len(ids)},
        )


def backdated(changes):
    """Changes of the past, together per school, person and day of writing.

    An order is of the past from the next day on; absences and corrections have days of
    grace.

    >>> order = Change(1, "meal.order.change", 1, 2, "2026-11-20", 1)
    >>> [found.values["count"] for found in backdated([order, order._replace(id=2)])]
    [2]
    >>> list(backdated([Change(1, "meal.absence", 1, 2, "2026-11-20", 3)]))
    []
    """
    grace = {"meal.absence": ABSENCE_GRACE, "meal.correction": CORRECTION_GRACE}
    late = defaultdict(list)
    for each in changes:
        if each.late > grace.get(each.model, 0):
            late[each.model, each.school, each.user, each.written].append(each)
    for (model, school, user, written), found in late.items():
        yield Finding(
            BACKDATED,
            f"{model}:{school}:{user or 0}:{written}",
            school,
            model,
            tuple(each.id for each in found),
            {
                "user": user,
                "day": str(written),
                "count": len(found),
                "late": max(each.late for each in found),
            },
        )


def unusual_refunds(refunds, period):
    """People whose refunds are far above what is usual among their colleagues.

    >>> usual = [Refunds(1, n, 2, 20000, 900000) for n in (1, 2, 3)]
    >>> much = Refunds(1, 4, 9, 90000, 900000)
    >>> [found.values["user"] for found in unusual_refunds([*usual, much], "2026-11")]
    [4]
    >>> list(unusual_refunds(usual, "2026-11"))
    []
    >>> [f.values["user"] for f in unusual_refunds([much._replace(sold=9)], "2026-11")]
    [4]
    """
    for each in refunds:
        others = [
            other.amount
            for other in refunds
            if other.company == each.company and other.user != each.user
        ]
        limit = REFUND_FACTOR * median(others) if others else each.sold * LONE_SHARE
        if each.count >= MIN_REFUNDS and each.amount > limit:
            yield Finding(
                REFUNDS,
                f"{each.company}:{each.user}:{period}",
                None,
                "meal.transfer",
                (),
                {
                    "user": each.user,
                    "count": each.count,
                    "amount": each.amount,
                    "company": each.company,
                },
            )


def not_fed(days):
    """Children entitled to a meal, present, and not fed some school days running.

    `days` are those on which the child had a portion of its own: a day on which it was
    absent or did not want to eat ends the row.

    >>> row = [Fed(n, 1, 5, f"2026-11-{n}", True, False) for n in (16, 17, 18, 19)]
    >>> [(f.values["days"], f.key) for f in not_fed(row)]
    [(4, '5:2026-11-16')]
    >>> list(not_fed([*row[:1], row[1]._replace(is_fed=True), *row[2:]]))
    []
    """
    by_student = defaultdict(list)
    for each in days:
        by_student[each.student].append(each)
    for student, rows in by_student.items():
        run = []
        for each in [*sorted(rows, key=lambda row: row.day), None]:
            if each and each.is_present and not each.is_fed:
                run.append(each)
                continue
            if len(run) >= DAYS_NOT_FED:
                yield Finding(
                    NOT_FED,
                    f"{student}:{run[0].day}",
                    run[0].school,
                    "meal.order",
                    tuple(row.id for row in run),
                    {
                        "student": student,
                        "days": len(run),
                        "day": str(run[0].day),
                        "last": str(run[-1].day),
                    },
                )
            run = []


def _class_finding(kind, meal, severity="warning"):
    return Finding(
        kind,
        f"{meal.school_class}:{meal.day}:{meal.meal}",
        meal.school,
        "meal.issue.event",
        tuple(meal.ids),
        {
            "class": meal.school_class,
            "meal": meal.meal,
            "day": str(meal.day),
            "issued": meal.issued,
            "present": meal.enrolled - meal.absent,
            "enrolled": meal.enrolled,
            "entitled": meal.entitled - meal.entitled_absent,
            "entitled_issued": meal.entitled_issued,
        },
        severity,
    )
