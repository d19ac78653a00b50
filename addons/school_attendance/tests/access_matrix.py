# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from datetime import date, datetime

TABLE = """
model                     | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
attendance.day            | class   | r       | -       | -       | r        | r    | r          | -          | r       | -
attendance.change         | class   | r       | -       | -       | r        | r    | r          | -          | r       | -
attendance.total          | class   | r       | -       | -       | r        | r    | r          | -          | r       | -
attendance.check          | school  | r       | -       | -       | r        | r    | r          | -          | r       | -
attendance.bell           | school  | r       | -       | -       | crud     | r    | r          | -          | crud    | -
attendance.forecast       | school  | -       | r       | -       | r        | r    | r          | -          | r       | -
attendance.forecast.board | school  | -       | r       | -       | r        | r    | r          | -          | r       | -
attendance.register       | owner   | cru     | -       | -       | cru      | cru  | cru        | -          | cru     | -
"""

DAY = date(2026, 11, 16)


def _place(place):
    return {
        "date": DAY,
        "school_id": place.school.id,
        "class_id": place.school_class.id,
        "company_id": place.company.id,
    }


def _day(case, place):
    days = case.env["attendance.day"]
    found = days.search([("student_id", "=", place.student.id), ("date", "=", DAY)])
    return found or days.create(
        {
            **_place(place),
            "student_id": place.student.id,
            "starts_at": datetime(2026, 11, 16, 5, 30),
            "ends_at": datetime(2026, 11, 16, 11, 0),
        }
    )


def _change(case, place):
    return case.env["attendance.change"].create(
        {
            **_place(place),
            "student_id": place.student.id,
            "at": datetime(2026, 11, 16, 9, 0),
        }
    )


def _total(case, place):
    return case.env["attendance.total"].create(_place(place))


def _check(case, place):
    checks = case.env["attendance.check"]
    found = checks.search([("school_id", "=", place.school.id), ("date", "=", DAY)])
    return found or checks.create({"school_id": place.school.id, "date": DAY})


def _bell(case, place):
    bells = case.env["attendance.bell"]
    values = {"school_id": place.school.id, "class_id": place.school_class.id}
    found = bells.search([(name, "=", value) for name, value in values.items()])
    return found or bells.create(values)


def _forecast(case, place):
    return case.env["attendance.forecast"].create(
        {
            "school_id": place.school.id,
            "company_id": place.company.id,
            "date": date(2099, 1, place.school_class.grade),
            "meal_type_id": case.env.ref("school_meal_day.meal_type_lunch").id,
            "payer": "paid" if place.school_class.letter == "А" else "free",
        }
    )


SAMPLES = {
    "attendance.day": _day,
    "attendance.change": _change,
    "attendance.total": _total,
    "attendance.check": _check,
    "attendance.bell": _bell,
    "attendance.forecast": _forecast,
}

CREATES = {
    "attendance.bell": lambda case, place: {
        "school_id": place.school.id,
        "weekday": "5",
    },
}
