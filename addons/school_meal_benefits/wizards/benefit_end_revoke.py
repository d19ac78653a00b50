from odoo import fields, models
from odoo.exceptions import UserError


class BenefitEndRevoke(models.TransientModel):
    """Take ends of benefits back, with the reason."""

    _name = "benefit.end.revoke"
    _description = "Revoke Ends of Benefits"

    end_ids = fields.Many2many("benefit.entitlement.end", string="Ends", required=True)
    reason = fields.Char(
        required=True, help="The parents read it where closed days are corrected."
    )

    def action_revoke(self):
        """Let the benefits go on."""
        self.ensure_one()
        self.check_access("write")
        self.end_ids.check_access("read")
        self.env["benefit.entitlement"]._check_may_revoke()
        if not self.end_ids._revoke(self.reason):
            raise UserError(self.env._("These ends are revoked already."))
        return {"type": "ir.actions.act_window_close"}
