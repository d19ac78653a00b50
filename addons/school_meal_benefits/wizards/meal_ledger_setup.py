from odoo import Command, api, fields, models

from ..models.compensation_month_posting import COST, OWED
from ..models.meal_gl_mapping import KINDS

CHART = "ru_school_meal"
#: Type and first free code of an account: on the chart of Russian budget bookkeeping
#: (262: benefits of social assistance in money) and on another one.
CREATED_ACCOUNTS = {
    COST: ("expense", "401262", "6192"),
    OWED: ("liability_payable", "302620", "2194"),
}


class MealLedgerSetupLine(models.TransientModel):
    _inherit = "meal.ledger.setup.line"

    kind = fields.Selection(
        selection_add=KINDS, ondelete=dict.fromkeys([COST, OWED], "cascade")
    )


class MealLedgerSetup(models.TransientModel):
    """The set-up proposes the two accounts of compensation too."""

    _inherit = "meal.ledger.setup"

    @api.depends("company_id")
    def _compute_proposal(self):
        super()._compute_proposal()
        for setup in self:
            mappings = self.env["meal.gl.mapping"].search(
                [
                    ("company_id", "=", setup.company_id.id),
                    ("kind", "in", [COST, OWED]),
                ]
            )
            accounts = {mapping.kind: mapping.account_id.id for mapping in mappings}
            setup.line_ids = [
                Command.create({"kind": kind, "account_id": accounts.get(kind)})
                for kind in (COST, OWED)
            ]

    def _create_missing(self):
        self._create_compensation_missing()
        return super()._create_missing()

    def _apply(self):
        """Override of `school_meal_base`: on our chart the accounts of compensation
        come by themselves, as those of the chart do."""
        if self.company_id.root_id.chart_template == CHART:
            self._create_compensation_missing()
        return super()._apply()

    def _create_compensation_missing(self):
        labels = dict(
            self.env["meal.gl.mapping"]._fields["kind"]._description_selection(self.env)
        )
        for line in self.line_ids:
            if line.kind in CREATED_ACCOUNTS and not line.account_id:
                line.account_id = self._create_compensation_account(
                    line.kind, labels[line.kind]
                )

    def _create_compensation_account(self, kind, name):
        account_type, own_code, other_code = CREATED_ACCOUNTS[kind]
        is_ours = self.company_id.root_id.chart_template == CHART
        # sudo: as in the set-up itself, its callers check the administrator
        accounts = self.env["account.account"].sudo().with_company(self.company_id)
        code = own_code if is_ours else other_code.ljust(6, "0")
        if accounts.search_count([("code", "=", code)], limit=1):
            code = accounts._search_new_account_code(code)
        return accounts.create(
            {
                "name": name,
                "code": code,
                "account_type": account_type,
                "company_ids": [Command.link(self.company_id.id)],
                "reconcile": kind == OWED,
                # no invoices: it must not turn up as somebody's payable
                "non_trade": kind == OWED,
            }
        )
