from odoo import fields, models

from ..const import ALLERGEN_REASONS, ISSUE_REASONS

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
    reason = fields.Selection(
        [reason for reason in ISSUE_REASONS if reason[0] in ALLERGEN_REASONS],
        help="Why a meal with an allergen of the student was given out.",
    )
    variant_name = fields.Char("Set")
    stop = fields.Char("Allergens of the meal")
    issued_at = fields.Datetime("Issued at")
