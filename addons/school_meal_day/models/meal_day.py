from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, file_open

from ..const import COOKED_STATES, LIVE_STATES, PAYABLE_OUTCOMES

#: Who decides about a day and closes it.
CLOSING_GROUPS = (
    "school_meal_base.group_operator",
    "school_meal_base.group_head",
    "school_meal_base.group_department",
    "school_meal_base.group_accountant",
    "school_meal_base.group_manager",
)


class MealDay(models.Model):
    """A day of a school: open while it is being fed, then closed for good.

    The day is there from its first order or issued portion on (``sql/meal_day.sql``).
    What a closed day says changes only by ``meal.correction``.
    """

    _name = "meal.day"
    _description = "Meal Day of a School"
    _inherit = ["mail.thread"]
    _order = "date desc, school_id"

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, index=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        "Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    closed_student_count = fields.Integer("Students at closing", readonly=True)
    closed_present_count = fields.Integer(
        "Present at closing",
        readonly=True,
        help="What is reported of absences afterwards does not change it.",
    )
    line_ids = fields.One2many(
        "meal.day.line",
        "day_id",
        "Portions",
        readonly=True,
        domain=[("is_current", "=", True)],
    )
    exception_ids = fields.One2many("meal.day.exception", "day_id", "Exceptions")
    correction_ids = fields.One2many("meal.correction", "day_id", "Corrections")
    student_count = fields.Integer("Students", compute="_compute_counts")
    present_count = fields.Integer("Present", compute="_compute_present_count")
    ordered_count = fields.Integer("Ordered", compute="_compute_counts")
    issued_count = fields.Integer("Issued", compute="_compute_counts")
    charged_count = fields.Integer("Charged", compute="_compute_counts")
    exception_count = fields.Integer("Exceptions found", compute="_compute_counts")
    open_count = fields.Integer("To decide", compute="_compute_counts")
    correction_count = fields.Integer("Booked corrections", compute="_compute_counts")
    amount = fields.Monetary("Price of all portions", compute="_compute_amounts")
    parent_amount = fields.Monetary("Paid by parents", compute="_compute_amounts")
    budget_amount = fields.Monetary("Paid by budgets", compute="_compute_amounts")
    money = fields.Html("Money by source", compute="_compute_money", sanitize=False)

    _school_date_uniq = models.Constraint(
        "UNIQUE (school_id, date)", "The school already has this day."
    )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date")
    def _compute_display_name(self):
        for day in self:
            school = day.school_id.short_name or day.school_id.name
            day.display_name = f"{school}, {day.date:%d.%m.%Y}"

    def _count(self, model, domain):
        """Return {(school id, date): records of the days that match}.

        What a day's reader may not read one by one (students of other roles) still
        counts: the sums are the day's own.
        """
        # sudo: see above; the day itself is readable by the caller
        rows = (
            self.env[model]
            .sudo()
            ._read_group(
                [
                    ("school_id", "in", self.school_id.ids),
                    ("date", "in", self.mapped("date")),
                    *domain,
                ],
                ["school_id", "date:day"],
                ["__count"],
            )
        )
        return {(school.id, day): count for school, day, count in rows}

    @api.depends(
        "exception_ids.outcome",
        "line_ids",
        "correction_ids.state",
        "closed_student_count",
    )
    def _compute_counts(self):
        ordered = self._count(
            "meal.order", [("state", "in", {*LIVE_STATES, *COOKED_STATES})]
        )
        given = self._count("meal.issue.event", [("action", "=", "given")])
        undone = self._count("meal.issue.event", [("action", "=", "undone")])
        charged = self._count(
            "meal.day.line",
            [("is_current", "=", True), ("outcome", "in", PAYABLE_OUTCOMES)],
        )
        students = self._count_students()
        for day in self:
            key = day.school_id.id, day.date
            day.student_count = day.closed_student_count or students.get(day.id, 0)
            day.ordered_count = ordered.get(key, 0)
            day.issued_count = given.get(key, 0) - undone.get(key, 0)
            day.charged_count = charged.get(key, 0)
            day.exception_count = len(day.exception_ids)
            day.open_count = len(day.exception_ids.filtered(lambda e: not e.outcome))
            day.correction_count = len(
                day.correction_ids.filtered(lambda c: c.state == "done")
            )

    def _count_students(self):
        """Return {day id: students who were in a class of the school on the day}."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT d.id, count(*)
                      FROM meal_day d
                      JOIN school_enrolment e
                        ON e.school_id = d.school_id AND e.date_from <= d.date
                       AND coalesce(e.date_to, d.date) >= d.date
                       AND coalesce(e.class_id::text, e.class_name) IS NOT NULL
                     WHERE d.id = ANY(%s)
                     GROUP BY d.id
                    """,
                    self.ids,
                )
            )
        )

    @api.depends("school_id", "date", "closed_student_count")
    def _compute_present_count(self):
        for day in self:
            if day.closed_student_count:
                day.present_count = day.closed_present_count
                continue
            presence = day._get_presence()
            absent = sum(state == "absent" for state in presence.values())
            day.present_count = day.student_count - absent

    @api.depends("line_ids")
    def _compute_amounts(self):
        sums = self._sum_parts()
        # sudo: which source is the parents', whatever else the reader may open
        parents = (
            self.env["meal.funding.source"].sudo().search([("level", "=", "parent")])
        )
        for day in self:
            amounts = {each: sum_[1] for each, sum_ in sums.get(day.id, {}).items()}
            day.amount = sum(amounts.values())
            day.parent_amount = sum(amounts.get(each.id, 0) for each in parents)
            day.budget_amount = day.amount - day.parent_amount

    @api.depends("line_ids")
    def _compute_money(self):
        money = self.env["meal.statement"]._format_price
        sums = self._sum_parts()
        # sudo: the names of the sources, which not every reader of a day may open
        sources = self.env["meal.funding.source"].sudo()
        head = Markup(
            "<tr><th>%s</th><th>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr>"
        ) % (
            self.env._("Source"),
            self.env._("KBK"),
            self.env._("Portions"),
            self.env._("Roubles"),
        )
        for day in self:
            rows = Markup("").join(
                Markup(
                    "<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td>"
                    "<td class='text-end'>%s</td></tr>"
                )
                % (source.name, source.kbk or "", count, money(amount))
                for source, (count, amount) in sorted(
                    (
                        (sources.browse(source_id), total)
                        for source_id, total in sums.get(day.id, {}).items()
                    ),
                    key=lambda row: (row[0].sequence, row[0].id),
                )
            )
            day.money = Markup("<table class='table table-sm'>%s%s</table>") % (
                head,
                rows,
            )

    def _sum_parts(self):
        """Return {day id: {source id: (portions, roubles)}} of the current portions."""
        self.check_access("read")
        self.env.flush_all()
        sums = {}
        for day_id, source_id, count, amount in self.env.execute_query(
            SQL(
                """
                SELECT l.day_id, p.source_id, count(*), sum(p.amount)
                  FROM meal_day_line l
                  JOIN meal_day_part p ON p.line_id = l.id
                 WHERE l.day_id = ANY(%s) AND l.is_current
                 GROUP BY l.day_id, p.source_id
                """,
                self.ids,
            )
        ):
            sums.setdefault(day_id, {})[source_id] = count, float(amount)
        return sums

    # === BUSINESS METHODS === #

    @api.model
    def _get_or_make(self, school, date):
        """Return the day of a school, made when it is first needed."""
        self.env.flush_all()
        self.env.execute_query(SQL("SELECT meal_day_touch(%s, %s)", school.id, date))
        return self.search([("school_id", "=", school.id), ("date", "=", date)])

    def _get_presence(self):
        """Return {student id: "present" | "absent"}; missing: not known."""
        self.ensure_one()
        # sudo: presence is a fact of the day, whoever closes it
        return self.school_id.sudo()._get_presence(self.date)

    def _check_may_close(self):
        """Refuse who does not decide about the school's day, before any sudo."""
        self.check_access("read")
        if not self.env.su and not any(map(self.env.user.has_group, CLOSING_GROUPS)):
            raise AccessError(
                self.env._(
                    "A day is closed by the person responsible for meals, the head of"
                    " the school, the department or an accountant."
                )
            )

    def init(self):
        super().init()
        self.pool.post_init(self._install_guards)

    @api.model
    def _install_guards(self):
        """Put the triggers on; all tables exist by now."""
        with file_open("school_meal_day/sql/meal_day.sql") as script:
            # A constant script of this add-on: no value is put into it.
            self.env.cr.execute(script.read())
