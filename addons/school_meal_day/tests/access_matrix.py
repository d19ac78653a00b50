# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from datetime import date

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
meal.type             | global  | r       | r       | r       | r        | r    | r          | r          | crud    | -
meal.age.group        | global  | r       | r       | r       | r        | r    | r          | r          | crud    | -
meal.section          | global  | r       | r       | r       | r        | r    | r          | r          | crud    | -
meal.category         | global  | -       | -       | -       | r        | r    | r          | r          | crud    | -
meal.norm             | global  | -       | r       | -       | r        | r    | r          | r          | crud    | -
meal.variant          | company | r       | r       | r       | r        | r    | r          | r          | crud    | -
meal.funding.source   | company | -       | -       | -       | r        | r    | r          | cru        | crud    | -
meal.tariff           | company | -       | -       | -       | r        | r    | r          | crud       | crud    | -
meal.funding.rule     | company | -       | -       | -       | r        | r    | r          | crud       | crud    | -
meal.funding.rule.line | company | -       | -       | -       | r        | r    | r          | crud       | crud    | -
meal.choice           | class   | r       | -       | -       | cru      | r    | r          | -          | crud    | -
meal.absence          | class   | r       | -       | -       | r        | r    | r          | r          | r       | -
meal.absence.report   | owner   | cru     | -       | -       | cru      | -    | -          | -          | cru     | -
meal.order.entry      | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
meal.order.operation  | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
meal.attendance       | class   | r       | -       | -       | r        | r    | r          | r          | r       | -
meal.order            | class   | r       | r       | r       | r        | r    | r          | r          | r       | -
meal.order.change     | school  | r       | r       | -       | r        | r    | r          | r          | r       | -
meal.snapshot         | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.snapshot.line    | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.issue.event      | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.day              | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.line         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.part         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.exception    | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.correction       | school  | -       | -       | -       | cru      | r    | r          | cru        | cru     | -
meal.correction.line  | school  | -       | -       | -       | crud     | r    | r          | crud       | crud    | -
meal.timesheet.month  | owner   | -       | -       | -       | cru      | cru  | -          | -          | cru     | -
meal.timesheet        | class   | r       | -       | -       | r        | r    | r          | r          | r       | -
meal.recipe.line      | company | -       | r       | -       | crud     | r    | r          | r          | crud    | -
meal.dish.output      | company | -       | r       | -       | crud     | r    | r          | r          | crud    | -
meal.cycle            | company | r       | r       | -       | crud     | r    | r          | r          | crud    | -
meal.cycle.line       | company | r       | r       | -       | crud     | r    | r          | r          | crud    | -
meal.menu             | school  | r       | cru     | r       | crud     | r    | r          | r          | crud    | -
meal.menu.line        | school  | r       | crud    | r       | crud     | r    | r          | r          | crud    | -
meal.requirement      | school  | -       | cru     | -       | cru      | r    | r          | r          | cru     | -
meal.requirement.line | school  | -       | crud    | -       | crud     | r    | r          | r          | crud    | -
meal.approval.reopen  | owner   | -       | -       | -       | cru      | cru  | cru        | -          | cru     | -
meal.cycle.copy.day   | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
meal.cycle.import     | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
meal.cycle.import.line | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
meal.menu.generate    | owner   | -       | cru     | -       | cru      | -    | -          | -          | cru     | -
meal.menu.publish     | owner   | -       | cru     | -       | cru      | cru  | cru        | -          | cru     | -
"""


def _timesheet(case, place):
    return case.env["meal.timesheet"].create(
        {
            "class_id": place.school_class.id,
            "month": date(2026, 11, 1),
            "kind": "attendance",
        }
    )


SAMPLES = {
    "meal.timesheet": _timesheet,
}
