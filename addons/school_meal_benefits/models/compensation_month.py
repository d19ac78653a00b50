from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..const import MONTH_STATES
from ..domain import compensation
from ..domain.deadlines import payment_due

#: Months before the one calculated that are looked at for corrections.
LOOK_BACK = 11
#: Working days before the day of payment from which accountants are reminded.
REMIND_DAYS = 5
PAYMENT_DAY = 20
#: Activities go to at most so many accountants of a municipality.
MAX_ASSIGNEES = 5


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
        rows = self.env["compensation.line"]._read_group(
            [("month_id", "in", self.ids)],
            ["month_id", "state"],
            ["student_id:count_distinct", "day_count:sum", "amount:sum"],
        )
        waiting = dict(
            self.env["compensation.line"]._read_group(
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
            month.child_count = len(month.line_ids.student_id)
            month.day_count = sum(row[3] for row in own)
            month.amount = sum(row[4] for row in own)
            month.paid_amount = sum(row[4] for row in own if row[1] == "paid")
            month.problem_count = waiting.get(month, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
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

    # === CALCULATION === #

    def _calculate(self):
        """Write the lines of a month that is not approved, instead of earlier ones."""
        self.ensure_one()
        # sudo: lines and days are written here only; the caller checked the user
        month = self.sudo()
        month.lock_for_update(allow_referencing=True)
        if month.state not in ("draft", "calculated"):
            raise UserError(
                self.env._(
                    "%s is approved: what changed since is corrected by the next"
                    " month.",
                    month.display_name,
                )
            )
        month.line_ids.unlink()
        month._create_lines()
        month.write(
            {
                "state": "calculated",
                "calculated_by_id": self.env.uid,
                "calculated_at": fields.Datetime.now(),
                "warnings": month._get_warnings(),
            }
        )

    def _create_lines(self):
        rows = self._work_out()
        lines = self.env["compensation.line"].create([vals for vals, *_rest in rows])
        self._create_days(lines, rows)
        lines._refresh_payees()

    def _work_out(self):
        """Return (values of a line, days, line it corrects) of what is due by the facts
        as they are now."""
        first, last = compensation.month_bounds(self.month)
        earliest = first - relativedelta(months=LOOK_BACK)
        source = self.env["compensation.calculation"]
        entitlements = source._find_entitlements(self.school_id, earliest, last, last)
        holding = self._get_holding(earliest)
        students = entitlements.student_id | holding.student_id
        facts = source._load(self.school_id, students, entitlements, earliest, last)
        places = source._get_places(self.school_id, students, earliest, last)
        then = {(line.student_id.id, line.period): line for line in holding}
        # of several the newest is the one that tells where the money goes
        newest = {each.student_id.id: each for each in entitlements.sorted("date_from")}
        rows = []
        for student in students:
            fact = facts[student.id]
            for period in self._get_periods(earliest):
                days = compensation.explain(*compensation.month_bounds(period), fact)
                previous = then.get((student.id, period), holding.browse())
                if not self._is_worth_a_line(period, days, fact, previous):
                    continue
                entitlement = newest.get(student.id) or previous.entitlement_id
                enrolments = places.get(student.id)
                vals = {
                    **self._prepare_line(student, period, days, previous),
                    "class_id": enrolments[0].class_id.id if enrolments else False,
                    "entitlement_id": entitlement.id,
                    "warning": self._get_line_warning(entitlement, days),
                }
                rows.append((vals, days, previous))
        return rows

    def _is_up_to_date(self):
        """Return whether calculating now would give the days that are written."""
        now = {
            (vals["student_id"], vals["period"], vals["previous_id"]): days
            for vals, days, _previous in self._work_out()
        }
        written = {
            (line.student_id.id, line.period, line.previous_id.id): (
                line._get_plain_days()
            )
            for line in self.line_ids
        }
        return now == written

    def _get_holding(self, earliest):
        """Return the approved lines that hold, of the school's earlier months."""
        return self.env["compensation.line"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("is_frozen", "=", True),
                ("is_current", "=", True),
                ("period", ">=", earliest),
                ("period", "<", self.month),
            ]
        )

    def _get_periods(self, earliest):
        """Return the months taught to be looked at, this one last.

        Months that wait for their approval are left to themselves.
        """
        waiting = set(
            self.search(
                [
                    ("school_id", "=", self.school_id.id),
                    ("state", "in", ("draft", "calculated")),
                    ("month", "<", self.month),
                ]
            ).mapped("month")
        )
        periods = [
            earliest + relativedelta(months=number) for number in range(LOOK_BACK + 1)
        ]
        return [period for period in periods if period not in waiting]

    def _is_worth_a_line(self, period, days, facts, previous):
        """This month: whoever has a right in it. Earlier ones: what is paid otherwise
        than approved."""
        if period == self.month:
            return any(
                day.reason not in ("before_start", "after_end", "not_entitled")
                and any(compensation.covers(place, day.date) for place in facts.places)
                for day in days
            )
        return bool(compensation.changed(previous._get_plain_days(), days))

    def _prepare_line(self, student, period, days, previous):
        total = compensation.total(days)
        before = round(previous.total * 100)
        return {
            "month_id": self.id,
            "school_id": self.school_id.id,
            "company_id": self.company_id.id,
            "student_id": student.id,
            "period": period,
            "is_correction": period != self.month,
            "previous_id": previous.id,
            "day_count": compensation.count(days),
            "total": total / 100,
            "previous_total": before / 100,
            "amount": (total - before) / 100,
        }

    def _create_days(self, lines, rows):
        values = []
        for line, (_vals, days, previous) in zip(lines, rows, strict=True):
            then = previous._get_plain_days()
            differs = {day.date for day in compensation.changed(then, days)}
            values += [
                {
                    "line_id": line.id,
                    "student_id": line.student_id.id,
                    "school_id": line.school_id.id,
                    "company_id": line.company_id.id,
                    "date": day.date,
                    "is_counted": day.is_counted,
                    "reason": day.reason,
                    "rate_id": day.rate_id or False,
                    "amount": day.kopecks / 100,
                    "is_changed": line.is_correction and day.date in differs,
                }
                for day in days
            ]
        self.env["compensation.day"].create(values)

    # === WARNINGS === #

    def _get_line_warning(self, entitlement, days):
        warnings = []
        if any(day.reason == compensation.NO_RATE for day in days):
            warnings.append(
                self.env._("No rate is decided for some days: enter it and calculate.")
            )
        if self.env["compensation.calculation"]._is_late(entitlement):
            warnings.append(
                self.env._(
                    "The application came later than 30 days after the start of remote"
                    " learning: paid from the application (25.2)."
                )
            )
        return "\n".join(warnings) or False

    def _get_warnings(self):
        """Return what the accountant should look at before approving."""
        lines = self.line_ids
        warnings = []
        if not lines:
            warnings.append(
                self.env._("No child of the school is entitled to money this month.")
            )
        waiting = lines.filtered(lambda line: line.problem and line.amount)
        if waiting:
            warnings.append(
                self.env._(
                    "Lines that wait for bank details: %s. The others are paid.",
                    len(waiting),
                )
            )
        for warning in sorted({each for each in lines.mapped("warning") if each}):
            warnings.append(warning)
        if any(line.amount < 0 for line in lines):
            warnings.append(
                self.env._("Too much was paid before: it is taken off what is due.")
            )
        return "\n".join(warnings) or False

    # === DEADLINES === #

    def _get_payment_day(self):
        """Return the day of the month by which the municipality pays (item 27)."""
        # sudo: the regulation is public
        regulation = (
            self.env["benefit.regulation"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "draft"),
                    ("date_from", "<=", self.month),
                ],
                limit=1,
            )
        )
        return regulation.payment_day or PAYMENT_DAY

    @api.model
    def _cron_prepare(self):
        """Nightly: open last month where money is due, and remind of the 20th."""
        today = fields.Date.today()
        last = today - relativedelta(months=1)
        self._open_months(last.replace(day=1))
        remind_from = self.env["school.calendar"]._add_working_days(today, REMIND_DAYS)
        unpaid = self.search([("state", "!=", "paid"), ("due_date", "<=", remind_from)])
        unpaid._remind()

    @api.model
    def _open_months(self, month):
        """Open the month of each school where money is due for it, or has to be
        corrected because of what came late."""
        first, last = compensation.month_bounds(month)
        known = self.search([("month", "=", first)]).school_id
        schools = self._find_schools(first, last)
        months = self.create(
            [{"school_id": school.id, "month": first} for school in schools - known]
        )
        earlier = self.env["compensation.line"]._read_group(
            [
                ("is_frozen", "=", True),
                ("period", ">=", first - relativedelta(months=LOOK_BACK)),
                ("school_id", "not in", (known | schools).ids),
            ],
            ["school_id"],
        )
        for (school,) in earlier:
            opened = self.create({"school_id": school.id, "month": first})
            if opened._work_out():
                months |= opened
            else:
                opened.unlink()
        return months

    @api.model
    def _find_schools(self, first, last):
        """Return schools with students who have a right to money in a span."""
        students = (
            self.env["benefit.entitlement"]
            .search(
                [
                    ("kind", "=", "money"),
                    ("is_void", "=", False),
                    ("date_from", "<=", last),
                    ("date_end", ">=", first),
                ]
            )
            .student_id
        )
        enrolments = self.env["school.enrolment"].search(
            [
                ("student_id", "in", students.ids),
                ("date_from", "<=", last),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", first),
            ]
        )
        return enrolments.school_id

    def _remind(self):
        """Give each accountant of the municipality one activity per month unpaid."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        group = self.env.ref("school_meal_base.group_accountant")
        managers = self.env.ref("school_meal_base.group_manager").all_user_ids
        for month in self:
            if month.activity_ids:
                continue
            users = group.all_user_ids.filtered(
                lambda user, company=month.company_id: (
                    company in user.company_ids and user.active
                )
            )
            for user in (users - managers or users)[:MAX_ASSIGNEES]:
                month.activity_schedule(
                    activity_type_id=kind.id,
                    date_deadline=month.due_date,
                    user_id=user.id,
                    summary=self.env._("Pay the compensation by this day (item 27)"),
                )
