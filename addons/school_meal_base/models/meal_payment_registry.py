import base64
import io

from openpyxl import Workbook

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .meal_payment_registry_line import CREDITED, STATES


class MealPaymentRegistry(models.Model):
    """A bank's list of payments: checked as a whole, recorded line by line.

    Every kopeck of the total is somewhere: on an account, in suspense, recorded
    before (duplicates) or rejected with a reason; a constraint says so.
    """

    _name = "meal.payment.registry"
    _description = "Bank's Registry of Payments"
    _order = "date desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    channel_id = fields.Many2one(
        "meal.payment.channel",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Loaded"), ("checked", "Checked"), ("posted", "Recorded")],
        required=True,
        readonly=True,
        default="draft",
    )
    file_name = fields.Char(readonly=True)
    file_data = fields.Binary("File", readonly=True, attachment=True)
    problem_file = fields.Binary(compute="_compute_problem_file")
    sha256 = fields.Char(required=True, readonly=True)
    warnings = fields.Text(readonly=True)
    line_ids = fields.One2many("meal.payment.registry.line", "registry_id")
    posted_at = fields.Datetime("Recorded at", readonly=True)
    posted_by_id = fields.Many2one("res.users", "Recorded by", readonly=True)
    # The bank's totals
    total_count = fields.Integer("Payments", readonly=True)
    total_paid = fields.Monetary("Total paid", readonly=True)
    total_transferred = fields.Monetary("Total transferred", readonly=True)
    total_fee = fields.Monetary("Total fee", readonly=True)
    # What became of them
    count_credited = fields.Integer(readonly=True)
    count_suspense = fields.Integer(readonly=True)
    count_duplicate = fields.Integer(readonly=True)
    count_error = fields.Integer(readonly=True)
    amount_credited = fields.Monetary("To accounts", readonly=True)
    amount_suspense = fields.Monetary("To find out", readonly=True)
    amount_duplicate = fields.Monetary("Already loaded", readonly=True)
    amount_error = fields.Monetary("Rejected", readonly=True)
    amount_difference = fields.Monetary(
        "Unaccounted for", compute="_compute_amount_difference"
    )
    # The bank's transfer
    bank_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Bank transfer",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    match_problem = fields.Char(
        "What is in the way of the match", readonly=True, copy=False
    )
    is_overdue = fields.Boolean(
        "No bank transfer for long",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
    )

    _file_once = models.Constraint(
        "UNIQUE (company_id, sha256)", "This file has already been loaded."
    )
    _nothing_lost = models.Constraint(
        "CHECK (state = 'draft' OR total_paid = COALESCE(amount_credited, 0)"
        " + COALESCE(amount_suspense, 0) + COALESCE(amount_duplicate, 0)"
        " + COALESCE(amount_error, 0))",
        "The payments do not add up to the total of the registry.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "date")
    def _compute_display_name(self):
        for registry in self:
            registry.display_name = self.env._(
                "Registry %(number)s of %(date)s",
                number=registry.number,
                date=format_date(self.env, registry.date),
            )

    @api.depends("total_paid", "amount_credited", "amount_suspense", "amount_error")
    def _compute_amount_difference(self):
        for item in self:
            item.amount_difference = item.currency_id.round(
                item.total_paid
                - item.amount_credited
                - item.amount_suspense
                - item.amount_duplicate
                - item.amount_error
            )

    @api.depends("state", "date", "bank_line_id")
    @api.depends_context("uid")
    def _compute_is_overdue(self):
        limit = self._get_overdue_date()
        for registry in self:
            registry.is_overdue = (
                registry.state == "posted"
                and not registry.bank_line_id
                and registry.date < limit
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain(
            [
                ("state", "=", "posted"),
                ("bank_line_id", "=", False),
                ("date", "<", self._get_overdue_date()),
            ]
        )
        return domain if True in value else ~domain

    @api.model
    def _get_overdue_date(self):
        days = self.env.company.meal_match_days
        return fields.Date.subtract(fields.Date.context_today(self), days=days)

    def _compute_problem_file(self):
        for registry in self:
            registry.problem_file = base64.b64encode(registry._build_problem_file())

    # === ACTION METHODS === #

    def action_check(self):
        """Look again which payments find an account, e.g. after one was opened."""
        self._check_accountant()
        # sudo: registries change only through this service, not by editing.
        self.sudo()._check()

    def action_post(self):
        """Record the payments; what was recorded already is not recorded again."""
        self._check_accountant()
        # sudo: as above.
        self.sudo()._post(isolated=True)

    def action_discard(self):
        """Drop a registry that was not recorded: the file can be loaded again."""
        self._check_accountant()
        if self.filtered(lambda item: item.state == "posted"):
            raise UserError(
                self.env._(
                    "A recorded registry stays. Correct single payments in “To find"
                    " out” or by moving money between accounts."
                )
            )
        # A registry that is being recorded right now is not discarded beside it.
        self.sudo().lock_for_update()
        if self._has_transfers():
            raise UserError(
                self.env._(
                    "Payments of this registry have been recorded already, the rest"
                    " was interrupted. Press “Record the payments” again to finish."
                )
            )
        # sudo: nobody has the right to delete registries but by this action.
        self.sudo().unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.payment.registry",
            "view_mode": "list,form",
            "name": self.env._("Bank registries"),
            "target": "main",
        }

    def action_match(self):
        """Look for the bank's transfer among the lines of bank statements."""
        self._check_accountant()
        self.env["account.bank.statement.line"]._match_registries(self)
        problems = [text for text in self.mapped("match_problem") if text]
        if problems:
            raise UserError("\n".join(problems))

    def action_accept_duplicates(self):
        """The bank did transfer the duplicates: put their money in suspense."""
        self.ensure_one()
        self._check_accountant()
        # sudo: as above.
        self.sudo()._accept_duplicates()

    def action_view_suspense(self):
        """Open the payments of the registry that wait for their owner."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.suspense",
            "view_mode": "list,form",
            "name": self.env._("To find out"),
            "domain": [("registry_line_id.registry_id", "=", self.id)],
        }

    def action_download_problems(self):
        """Download the lines that did not reach an account, with the reason of each."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/problem_file?download=true"
            f"&filename=registry_{self.id}_problems.xlsx",
            "target": "self",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _load(self, channel, data, file_name):
        """Read a file into a checked registry, see `meal.payment.loading`."""
        return self.env["meal.payment.loading"]._load(channel, data, file_name)

    def _check_accountant(self):
        """Only the accountant of the company moves money in; raise otherwise."""
        if not self.env.user.has_group("school_meal_base.group_accountant"):
            raise AccessError(
                self.env._("Only an accountant loads and records payments.")
            )
        self.check_access("read")

    def _check(self):
        """Decide where each payment will go, without recording anything."""
        for registry in self.filtered(lambda item: item.state != "posted"):
            self.env["meal.payment.posting"]._classify(registry)
            registry._update_totals(state="checked")

    def _post(self, isolated=False):
        """Record the payments of the registries.

        :param bool isolated: commit in portions on a connection of its own, so that
            tills do not wait; only for what was committed before
        """
        for registry in self.filtered(lambda item: item.state != "posted"):
            registry._check()
            self.env["meal.payment.posting"]._post(registry, isolated=isolated)
            registry._update_totals(
                state="posted",
                posted_at=fields.Datetime.now(),
                posted_by_id=self.env.uid,
            )
        self.env["account.bank.statement.line"]._match_registries(self)

    def _has_transfers(self):
        """Tell whether the ledger has recorded any payment of these registries: its
        portions are committed before the registry itself."""
        # sudo: a question about the accountant's own registries.
        return bool(
            self.env["meal.transfer"]
            .sudo()
            .search_count(
                [
                    ("source_model", "=", "meal.payment.registry.line"),
                    ("source_id", "in", self.line_ids.ids),
                ],
                limit=1,
            )
        )

    def _accept_duplicates(self):
        """Record the duplicates as money whose owner is to be found out: the family
        was credited once, and only a person can tell whose the second sum is."""
        for registry in self.filtered(lambda item: item.state == "posted"):
            self.env["meal.payment.posting"]._accept_duplicates(registry)
            registry._update_totals()

    def _update_totals(self, **values):
        """Count the payments by outcome; sums are made by the database, exactly."""
        self.ensure_one()
        rows = self.env["meal.payment.registry.line"]._read_group(
            [("registry_id", "=", self.id)],
            ["state"],
            ["__count", "amount_paid:sum"],
        )
        found = {state: (count, amount) for state, count, amount in rows}
        for state, _label in STATES:
            count, amount = found.get(state, (0, 0.0))
            values[f"count_{state}"] = count
            values[f"amount_{state}"] = self.currency_id.round(amount)
        self.write(values)

    def _build_problem_file(self):
        """Return an XLSX with every payment that did not reach an account."""
        _ = self.env._
        book = Workbook(write_only=True)
        sheet = book.create_sheet(_("Not credited"))
        sheet.append(
            [
                _("Line"),
                _("Operation number"),
                _("Account number in the file"),
                _("Payer"),
                _("Paid"),
                _("Outcome"),
                _("Reason"),
                _("Details"),
            ]
        )
        lines = self.env["meal.payment.registry.line"].search(
            [("registry_id", "=", self.id), ("state", "!=", CREDITED)]
        )
        states = dict(lines._fields["state"]._description_selection(self.env))
        reasons = dict(lines._fields["reason"]._description_selection(self.env))
        for line in lines:
            sheet.append(
                [
                    line.sequence,
                    line.operation,
                    line.account_text or "",
                    line.payer or "",
                    line.amount_paid,
                    states.get(line.state, ""),
                    reasons.get(line.reason, ""),
                    line.problem_text or "",
                ]
            )
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()
