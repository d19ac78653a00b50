# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on's models; how to read and add them: `school_meal_base`."""

TABLE = """
model                         | scope  | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
meal.terms                    | global | -       | -       | -       | -        | -    | -          | -          | crud    | -
meal.terms.acceptance         | global | -       | -       | -       | -        | -    | -          | -          | r       | -
meal.login.failure            | global | -       | -       | -       | -        | -    | -          | -          | r       | -
meal.guardian.invitation      | owner  | -       | -       | -       | crud     | -    | -          | -          | crud    | -
meal.guardian.invitation.line | owner  | -       | -       | -       | crud     | -    | -          | -          | crud    | -
"""

SAMPLES = {}
