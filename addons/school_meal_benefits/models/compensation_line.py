from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import LINE_STATES
from ..domain import bank_account, compensation
from .compensation_payee import BANK_GROUPS

#: What changes on an approved line; all else is frozen with its days.
LIVING = frozenset(
    {
        "state",
        "partner_id",
        "bank_account",
        "bank_bic",
        "problem",
        "move_line_id",
        "is_current",
        "settled_on",
        "settlement_basis",
        "settlement_move_id",
    }
)


class CompensationLine(models.Model):
    """What a student is due for a month taught: of this month, or a correction.

    A correction of an approved month keeps the new calculation with all its days beside
    the old one, which it replaces; `amount` is the difference.
    """

    _name = "compensation.line"
    _description = "Compensation of a Student"
    _order = "month_id desc, period desc, student_id"
    _rec_name = "student_id"
    _rec_names_search = ["student_id.name"]

    month_id = fields.Many2one(
        "compensation.month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", readonly=True)
    entitlement_id = fields.Many2one(
        "benefit.entitlement", readonly=True, ondelete="restrict"
    )
    period = fields.Date("First day of the month", required=True, readonly=True)
    period_name = fields.Char("Month taught", compute="_compute_period_name")
    is_correction = fields.Boolean("Correction", readonly=True)
    previous_id = fields.Many2one(
        "compensation.line",
        "Corrects",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    day_ids = fields.One2many("compensation.day", "line_id", "Days", readonly=True)
    day_count = fields.Integer("Days counted", readonly=True)
    total = fields.Monetary(
        "Due for the month", readonly=True, help="The sum of the days."
    )
    previous_total = fields.Monetary(
        "Approved before", readonly=True, help="For the same month taught."
    )
    amount = fields.Monetary("To pay", readonly=True)
    # where to
    partner_id = fields.Many2one("res.partner", "Payee", readonly=True)
    bank_account = fields.Char("Account", readonly=True, groups=BANK_GROUPS)
    bank_bic = fields.Char("Bank's BIC", readonly=True, groups=BANK_GROUPS)
    problem = fields.Char(
        "What to do", readonly=True, help="Until then the line is not paid."
    )
    warning = fields.Text(readonly=True)
    state = fields.Selection(
        LINE_STATES, "Status", required=True, readonly=True, default="draft", index=True
    )
    payment_ids = fields.Many2many(
        "compensation.payment", string="Payments", readonly=True
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal item",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    is_frozen = fields.Boolean(readonly=True)
    is_current = fields.Boolean(
        "Holds", readonly=True, default=True, help="Not replaced by a correction."
    )

    _student_period_uniq = models.Constraint(
        "UNIQUE (month_id, student_id, period)",
        "The student already has a line for this month.",
    )
    _holds_once = models.UniqueIndex(
        "(student_id, school_id, period) WHERE is_frozen AND is_current",
        "Another calculation of this month holds for the student.",
    )
    _amount_is_difference = models.Constraint(
        "CHECK (amount = total - previous_total AND total >= 0)",
        "The amount is what the days give, less what was approved before.",
    )
    _due_idx = models.Index("(company_id, student_id) WHERE state = 'due'")

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER compensation_line_frozen
            BEFORE UPDATE OF month_id, school_id, student_id, period, total,
                             previous_total, amount, day_count, is_frozen
            ON compensation_line FOR EACH ROW WHEN (OLD.is_frozen)
            EXECUTE FUNCTION meal_refuse_change(
                'Approved lines are never changed: a later month corrects them.');
            CREATE OR REPLACE TRIGGER compensation_line_kept
            BEFORE DELETE ON compensation_line FOR EACH ROW WHEN (OLD.is_frozen)
            EXECUTE FUNCTION meal_refuse_change(
                'Approved lines are never changed: a later month corrects them.');
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("period")
    @api.depends_context("lang")
    def _compute_period_name(self):
        for line in self:
            line.period_name = format_date(self.env, line.period, date_format="LLLL y")

    @api.depends("student_id", "period")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name}, {line.period:%m.%Y}"

    # === CRUD === #

    def write(self, vals):
        if vals.keys() - LIVING and any(self.mapped("is_frozen")):
            raise UserError(
                self.env._(
                    "Approved lines are never changed: a later month corrects them."
                )
            )
        return super().write(vals)

    # === ACTIONS === #

    def action_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/compensation/line/{self.id}.pdf",
            "target": "download",
        }

    def action_open_payee(self):
        """Enter other bank details for the student (button)."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank details of %s", self.student_id.name),
            "res_model": "compensation.payee",
            "view_mode": "form",
            "target": "new",
            "context": {"default_student_id": self.student_id.id},
        }

    def action_refresh_payee(self):
        """Read payee and bank details again (button)."""
        self.check_access("read")
        self.env["compensation.month"]._check_role("operator", "accountant", "manager")
        # sudo: nobody edits lines, and only these are read anew
        self.sudo().filtered(
            lambda line: line.state in ("draft", "due")
        )._refresh_payees()

    # === BUSINESS METHODS === #

    def _refresh_payees(self):
        """Write payee, account and what is in the way of paying, if anything."""
        entitlements = self.entitlement_id
        payees = self.env["compensation.payee"]._find_payees(entitlements)
        nobody = self.env["res.partner"], "", ""
        for line in self:
            partner, account, bic = payees.get(line.student_id, nobody)
            line.write(
                {
                    "partner_id": partner.id,
                    "bank_account": account,
                    "bank_bic": bic,
                    "problem": line._get_problem(partner, account, bic),
                }
            )

    def _get_problem(self, partner, account, bic):
        """Return the sentence that says what to do before the line is paid."""
        if not partner:
            return self.env._(
                "Choose the parent who receives the money: enter the bank details anew."
            )
        if not account or not bic:
            return self.env._("Ask the parent for account and BIC and enter them.")
        code = bank_account.personal_problem(account, bic)
        if code:
            return self.env["compensation.payee"]._get_account_message(code)
        returned = self.payment_ids.filtered(lambda each: each.state == "returned")
        last = returned.sorted("id")[-1:]
        if last and (last.bank_account, last.bank_bic) == (account, bic):
            return self.env._(
                "The bank returned the money (%s): enter other bank details.",
                last.return_reason,
            )
        return False

    def _freeze(self):
        """Approve: these lines and days hold from now on, instead of earlier ones."""
        replaced = self.previous_id
        replaced.day_ids.write({"is_current": False})
        replaced.write({"is_current": False})
        self.env.flush_all()  # the old ones make room first
        self.day_ids.write({"is_frozen": True})
        for state, lines in self.grouped(
            lambda line: "due" if line.amount else "nothing"
        ).items():
            lines.write({"is_frozen": True, "state": state})
        self.env.flush_all()

    def _get_plain_days(self):
        """Return the days as `compensation.Day`, by date."""
        return tuple(
            compensation.Day(
                day.date, day.reason, round(day.amount * 100), day.rate_id.id
            )
            for day in self.day_ids.sorted("date")
        )
