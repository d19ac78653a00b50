from odoo import fields, models
from odoo.tools import SQL

from ..const import ORDERED
from ..domain import cutoffs

CUTOFFS = ("forecast_cutoff", "correction_cutoff")
#: First half of the advisory lock "one at a time plans the orders of a school".
LOCK_CLASS = 4_205_301


class SchoolSchool(models.Model):
    _inherit = "school.school"

    forecast_cutoff = fields.Float(
        "Evening cut-off",
        default=18.0,
        help="Local time of the school day before: the number of portions is told to"
        " the kitchen as a forecast.",
    )
    correction_cutoff = fields.Float(
        "Morning cut-off",
        default=9.0,
        help="Local time of the day itself: until then orders and absences change the"
        " number of portions, afterwards they are cooked.",
    )

    _cutoff_range = models.Constraint(
        "CHECK (forecast_cutoff >= 0 AND forecast_cutoff < 24"
        " AND correction_cutoff >= 0 AND correction_cutoff < 24)",
        "A cut-off is a time of the day.",
    )

    # === ACCESS === #

    def _has_field_access(self, field, operation):
        """Override of `school_meal_base`: who is responsible for meals sets the
        hours."""
        if operation == "write" and field.name in CUTOFFS:
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
        """Return whether a change for the day is late."""
        return fields.Datetime.now() >= self._get_correction_cutoff(date)

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
        """Return {student id: "present" or "absent"}; unknown students are missing.

        Hook: access control knows better than a teacher's list.
        """
        self.ensure_one()
        presence = dict.fromkeys(
            self.env["meal.attendance"]._present_ids(self, date), "present"
        )
        absent = self.env["meal.absence"]._absent_ids(self, date)
        return presence | dict.fromkeys(absent, "absent")
