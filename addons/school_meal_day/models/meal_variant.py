from odoo import fields, models

from ..const import SET_GROUPS


class MealVariant(models.Model):
    """A set meal one can choose instead of the usual one: “without milk”, “set 2”.

    No variant on an order is the usual set. A diet is given by a doctor's note, not
    chosen: see ``school.student.diet_variant_id``.
    """

    _name = "meal.variant"
    _description = "Set Meal Variant"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_diet = fields.Boolean(
        "Diet",
        groups=SET_GROUPS,
        help="Given on medical grounds; parents and teachers cannot choose it.",
    )
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
