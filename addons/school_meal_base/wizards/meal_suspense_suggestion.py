from odoo import fields, models


class MealSuspenseSuggestion(models.TransientModel):
    """A student whose money an unidentified receipt may be."""

    _name = "meal.suspense.suggestion"
    _description = "Likely Owner of a Receipt"

    resolve_id = fields.Many2one(
        "meal.suspense.resolve", required=True, ondelete="cascade"
    )
    account_id = fields.Many2one("meal.account", required=True, readonly=True)
    student_id = fields.Many2one(related="account_id.student_id")
    school_id = fields.Many2one(related="account_id.school_id")
    class_id = fields.Many2one(related="account_id.student_id.class_id")
    hint = fields.Selection(
        [
            ("number", "The number differs by one mistake"),
            ("guardian", "The payer is named like the guardian"),
        ],
        string="Why",
        readonly=True,
    )

    # === ACTION METHODS === #

    def action_choose(self):
        """Credit this account."""
        self.ensure_one()
        self.resolve_id.account_id = self.account_id
        return self.resolve_id.action_move()
