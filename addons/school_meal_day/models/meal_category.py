from odoo import fields, models


class MealCategory(models.Model):
    """A ground on which a student's meals are paid for (льготная категория).

    This add-on knows grades 1-4; others bring their own records and answer the hook
    ``school.student._get_meal_categories``. Who has which category is never shown at
    the till or the serving hatch.
    """

    _name = "meal.category"
    _description = "Meal Benefit Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another category has this code.")
