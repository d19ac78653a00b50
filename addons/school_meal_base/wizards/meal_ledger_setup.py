from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.meal_gl_mapping import SYSTEM_KINDS

CHART = "ru_school_meal"
CONTROL = "ru_sm_205311"
#: Accounts of our chart by kind of system account.
CHART_ACCOUNTS = {
    "transit": "ru_sm_201231",
    "funding": "ru_sm_205520",
    "supplier": "ru_sm_302261",
    "sales": "ru_sm_401101",
    "card_fee": "ru_sm_401102",
    "writeoff": "ru_sm_401204",
    "payout": "ru_sm_304060",
    "suspense": "ru_sm_205810",
}
#: Type and first free code of an account created on another chart.
CREATED_ACCOUNTS = {
    "student": ("liability_current", "2190"),
    "transit": ("asset_current", "1190"),
    "funding": ("asset_current", "1191"),
    "supplier": ("liability_current", "2191"),
    "sales": ("income", "4190"),
    "card_fee": ("income", "4191"),
    "writeoff": ("expense", "6190"),
    "payout": ("liability_current", "2192"),
    "suspense": ("liability_current", "2193"),
}


class MealLedgerSetup(models.TransientModel):
    """Ties the students' ledger of a company to its general ledger."""

    _name = "meal.ledger.setup"
    _description = "Set Up the Meal Ledger"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    chart_name = fields.Char(compute="_compute_chart")
    can_load_chart = fields.Boolean(compute="_compute_chart")
    control_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        compute="_compute_proposal",
        store=True,
        readonly=False,
        help="The balance of all personal accounts stands here.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        compute="_compute_proposal",
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many(
        "meal.ledger.setup.line",
        "setup_id",
        compute="_compute_proposal",
        store=True,
        readonly=False,
    )
    with_analytic = fields.Boolean("An analytic account for every school", default=True)

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_chart(self):
        charts = dict(self.env["account.chart.template"]._select_chart_template())
        for setup in self:
            company = setup.company_id
            setup.chart_name = charts.get(company.chart_template) or self.env._("None")
            setup.can_load_chart = (
                company.chart_template != CHART
                and not company.root_id.sudo()._existing_accounting()
                and self.env.user._is_system()
            )

    @api.depends("company_id")
    def _compute_proposal(self):
        for setup in self:
            company = setup.company_id
            setup.control_account_id = (
                company.meal_control_account_id or setup._chart_record(CONTROL)
            )
            setup.journal_id = company.meal_journal_id or setup._chart_record(
                "school_meal"
            )
            mappings = {
                mapping.kind: mapping.account_id
                for mapping in self.env["meal.gl.mapping"].search(
                    [("company_id", "=", company.id)]
                )
            }
            setup.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "kind": kind,
                        "account_id": (
                            mappings.get(kind)
                            or setup._chart_record(CHART_ACCOUNTS.get(kind, ""))
                        ).id,
                    }
                )
                for kind, _label in SYSTEM_KINDS
            ]

    # === ACTION METHODS === #

    def action_load_chart(self):
        """Load our chart and everything it proposes, in one click."""
        self.ensure_one()
        self._check_manager()
        if not self.can_load_chart:
            raise UserError(
                self.env._(
                    "The company already has journal entries: keep its chart of "
                    "accounts and choose the accounts below."
                )
            )
        self.env["account.chart.template"].try_loading(CHART, self.company_id)
        self._compute_proposal()
        return self.action_apply()

    def action_create_missing(self):
        """Create accounts and a journal on the present chart where none is chosen."""
        self.ensure_one()
        self._check_manager()
        self._create_missing()
        return self._reopen()

    def action_apply(self):
        self.ensure_one()
        self._check_manager()
        self._apply()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The general ledger is ready for meals."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "school_meal_base.group_manager"
        ):
            raise AccessError(
                self.env._("Only an administrator sets up the general ledger.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _setup_company(self, company, chart=True):
        """Make the general ledger of `company` ready for meals, without questions.

        :param bool chart: load our chart if the company has none; missing accounts
            are created on whatever chart there is
        """
        # sudo: called by tests, demo and installation, never by RPC
        self = self.sudo().with_company(company)
        if chart and not company.root_id.chart_template:
            self.env["account.chart.template"].try_loading(CHART, company)
        setup = self.create({"company_id": company.id})
        setup._create_missing()
        setup._apply()

    def _apply(self):
        missing = self.line_ids.filtered(lambda line: not line.account_id)
        if not self.control_account_id or not self.journal_id or missing:
            raise UserError(
                self.env._(
                    "Choose the control account, the journal and an account in every "
                    "row, or let the missing ones be created."
                )
            )
        # sudo: the administrator of meals need not have Odoo's settings rights;
        # checked by the callers
        self = self.sudo()
        self.company_id.write(
            {
                "meal_control_account_id": self.control_account_id.id,
                "meal_journal_id": self.journal_id.id,
            }
        )
        self._apply_mappings()
        if self.with_analytic:
            self._ensure_analytic(self.company_id)

    def _apply_mappings(self):
        mappings = self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.company_id.id)]
        )
        by_kind = {mapping.kind: mapping for mapping in mappings}
        for line in self.line_ids:
            if line.kind in by_kind:
                if by_kind[line.kind].account_id != line.account_id:
                    by_kind[line.kind].account_id = line.account_id
            else:
                mappings.create(
                    {
                        "company_id": self.company_id.id,
                        "kind": line.kind,
                        "account_id": line.account_id.id,
                    }
                )

    @api.model
    def _ensure_analytic(self, company):
        """Give every school of `company` without an analytic account one."""
        plan = self.env.ref("school_meal_base.analytic_plan_schools")
        schools = self.env["school.school"].search(
            [("company_id", "=", company.id), ("analytic_account_id", "=", False)]
        )
        for school in schools:
            school.analytic_account_id = self.env["account.analytic.account"].create(
                {
                    "name": school.name,
                    "code": school.code,
                    "plan_id": plan.id,
                    "company_id": company.id,
                }
            )

    def _create_missing(self):
        self = self.with_company(self.company_id)
        kinds = self.env["meal.account"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        if not self.control_account_id:
            self.control_account_id = self._create_account(
                "student", self.env._("Students' personal accounts for meals")
            )
        for line in self.line_ids.filtered(lambda line: not line.account_id):
            line.account_id = self._create_account(
                line.kind, self.env._("Meals: %s", labels[line.kind])
            )
        if not self.journal_id:
            # sudo: as in _apply
            self.journal_id = (
                self.env["account.journal"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Meals: personal accounts"),
                        "type": "general",
                        "code": "MEAL",
                        "company_id": self.company_id.id,
                        "default_account_id": self.control_account_id.id,
                    }
                )
            )

    def _create_account(self, kind, name):
        account_type, code = CREATED_ACCOUNTS[kind]
        # sudo: as in _apply
        accounts = self.env["account.account"].sudo()
        return accounts.create(
            {
                "name": name,
                "code": accounts._search_new_account_code(code.ljust(6, "0")),
                "account_type": account_type,
                "company_ids": [Command.link(self.company_id.id)],
            }
        )

    def _chart_record(self, xmlid):
        """:return: a record of our chart in the company, empty on another chart"""
        model = "account.journal" if xmlid == "school_meal" else "account.account"
        record = xmlid and self.env.ref(
            f"account.{self.company_id.root_id.id}_{xmlid}", raise_if_not_found=False
        )
        return record or self.env[model]
