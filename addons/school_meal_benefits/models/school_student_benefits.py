from datetime import timedelta

from odoo import models

from ..domain import entitlement_dates
from .benefit_words import in_language_of

ONE_DAY = timedelta(days=1)


class SchoolStudent(models.Model):
    """What happens to benefits when a student moves, leaves, comes back or rises."""

    _inherit = "school.student"

    def _get_benefits(self, first_day):
        """Return the entitlements, in sudo, that are in force on a day or later."""
        # sudo: benefits follow by themselves, whoever moves the student
        return (
            self.env["benefit.entitlement"]
            .sudo()
            .search(
                [
                    ("student_id", "in", self.ids),
                    ("date_end", ">=", first_day),
                    ("is_void", "=", False),
                ]
            )
        )

    # === LEAVING AND COMING BACK === #

    def _after_leave(self):
        """Override of `school_meal_base`: a leaver's benefits end (items 13, 24, 32);
        another municipality grants its own."""
        super()._after_leave()
        for student in self:
            end = entitlement_dates.leaving_end(student._get_move_date())
            benefits = student._get_benefits(end.last_day + ONE_DAY)
            benefits._end(end.why, end.last_day, ground_on=end.last_day)

    def _come_back(self):
        """Override of `school_meal_base`: a leaving that is taken back ends nothing."""
        super()._come_back()
        stays = self.env["benefit.entitlement"]._get_stays(self)
        # sudo: as in `_get_benefits`
        ends = (
            self.env["benefit.entitlement.end"]
            .sudo()
            .search(
                [
                    ("student_id", "in", self.ids),
                    ("ground", "=", entitlement_dates.LEFT),
                    ("revoked_at", "=", False),
                ]
            )
        )
        undone = ends.filtered(lambda end: stays[end.student_id.id][0] <= end.last_day)
        _ = in_language_of(self, undone.company_id[:1]).env._
        undone._revoke(_("The student did not leave."))

    # === MOVES === #

    def _follow_moves(self, before):
        """Override of `school_meal_base`: a benefit goes along to another school, but
        not one for children of the former one (item 32.2)."""
        super()._follow_moves(before)
        for student in self.filtered(lambda one: one.state == "enrolled"):
            if before[student][1:] != student._get_place()[1:]:
                student._check_roster(student._get_move_date())

    def _check_roster(self, first_day):
        """End what does not fit the school and the grade from a day on."""
        rows = {}
        for entitlement in self._get_benefits(first_day):
            end = entitlement._get_roster_end(first_day)
            if end:
                rows[entitlement] = {
                    "ground": end.why,
                    "last_day": end.last_day,
                    "ground_on": first_day,
                }
        self.env["benefit.entitlement"]._end_each(rows)

    def _roll_enrolments(self, first_day):
        """Override of `school_meal_base`: the next stage of schooling (item 13)."""
        super()._roll_enrolments(first_day)
        self.env.flush_all()
        self._check_roster(first_day)
