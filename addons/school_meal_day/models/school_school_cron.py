import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

from ..const import ORDERED

_logger = logging.getLogger(__name__)

#: Somebody may change an order at the same moment: then begin again.
TRIES = 3
#: So many days back, days that nobody closed the ordering of are caught up with.
CATCH_UP = timedelta(days=7)
#: A class may have lessons on a day on which its school has none, so far ahead.
EXTRA_DAYS = 4


class SchoolSchool(models.Model):
    """What happens to orders by the clock, school by school."""

    _inherit = "school.school"

    # === JOBS === #

    @api.model
    def _cron_generate_orders(self):
        """Hourly: make the orders of today and the coming school day right."""
        self._run_for_each("_generate_coming")

    @api.model
    def _cron_pass_cutoffs(self):
        """Every ten minutes: fix the numbers of the cut-offs that have passed."""
        self._run_for_each("_pass_due_cutoffs")

    @api.model
    def _run_for_each(self, name):
        cron = self.env["ir.cron"]
        # sudo: all schools of all municipalities
        schools = self.sudo().search([("active", "=", True)])
        cron._commit_progress(remaining=len(schools))
        for school in schools:
            school._run_safely(name)
            cron._commit_progress(1)

    def _run_safely(self, name):
        """Call a method; what goes wrong here does not stop the other schools.

        Another worker that is at the school already does the same.
        """
        for attempt in range(1, TRIES + 1):
            if not self._try_lock_orders():
                return
            try:
                with self.env.cr.savepoint():
                    getattr(self, name)()
                return
            except OperationalError:
                self.env.cr.rollback()
                if attempt == TRIES:
                    _logger.warning("%s of school %s: gave up", name, self.id)
            except Exception as error:
                _logger.exception("%s of school %s failed", name, self.id)
                self._report_failure(name, error)
                return

    def _report_failure(self, name, error):
        self.env["meal.incident"]._report(
            [
                {
                    "kind": "orders",
                    "key": f"{name}:{self.id}",
                    "company_id": self.company_id.id,
                    "school_id": self.id,
                    "summary": self.env._(
                        "Orders of %(school)s could not be brought up to date"
                        " (%(error)s). See the server's log.",
                        school=self.display_name,
                        error=type(error).__name__,
                    ),
                }
            ]
        )

    # === ONE SCHOOL === #

    def _generate_coming(self):
        for date in self._get_days_to_plan():
            self.env["meal.order"]._generate(self, date)

    def _pass_due_cutoffs(self):
        today = self.env["school.calendar"]._local_date(self)
        for date in self._get_forgotten_days(today):
            self._close_ordering(date)
        for date in self._get_days_to_plan():
            self._pass_cutoffs(date)
        self.env["meal.snapshot"]._take_correction(self, today)

    def _get_days_to_plan(self):
        """Return today, if it is taught, and the next day with lessons from the
        working day before it on."""
        calendar = self.env["school.calendar"]
        today = calendar._local_date(self)
        days = {today, *self._get_extra_days(today)}
        coming = calendar._next_school_day(today, self, within=31)
        if coming:
            days.add(coming)
        return [
            day
            for day in sorted(days)
            if (day == today or calendar._get_forecast_day(self, day) <= today)
            and (calendar._get_taught_classes(self, day) or self._has_orders(day))
        ]

    def _get_extra_days(self, today):
        """Return days on which only some classes have lessons."""
        span = [today + timedelta(days=count) for count in range(1, EXTRA_DAYS + 1)]
        periods = self.env["school.calendar.period"]._search_span(
            self, span[0], span[-1]
        )
        extra = periods.filtered(
            lambda period: period.kind == "extra_day" and period.class_ids
        )
        return {
            day
            for day in span
            for period in extra
            if period.date_from <= day <= period.date_to
        }

    def _has_orders(self, day):
        domain = [("school_id", "=", self.id), ("date", "=", day)]
        return bool(self.env["meal.order"].search_count(domain, limit=1))

    def _get_forgotten_days(self, today):
        """Return past days whose orders were never closed: the server was down."""
        groups = self.env["meal.order"]._read_group(
            [
                ("school_id", "=", self.id),
                ("date", ">=", today - CATCH_UP),
                ("date", "<", today),
                ("state", "=", ORDERED),
            ],
            ["date:day"],
        )
        return sorted(fields.Date.to_date(day) for (day,) in groups)
