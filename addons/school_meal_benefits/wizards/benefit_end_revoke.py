from odoo import fields, models
from odoo.exceptions import UserError

from ..const import REPORTED_GROUNDS


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
        self._check_reported()
        if not self.end_ids._revoke(self.reason):
            raise UserError(self.env._("These ends are revoked already."))
        return {"type": "ir.actions.act_window_close"}

    def _check_reported(self):
        """Ends by events and by other decisions go with what brought them."""
        if any(end.ground not in REPORTED_GROUNDS for end in self.end_ids):
            raise UserError(
                self.env._(
                    "This end was not reported by people: it follows from leaving, the"
                    " grade, the form of study or another decision. Correct that."
                )
            )
