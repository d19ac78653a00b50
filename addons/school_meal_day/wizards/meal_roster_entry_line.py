from odoo import fields, models

ORDERED = "ordered"
ISSUED = "issued"
STOP = "stop"
OFF = "off"


class MealRosterEntryLine(models.TransientModel):
    _name = "meal.roster.entry.line"
    _description = "Student of a Paper List"

    entry_id = fields.Many2one("meal.roster.entry", required=True, ondelete="cascade")
    student_id = fields.Many2one("school.student", required=True)
    state = fields.Selection(
        [
            (ORDERED, "Ordered"),
            (ISSUED, "Already issued"),
            (STOP, "Allergen"),
            (OFF, "No order"),
        ],
        "Order",
    )
    is_given = fields.Boolean("Got the meal")
    variant_name = fields.Char("Set")
    stop = fields.Char("Allergens of the meal")
    issued_at = fields.Datetime("Issued at")
