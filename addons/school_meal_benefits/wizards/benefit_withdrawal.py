from odoo import fields, models


class BenefitWithdrawal(models.TransientModel):
    """The applicant takes the application back."""

    _name = "benefit.withdrawal"
    _description = "Withdrawal of an Application"

    application_id = fields.Many2one(
        "benefit.application", required=True, readonly=True
    )
    note = fields.Text("Reason", required=True)

    def action_withdraw(self):
        self.ensure_one()
        self.application_id._withdraw(self.note)
