from odoo import api, fields, models
from odoo.tools import SQL

from ..const import ORDERED
from ..domain import cutoffs

CUTOFFS = ("forecast_cutoff", "correction_cutoff")
#: Who sets the hours also says whether the school has its own.
HOURS = (*CUTOFFS, "has_own_cutoffs")
#: First half of the advisory lock "one at a time plans the orders of a school".
LOCK_CLASS = 4_205_301


class SchoolSchool(models.Model):
    _inherit = "school.school"

    has_own_cutoffs = fields.Boolean(
        "Own cut-offs",
        help="Without it the school follows the hours of the municipality, also when"
        " they change.",
    )
    forecast_cutoff = fields.Float(
        "Evening cut-off",
        compute="_compute_cutoffs",
        store=True,
        readonly=False,
        help="Local time of the working day before: the number of portions is told to"
        " the kitchen as a forecast.",
    )
    correction_cutoff = fields.Float(
        "Morning cut-off",
        compute="_compute_cutoffs",
        store=True,
        readonly=False,
        help="Local time of the day itself: until then orders and absences change the"
        " number of portions, afterwards they are cooked.",
    )

    _cutoff_range = models.Constraint(
        "CHECK (forecast_cutoff >= 0 AND forecast_cutoff < 24"
        " AND correction_cutoff >= 0 AND correction_cutoff < 24)",
        "A cut-off is a time of the day, from 00:00 to 23:59.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "has_own_cutoffs",
        "company_id.meal_forecast_cutoff",
        "company_id.meal_correction_cutoff",
    )
    def _compute_cutoffs(self):
        for school in self:
            if not school.has_own_cutoffs:
                school.forecast_cutoff = school.company_id.meal_forecast_cutoff
                school.correction_cutoff = school.company_id.meal_correction_cutoff

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_own_cutoffs(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("has_own_cutoffs"):
                company = self.env["res.company"].browse(vals.get("company_id"))
                # sudo: the hours of a municipality are public
                company = (company or self.env.company).sudo()
                vals.setdefault("forecast_cutoff", company.meal_forecast_cutoff)
                vals.setdefault("correction_cutoff", company.meal_correction_cutoff)
        return super().create(vals_list)

    def write(self, vals):
        return super().write(self._with_own_cutoffs(vals))

    @api.model
    def _with_own_cutoffs(self, vals):
        """Hours that are written, or imported, are the school's own; a school that
        follows the municipality has none."""
        hours = vals.keys() & set(CUTOFFS)
        if hours and "has_own_cutoffs" not in vals:
            return {**vals, "has_own_cutoffs": True}
        if not vals.get("has_own_cutoffs", True):
            return {name: value for name, value in vals.items() if name not in hours}
        return dict(vals)

    # === ACCESS === #

    def _has_field_access(self, field, operation):
        """Override of `school_meal_base`: who is responsible for meals sets the
        hours."""
        if operation == "write" and field.name in HOURS:
            user = self.env.user
            return self.env.su or any(
                user.has_group(f"school_meal_base.group_{role}")
                for role in ("operator", "manager")
            )
        return super()._has_field_access(field, operation)

    # === CUT-OFFS === #

    def _get_cutoffs(self, date):
        """Return the moments (naive UTC) of the evening and the morning cut-off."""
        self.ensure_one()
        school = self.sudo()  # sudo: the hours of a school are public
        day = self.env["school.calendar"]._get_forecast_day(school, date)
        evening = cutoffs.moment(day, school.forecast_cutoff, school.tz)
        return evening, self._get_correction_cutoff(date)

    def _get_correction_cutoff(self, date):
        school = self.sudo()  # sudo: as above
        return cutoffs.moment(date, school.correction_cutoff, school.tz)

    def _is_after_cutoff(self, date):
        """Return whether a change for the day is late.

        Hours that are moved to a later time do not open a day again whose number of
        portions is binding already.
        """
        if fields.Datetime.now() >= self._get_correction_cutoff(date):
            return True
        if date > self.env["school.calendar"]._local_date(self):
            return False
        # sudo: that the number is fixed is no secret
        return bool(self.env["meal.snapshot"].sudo()._find(self, date, "order"))

    def _lock_orders(self):
        """Wait until nobody else plans the orders of the school."""
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK_CLASS, self.id)
        )

    def _try_lock_orders(self):
        """Return whether nobody else plans the orders of the school right now."""
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, self.id)
        )
        return locked

    def _pass_cutoffs(self, date):
        """Fix the numbers of a day whose cut-off has passed, each once.

        Late is as good as in time: a server that was down catches up with the first
        change of an order, or when it is started.

        :return: the snapshots taken now
        """
        self.ensure_one()
        now = fields.Datetime.now()
        forecast, correction = self._get_cutoffs(date)
        if now >= correction:
            return self._close_ordering(date)
        # sudo: the numbers are fixed by the clock, whoever happens to be here
        snapshots = self.env["meal.snapshot"].sudo()
        if now < forecast or snapshots._find(self, date, "forecast"):
            return snapshots
        self._lock_orders()
        self.env["meal.order"].sudo()._sync(self, date)
        return snapshots._take(self, date, "forecast")

    def _close_ordering(self, date):
        """Mark the portions as cooked when the morning cut-off has passed."""
        self.ensure_one()
        # sudo: as above
        snapshots = self.env["meal.snapshot"].sudo()
        if not self._is_after_cutoff(date) or snapshots._find(self, date, "order"):
            return snapshots
        self._lock_orders()
        orders = self.env["meal.order"].sudo()
        if date >= self.env["school.calendar"]._local_date(self):
            orders._sync(self, date)
        orders.search(
            [
                ("school_id", "=", self.id),
                ("date", "=", date),
                ("state", "=", ORDERED),
            ]
        )._cook()
        return snapshots._take(self, date, "order")

    # === PRESENCE === #

    def _get_presence(self, date):
        """Return {student id: "present" or "absent"} of the students of these schools
        on a day; who is not known is missing.

        Hook: access control knows better than a teacher's list. One query, however
        many schools; screens call it for each day they show.
        """
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT student_id,
                       CASE WHEN bool_or(is_absent) THEN 'absent' ELSE 'present' END
                  FROM (
                    SELECT e.student_id, FALSE AS is_absent
                      FROM meal_attendance a
                      JOIN school_enrolment e ON e.class_id = a.class_id
                       AND e.school_id = a.school_id AND e.date_from <= a.date
                       AND (e.date_to IS NULL OR e.date_to >= a.date)
                      JOIN school_student s ON s.id = e.student_id AND s.active
                     WHERE a.school_id = ANY(%(schools)s) AND a.date = %(date)s
                     UNION ALL
                    SELECT student_id, TRUE
                      FROM meal_absence
                     WHERE school_id = ANY(%(schools)s) AND withdrawn_at IS NULL
                       AND %(date)s BETWEEN date_from AND date_to
                  ) AS known
                 GROUP BY student_id
                """,
                schools=self.ids,
                date=date,
            )
        )
        return dict(rows)
