# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
access.edge.journal   | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.edge.incident  | company | -       | -       | -       | -        | -    | -          | -          | r       | -
"""
