from datetime import timedelta

from odoo import api, models


class SchoolSchool(models.Model):
    """What happens to attendance by the clock, school by school."""

    _inherit = "school.school"

    # === JOBS === #

    @api.model
    def _cron_attendance(self):
        """Every five minutes: who is here, and the meals of who is not."""
        self._run_for_each("_attend")

    @api.model
    def _cron_finish_attendance(self):
        """Nightly: count the days anew that late events of outages may have changed."""
        self._run_for_each("_finish_attendance")

    # === ONE SCHOOL === #

    def _attend(self):
        today = self.env["school.calendar"]._local_date(self)
        check = self.env["attendance.day"]._recount(self, today)
        if check:
            check._take_care()

    def _finish_attendance(self):
        today = self.env["school.calendar"]._local_date(self)
        for back in range(1, 4):
            self.env["attendance.day"]._recount(self, today - timedelta(days=back))
