import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import statement_periods


class MealStatementWizard(models.TransientModel):
    """Ask for the period of a statement, then hand out the file."""

    _name = "meal.statement.wizard"
    _description = "Statement of an Account"

    account_id = fields.Many2one(
        "meal.account", "Personal account", required=True, ondelete="cascade"
    )
    preset = fields.Selection(
        [
            (statement_periods.TWO_DAYS, "2 days"),
            (statement_periods.TWO_WEEKS, "2 weeks"),
            (statement_periods.THIRTY_DAYS, "30 days"),
            (statement_periods.MONTH, "This month"),
            ("custom", "Other period"),
        ],
        "Period",
        required=True,
        default=statement_periods.THIRTY_DAYS,
    )
    date_from = fields.Date(
        "From", compute="_compute_dates", store=True, readonly=False
    )
    date_to = fields.Date("To", compute="_compute_dates", store=True, readonly=False)
    receipts = fields.Boolean("Dishes of receipts", default=True)
    file = fields.Binary(readonly=True, attachment=False)

    @api.depends("preset")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            if wizard.preset in statement_periods.PRESETS:
                period = statement_periods.preset(wizard.preset, today)
                wizard.date_from, wizard.date_to = period
            else:
                wizard.date_from = wizard.date_from or today
                wizard.date_to = wizard.date_to or today

    def action_pdf(self):
        return self._hand_out("pdf", self.env["meal.statement"]._render_pdf)

    def action_xlsx(self):
        return self._hand_out("xlsx", self.env["meal.statement"]._render_xlsx)

    def _hand_out(self, extension, render):
        self.ensure_one()
        if not self.date_from or not self.date_to:
            raise UserError(
                self.env._("Choose the first and the last day of the statement.")
            )
        first, last = sorted((self.date_from, self.date_to))
        content = render(self.account_id, first, last, receipts=self.receipts)
        self.file = base64.b64encode(content)
        name = f"statement-{self.account_id.display_name}-{last}.{extension}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "self",
        }
