"""The month of a class, from facts to the rows of its two timesheets.

Attendance is the strict form ОКУД 0504608: a blank day is a day the child was there,
«Н» a day missed, «В» a day off of the class. Remote teaching and quarantine are days
off too: nobody is at the school, so nobody is fed and nothing is charged. Days before a
child joined the class and after it left are struck out («–»), for a blank would claim
that it was there. A school day that nobody has confirmed yet is «?»; a sheet with one
of these cannot be signed.

Meals have positive marks, one letter per portion that somebody pays for. The functions
return plain JSON (whole kopecks, no floats), which is what is signed; words on the form
are Russian in every language of the program.
"""

import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import NamedTuple

PRESENT, ABSENT, DAY_OFF, NOT_HERE, UNKNOWN = "", "Н", "В", "–", "?"

#: Reasons of an absence that count as good ones (засчитываемые).
EXCUSED = frozenset({"illness", "family", "medical", "competition", "home"})
REASON_TEXTS = {
    "illness": "болезнь",
    "family": "семейные",
    "medical": "лечение",
    "competition": "соревнов.",
    "home": "на дому",
    "unexcused": "неуважит.",
    "unknown": "не выясн.",
}
DAY_OFF_TEXTS = {"remote": "дистанционное обучение", "quarantine": "карантин"}
MEAL_MARKS = {
    "breakfast": "З",
    "breakfast2": "з",
    "lunch": "О",
    "snack": "П",
    "dinner": "У",
    "dinner2": "у",
}


class Day(NamedTuple):
    """A day of the month as the class has it; `kind` as ``school.calendar`` says."""

    date: date
    kind: str
    is_off: bool
    is_known: bool


class Student(NamedTuple):
    """`spans` are the (first, last or None) days in the class, ends included."""

    id: int
    name: str
    account: str
    spans: tuple


class Absence(NamedTuple):
    student: int
    date_from: date
    date_to: date
    reason: str
    note: str = ""


class Portion(NamedTuple):
    """A portion somebody pays for; `parts` are ((source code, kopecks), …)."""

    student: int
    date: date
    meal: str
    meal_name: str
    price: int
    parts: tuple


def month_days(month):
    """Return the dates of a month given by its first day.

    >>> len(month_days(date(2028, 2, 1)))
    29
    """
    days = (month + timedelta(days=offset) for offset in range(31))
    return [day for day in days if day.month == month.month]


def attendance(days, students, absences):
    """Return the body of the attendance timesheet.

    >>> days = [Day(date(2026, 11, n), "school", False, n < 5) for n in range(2, 6)]
    >>> anna = Student(1, "Anna", "", ((date(2026, 11, 3), None),))
    >>> ill = Absence(1, date(2026, 11, 4), date(2026, 11, 9), "illness")
    >>> body = attendance(days, [anna], [ill])
    >>> row = body["rows"][0]
    >>> row["marks"], row["missed"], row["excused"], row["payable"], row["reasons"]
    (['–', '', 'Н', '?'], 1, 1, 1, 'с 03.11; болезнь 4')
    >>> body["absent"], body["present"]
    ([0, 0, 1, None], [0, 1, 0, None])
    """
    missed_by = defaultdict(list)
    for absence in absences:
        missed_by[absence.student].append(absence)
    rows = [_attendance_row(days, each, missed_by[each.id]) for each in students]
    marks = list(zip(*(row["marks"] for row in rows), strict=True))
    marks = marks or [()] * len(days)
    return {
        "days": _days(days),
        "rows": rows,
        "absent": [_count(day, marks[n], ABSENT) for n, day in enumerate(days)],
        "present": [_count(day, marks[n], PRESENT) for n, day in enumerate(days)],
        "missed": sum(row["missed"] for row in rows),
        "excused": sum(row["excused"] for row in rows),
        "payable": sum(row["payable"] for row in rows),
        "notes": _notes(days),
    }


def meals(days, students, portions, sources):
    """Return the body of the meal timesheet.

    :param sources: [(code, name, whether it is the parents)] in the order to show

    >>> days = [Day(date(2026, 11, n), "school", False, True) for n in (2, 3)]
    >>> anna = Student(1, "Anna", "", ((date(2026, 9, 1), None),))
    >>> def eaten(day, meal, price, *parts):
    ...     return Portion(1, date(2026, 11, day), meal, meal, price, parts)
    >>> body = meals(days, [anna], [
    ...     eaten(2, "lunch", 11000, ("parent", 11000)),
    ...     eaten(2, "breakfast", 8530, ("town", 8000), ("parent", 530)),
    ... ], [("town", "Town", False), ("parent", "Parents", True)])
    >>> row = body["rows"][0]
    >>> row["marks"], row["portions"], row["total"], row["parts"], row["is_benefit"]
    (['ЗО', ''], 2, 19530, {'parent': 11530, 'town': 8000}, True)
    >>> body["parts"] == row["parts"], body["day_totals"]
    (True, [19530, 0])
    """
    eaten = defaultdict(list)
    for portion in portions:
        eaten[portion.student].append(portion)
    budgets = {code for code, _name, is_parent in sources if not is_parent}
    rows = [_meal_row(days, each, eaten[each.id], budgets) for each in students]
    by_day = defaultdict(list)
    for portion in portions:
        by_day[portion.date].append(portion)
    used = _sum_parts(portions)
    return {
        "days": _days(days),
        "rows": rows,
        "sources": [list(each) for each in sources if each[0] in used],
        "parts": used,
        "portions": len(portions),
        "total": sum(portion.price for portion in portions),
        "fed": sum(bool(row["portions"]) for row in rows),
        "day_portions": [len(by_day[day.date]) for day in days],
        "day_students": [len({p.student for p in by_day[day.date]}) for day in days],
        "day_totals": [sum(p.price for p in by_day[day.date]) for day in days],
        "prices": _prices(portions),
        "notes": _notes(days),
    }


def unknown_days(content):
    """Return the numbers of the days that keep a sheet from being signed."""
    return [day["day"] for day in content["days"] if not day["known"]]


def digest(content):
    """Return the SHA-256 of a content, whatever the order of its keys.

    >>> digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    True
    """
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old, new):
    """Return what a newer content says otherwise: (name, day or None, old, new).

    Names that were put right later are no difference; marks and sums are.

    >>> def sheet(mark, total):
    ...     row = {"student": 1, "name": "Anna", "marks": [mark], "total": total}
    ...     return {"days": [{"day": 3}], "rows": [row]}
    >>> differences(sheet("З", 8530), sheet("", 0))
    [('Anna', 3, 'З', ''), ('Anna', None, 8530, 0)]
    >>> differences(sheet("З", 8530), sheet("З", 8530))
    []
    """
    before = {row["student"]: row for row in old["rows"]}
    after = {row["student"]: row for row in new["rows"]}
    found = []
    for student in [*before, *(key for key in after if key not in before)]:
        one, two = before.get(student), after.get(student)
        name = (two or one)["name"]
        for index, day in enumerate(new["days"]):
            marks = [row["marks"][index] if row else NOT_HERE for row in (one, two)]
            if marks[0] != marks[1]:
                found.append((name, day["day"], *marks))
        sums = [row.get("total", 0) if row else 0 for row in (one, two)]
        if sums[0] != sums[1] or _shares(one) != _shares(two):
            found.append((name, None, *sums))
    return found


def _shares(row):
    """What a row says beside its marks: who pays, or which absences are excused."""
    row = row or {}
    return row.get("parts") or {}, row.get("excused", 0)


def for_teacher(content):
    """Return a content without anything that tells who pays for a child's meals.

    >>> row = {"account": "1", "is_benefit": True, "parts": {"town": 1}, "total": 1}
    >>> for_teacher({"rows": [row], "sources": [["town"]], "parts": {"town": 1}})
    {'rows': [{'account': '', 'total': 1}]}
    """
    kept = {k: v for k, v in content.items() if k not in ("sources", "parts")}
    hidden = ("is_benefit", "parts")
    kept["rows"] = [
        {k: v for k, v in {**row, "account": ""}.items() if k not in hidden}
        for row in content["rows"]
    ]
    return kept


def join_days(numbers):
    """Return days as people write them.

    >>> join_days([3, 4, 5, 9, 11, 12])
    '3–5, 9, 11–12'
    """
    spans = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in spans)


def _days(days):
    return [
        {"day": day.date.day, "off": day.is_off, "known": day.is_known} for day in days
    ]


def _notes(days):
    """Say why days of a class are off that others are not."""
    by_kind = defaultdict(list)
    for day in days:
        if day.kind in DAY_OFF_TEXTS:
            by_kind[day.kind].append(day.date.day)
    return [f"{DAY_OFF_TEXTS[k]}: {join_days(v)}" for k, v in sorted(by_kind.items())]


def _is_here(student, day):
    return any(
        first <= day and (not last or day <= last) for first, last in student.spans
    )


def _attendance_row(days, student, absences):
    marks, missed, excused = [], defaultdict(list), 0
    for day in days:
        covering = [a for a in absences if a.date_from <= day.date <= a.date_to]
        mark = _attendance_mark(day, student, covering)
        marks.append(mark)
        if mark == ABSENT:
            good = [each for each in covering if each.reason in EXCUSED]
            excused += bool(good)
            told = (good or covering)[-1]
            missed[told.reason, told.note or ""].append(day.date.day)
    count = marks.count(ABSENT)
    return {
        "student": student.id,
        "name": student.name,
        "account": student.account,
        "marks": marks,
        "missed": count,
        "excused": excused,
        "payable": marks.count(PRESENT),
        "reasons": "; ".join([*_moves(student, days), *_reasons(missed)]),
    }


def _attendance_mark(day, student, absences):
    if not _is_here(student, day.date):
        return NOT_HERE
    if day.is_off:
        return DAY_OFF
    if not day.is_known:
        return UNKNOWN
    return ABSENT if absences else PRESENT


def _moves(student, days):
    first, last = days[0].date, days[-1].date
    for begin, end in student.spans:
        if first < begin <= last:
            yield f"с {begin:%d.%m}"
        if end and first <= end < last:
            yield f"по {end:%d.%m}"


def _reasons(missed):
    for (reason, note), numbers in missed.items():
        basis = f" ({note})" if note else ""
        yield f"{REASON_TEXTS[reason]} {join_days(numbers)}{basis}"


def _count(day, marks, wanted):
    """How many children have a mark; None when it is not known or nobody's day."""
    if day.is_off or not day.is_known:
        return None
    return marks.count(wanted)


def _meal_row(days, student, portions, budgets):
    order = list(MEAL_MARKS)
    marks = []
    for day in days:
        letters = sorted(
            (p.meal for p in portions if p.date == day.date),
            key=lambda meal: order.index(meal) if meal in order else len(order),
        )
        mark = "".join(MEAL_MARKS.get(meal, "+") for meal in letters)
        if not mark and not _is_here(student, day.date):
            mark = NOT_HERE
        elif not mark and day.is_off:
            mark = DAY_OFF
        elif not mark and not day.is_known:
            mark = UNKNOWN
        marks.append(mark)
    parts = _sum_parts(portions)
    return {
        "student": student.id,
        "name": student.name,
        "account": student.account,
        "marks": marks,
        "portions": len(portions),
        "total": sum(portion.price for portion in portions),
        "parts": parts,
        "is_benefit": bool(budgets & parts.keys()),
    }


def _sum_parts(portions):
    sums = Counter()
    for portion in portions:
        sums.update(dict(portion.parts))
    return dict(sums)


def _prices(portions):
    counted = Counter((p.meal, p.meal_name, p.price) for p in portions)
    order = list(MEAL_MARKS)
    return [
        {"meal": meal, "name": name, "price": price, "portions": count}
        for (meal, name, price), count in sorted(
            counted.items(),
            key=lambda item: (
                order.index(item[0][0]) if item[0][0] in order else len(order),
                item[0][2],
            ),
        )
    ]
