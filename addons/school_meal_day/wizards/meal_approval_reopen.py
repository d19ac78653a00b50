from odoo import fields, models
from odoo.exceptions import UserError

MODELS = ("meal.cycle", "meal.menu", "meal.requirement")


class MealApprovalReopen(models.TransientModel):
    """Asks why something approved is taken back to draft."""

    _name = "meal.approval.reopen"
    _description = "Back to Draft"

    res_model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    reason = fields.Text(required=True)

    def action_take_back(self):
        self.ensure_one()
        if self.res_model not in MODELS:
            raise UserError(self.env._("This document has no approval."))
        if not self.reason.strip():
            raise UserError(self.env._("Say why it is taken back to draft."))
        ids = [int(number) for number in self.res_ids.split(",") if number.isdigit()]
        self.env[self.res_model].browse(ids).exists()._take_back(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
