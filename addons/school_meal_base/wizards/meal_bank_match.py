from odoo import api, fields, models
from odoo.exceptions import UserError


class MealBankMatch(models.TransientModel):
    """Choice of the registries whose money one transfer of the bank brought: several
    for a combined transfer, one where dates or equal totals leave it open."""

    _name = "meal.bank.match"
    _description = "Match a Bank Transfer with Registries"

    line_id = fields.Many2one(
        "account.bank.statement.line", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="line_id.date")
    amount = fields.Monetary("Transferred by the bank", related="line_id.amount")
    purpose = fields.Char(related="line_id.payment_ref")
    registry_ids = fields.Many2many(
        "meal.payment.registry",
        string="Registries",
        compute="_compute_registry_ids",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('bank_line_id', '=', False)]",
    )
    amount_chosen = fields.Monetary("Chosen", compute="_compute_amount_chosen")
    amount_left = fields.Monetary("Difference", compute="_compute_amount_chosen")

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    def _compute_registry_ids(self):
        for wizard in self:
            same = self.env["meal.payment.registry"].search(
                [
                    ("company_id", "=", wizard.company_id.id),
                    ("state", "=", "posted"),
                    ("bank_line_id", "=", False),
                    ("total_transferred", "=", wizard.amount),
                ]
            )
            # Two of the same total: the person decides.
            wizard.registry_ids = same if len(same) == 1 else False

    @api.depends("registry_ids", "line_id")
    def _compute_amount_chosen(self):
        for wizard in self:
            chosen = sum(wizard.registry_ids.mapped("total_transferred"))
            wizard.amount_chosen = wizard.currency_id.round(chosen)
            wizard.amount_left = wizard.currency_id.round(wizard.amount - chosen)

    # === ACTION METHODS === #

    def action_match(self):
        """Match the transfer with the chosen registries."""
        self.ensure_one()
        self.line_id._check_meal_accountant()
        self.line_id._check_meal_open()
        registries = self.registry_ids
        registries.check_access("read")
        # sudo: only to hold the registries; they were read with the user's rights.
        registries.sudo().lock_for_update()
        if not registries or not self.currency_id.is_zero(self.amount_left):
            raise UserError(
                self.env._(
                    "The transfer is %(amount)s, the chosen registries make"
                    " %(chosen)s. Choose registries of the same total.",
                    amount=f"{self.amount:.2f}",
                    chosen=f"{self.amount_chosen:.2f}",
                )
            )
        if registries.filtered(
            lambda item: (
                item.state != "posted"
                or item.bank_line_id
                or item.company_id != self.company_id
            )
        ):
            raise UserError(
                self.env._(
                    "Choose recorded registries of this company that have no bank"
                    " transfer yet."
                )
            )
        self.line_id._set_registries(registries)
        return {"type": "ir.actions.act_window_close"}
