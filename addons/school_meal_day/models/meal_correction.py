from odoo import fields, models


class MealCorrection(models.Model):
    """A dated document that changes what a closed day says, with reason and author."""

    _name = "meal.correction"
    _description = "Correction of a Closed Day"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char("Number", readonly=True, copy=False)
    day_id = fields.Many2one("meal.day", required=True, ondelete="restrict")
    school_id = fields.Many2one(related="day_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="day_id.company_id", store=True)
    date = fields.Date("Dated", required=True, readonly=True)
    reason = fields.Char(
        required=True, help="The parents read it beside the entry on their statement."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Booked")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Author", readonly=True)
    line_ids = fields.One2many("meal.correction.line", "correction_id", "Portions")
