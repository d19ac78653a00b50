from odoo import api, fields, models


class MealSuspenseResolve(models.TransientModel):
    """Choice of the student whose money an unidentified receipt is."""

    _name = "meal.suspense.resolve"
    _description = "Find the Owner of a Receipt"

    suspense_id = fields.Many2one("meal.suspense", required=True, readonly=True)
    company_id = fields.Many2one(related="suspense_id.company_id")
    currency_id = fields.Many2one(related="suspense_id.currency_id")
    amount = fields.Monetary(related="suspense_id.amount")
    payer = fields.Char(related="suspense_id.payer")
    account_text = fields.Char(related="suspense_id.account_text")
    purpose = fields.Char(related="suspense_id.purpose")
    suggestion_ids = fields.One2many(
        "meal.suspense.suggestion",
        "resolve_id",
        compute="_compute_suggestion_ids",
        store=True,
    )
    account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        domain="[('kind', '=', 'student'), ('company_id', '=', company_id),"
        " ('state', '!=', 'closed')]",
    )
    student_id = fields.Many2one(related="account_id.student_id")

    # === COMPUTE METHODS === #

    @api.depends("suspense_id")
    def _compute_suggestion_ids(self):
        for wizard in self:
            wizard.suggestion_ids = [fields.Command.clear()] + [
                fields.Command.create({"account_id": account.id, "hint": hint})
                for account, hint, _score in wizard.suspense_id._get_suggestions()
            ]

    # === ACTION METHODS === #

    def action_move(self):
        """Credit the chosen account."""
        self.ensure_one()
        self.suspense_id._check_accountant()
        self.account_id.check_access("read")
        # sudo: the work list changes only through this service, not by editing.
        self.suspense_id.sudo()._move_to(self.account_id)
        return {"type": "ir.actions.act_window_close"}
