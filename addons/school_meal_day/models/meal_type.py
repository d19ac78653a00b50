from odoo import fields, models


class MealType(models.Model):
    """A meal of the day (приём пищи): breakfast, lunch, afternoon snack …

    ``code`` names the meal in files, devices and rules and does not change.
    """

    _name = "meal.type"
    _description = "Meal of the Day"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another meal has this code.")
