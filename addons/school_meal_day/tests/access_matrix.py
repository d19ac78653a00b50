# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from datetime import date
from uuid import uuid4

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
meal.incident         | school  | -       | -       | -       | r        | r    | r          | ru         | ru      | -
meal.order            | class   | r       | r       | r       | r        | r    | r          | r          | r       | -
meal.order.change     | class   | r       | r       | -       | r        | r    | r          | r          | r       | -
meal.snapshot         | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.snapshot.line    | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.issue.event      | school  | -       | r       | -       | r        | r    | r          | r          | r       | -
meal.day              | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.line         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.part         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.day.exception    | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
meal.correction       | school  | -       | -       | -       | cru      | r    | r          | cru        | cru     | -
meal.correction.line  | school  | -       | -       | -       | crud     | r    | r          | crud       | crud    | -
meal.day.usual        | owner   | -       | -       | -       | cru      | cru  | cru        | cru        | cru     | -
meal.day.decision     | owner   | -       | -       | -       | cru      | cru  | cru        | cru        | cru     | -
meal.price.overview   | owner   | -       | -       | -       | cru      | cru  | cru        | cru        | cru     | -
meal.tariff.change    | owner   | -       | -       | -       | -        | -    | -          | cru        | cru     | -
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
meal.class.command    | company | -       | -       | -       | -        | -    | -          | -          | r       | -
meal.roster.print     | owner   | -       | cru     | -       | cru      | cru  | -          | -          | cru     | -
meal.roster.entry     | owner   | -       | cru     | -       | cru      | -    | -          | -          | cru     | -
meal.roster.entry.line | owner   | -       | crud    | -       | crud     | -    | -          | -          | crud    | -
"""


def _timesheet(case, place):
    return case.env["meal.timesheet"].create(
        {
            "class_id": place.school_class.id,
            "month": date(2026, 11, 1),
            "kind": "attendance",
        }
    )


def _finding(case, place):
    return case.env["meal.incident"].create(
        {
            "kind": "peer_duplicate",
            "key": f"school {place.school.id} {uuid4()}",
            "summary": "Fed twice",
            "company_id": place.company.id,
            "school_id": place.school.id,
        }
    )


def _dish(case, place):
    return case.env["product.template"].create(
        {"name": "Soup", "is_dish": True, "company_id": place.company.id}
    )


def _recipe_line(case, place):
    milk = case.env["product.template"].create({"name": "Milk", "is_ingredient": True})
    return case.env["meal.recipe.line"].create(
        {
            "dish_id": _dish(case, place).id,
            "ingredient_id": milk.id,
            "gross_g": 5,
            "net_g": 5,
        }
    )


def _output(case, place):
    age = case.env.ref("school_meal_day.meal_age_group_12")
    return case.env["meal.dish.output"].create(
        {"dish_id": _dish(case, place).id, "age_group_id": age.id, "output_g": 5}
    )


def _cycle(case, place):
    return case.env["meal.cycle"].create(
        {
            "name": "Cycle",
            "company_id": place.company.id,
            "age_group_id": case.env.ref("school_meal_day.meal_age_group_12").id,
            "date_from": "2026-09-01",
        }
    )


def _cycle_line(case, place):
    return case.env["meal.cycle.line"].create(
        {
            "cycle_id": _cycle(case, place).id,
            "meal_type_id": case.env.ref("school_meal_day.meal_type_lunch").id,
            "dish_id": _dish(case, place).id,
        }
    )


def _menu(case, place):
    values = {
        "school_id": place.school.id,
        "date": "2026-11-16",
        "age_group_id": case.env.ref("school_meal_day.meal_age_group_12").id,
    }
    menus = case.env["meal.menu"]
    domain = [("school_id", "=", place.school.id), ("date", "=", values["date"])]
    return menus.search(domain, limit=1) or menus.create(values)


def _menu_line(case, place):
    return case.env["meal.menu.line"].create(
        {
            "menu_id": _menu(case, place).id,
            "meal_type_id": case.env.ref("school_meal_day.meal_type_lunch").id,
            "dish_id": _dish(case, place).id,
        }
    )


def _requirement(case, place):
    values = {"school_id": place.school.id, "date": "2026-11-16"}
    requirements = case.env["meal.requirement"]
    domain = [(name, "=", value) for name, value in values.items()]
    return requirements.search(domain, limit=1) or requirements.create(values)


def _requirement_line(case, place):
    dish = _dish(case, place)
    return case.env["meal.requirement.line"].create(
        {
            "requirement_id": _requirement(case, place).id,
            "meal_type_id": case.env.ref("school_meal_day.meal_type_lunch").id,
            "age_group_id": case.env.ref("school_meal_day.meal_age_group_12").id,
            "dish_id": dish.id,
            "ingredient_id": dish.id,
            "portions": 5,
        }
    )


SAMPLES = {
    "meal.incident": _finding,
    "meal.timesheet": _timesheet,
    "meal.recipe.line": _recipe_line,
    "meal.dish.output": _output,
    "meal.cycle": _cycle,
    "meal.cycle.line": _cycle_line,
    "meal.menu": _menu,
    "meal.menu.line": _menu_line,
    "meal.requirement": _requirement,
    "meal.requirement.line": _requirement_line,
}
