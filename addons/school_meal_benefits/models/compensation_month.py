from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import clean_context, format_date

from ..const import MONTH_STATES
from ..domain.deadlines import payment_due

#: What is entered of a month.
ENTERED = frozenset({"school_id", "month"})


class CompensationMonth(models.Model):
    """Money compensation of a school for a month taught (items 21-30).

    Calculated as often as wanted, then approved by somebody else: from then on it never
    changes, and what turns out otherwise is corrected by lines of a later month.
    """

    _name = "compensation.month"
    _description = "Month of Compensation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "month desc, school_id"
    _check_company_auto = True

    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: (
            fields.Date.context_today(self) - relativedelta(months=1)
        ).replace(day=1),
    )
    month_name = fields.Char("Month taught", compute="_compute_month_name")
    state = fields.Selection(
        MONTH_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    due_date = fields.Date("To be paid by", compute="_compute_due_date", store=True)
    line_ids = fields.One2many(
        "compensation.line", "month_id", "Children", readonly=True
    )
    child_count = fields.Integer("Number of children", compute="_compute_totals")
    day_count = fields.Integer("Days counted", compute="_compute_totals")
    amount = fields.Monetary("To pay", compute="_compute_totals")
    paid_amount = fields.Monetary("Paid", compute="_compute_totals")
    problem_count = fields.Integer("Waiting lines", compute="_compute_totals")
    warnings = fields.Text(readonly=True, copy=False)
    calculated_by_id = fields.Many2one(
        "res.users", "Calculated by", readonly=True, copy=False
    )
    calculated_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        "Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    _school_month_uniq = models.Constraint(
        "UNIQUE (school_id, month)", "The school already has this month."
    )
    _first_day = models.Constraint(
        "CHECK (extract(day FROM month) = 1)", "A month is given by its first day."
    )
    _four_eyes = models.Constraint(
        "CHECK (approved_by_id IS NULL OR approved_by_id <> calculated_by_id)",
        "Whoever calculated a month does not approve it.",
    )

    # === CONSTRAINTS === #

    @api.constrains("month")
    def _check_is_past(self):
        for month in self:
            today = self.env["school.calendar"]._local_date(month.school_id)
            if month.month > today:
                raise ValidationError(
                    self.env._("A month is calculated when it has begun, not before.")
                )

    # === COMPUTE METHODS === #

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for month in self:
            month.month_name = month.month and format_date(
                self.env, month.month, date_format="LLLL y"
            )

    @api.depends("school_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for month in self:
            names = month.school_id.short_name, month.month_name
            month.display_name = ", ".join(filter(None, names))

    @api.depends("month", "company_id")
    def _compute_due_date(self):
        for month in self:
            day = month._get_payment_day()
            month.due_date = month.month and payment_due(month.month, pay_day=day)

    @api.depends("line_ids.amount", "line_ids.state", "line_ids.problem")
    def _compute_totals(self):
        # sudo: sums and counts are for all who see the month, children are not
        lines = self.env["compensation.line"].sudo()
        rows = lines._read_group(
            [("month_id", "in", self.ids)],
            ["month_id", "state"],
            ["student_id:count_distinct", "day_count:sum", "amount:sum"],
        )
        waiting = dict(
            lines._read_group(
                [
                    ("month_id", "in", self.ids),
                    ("problem", "!=", False),
                    ("state", "in", ("draft", "due")),
                    ("amount", "!=", 0),
                ],
                ["month_id"],
                ["__count"],
            )
        )
        for month in self:
            own = [row for row in rows if row[0] == month]
            month.child_count = len(month.sudo().line_ids.student_id)
            month.day_count = sum(row[3] for row in own)
            month.amount = sum(row[4] for row in own)
            month.paid_amount = sum(row[4] for row in own if row[1] == "paid")
            month.problem_count = waiting.get(month, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Users choose school and month; all else the buttons write."""
        if not self.env.su:
            self = self.with_context(clean_context(self.env.context))
            vals_list = [
                {name: vals[name] for name in vals if name in ENTERED}
                for vals in vals_list
            ]
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_approved(self):
        if self.filtered(lambda month: month.state in ("approved", "paid")):
            raise UserError(self.env._("An approved month is never deleted."))
        # sudo: lines are nobody's to delete, and these were only proposed
        self.sudo().line_ids.unlink()

    # === ACTIONS === #

    def action_calculate(self):
        """Explain every day of every child, and what earlier months owe (button)."""
        self._check_role("accountant", "manager")
        for month in self:
            month._calculate()

    def action_approve(self):
        """Approve: accrue the money and freeze the days (button)."""
        self._check_role("accountant", "head", "manager")
        for month in self:
            month._approve()

    def action_open_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "compensation.line",
            "view_mode": "list,form",
            "domain": [("month_id", "=", self.id)],
        }

    def action_open_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_print(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/compensation/month/{self.id}.{extension}",
            "target": "download",
        }

    # === ACCESS === #

    @api.model
    def _check_role(self, *roles):
        """Refuse who has none of the roles; reading the records is checked too."""
        user = self.env.user
        if not self.env.su and not any(
            user.has_group(f"school_meal_base.group_{role}") for role in roles
        ):
            raise AccessError(
                self.env._(
                    "Compensation is calculated and paid by the accountant and"
                    " approved by the head of the school or another accountant."
                )
            )
        self.check_access("read")
