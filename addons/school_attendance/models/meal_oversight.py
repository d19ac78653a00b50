from odoo import api, models


class MealOversight(models.AbstractModel):
    _inherit = "meal.oversight"

    @api.model
    def _get_rows_domain(self, block, schools, days):
        """Override of `school_meal_day`: the absent are those the number counts, also
        those whom only the gate knows to be absent."""
        if block != "absent" or not self._is_counted(schools, days):
            return super()._get_rows_domain(block, schools, days)
        return "attendance.day", [
            ("date", "in", [str(day) for day in days]),
            ("state", "in", ["absent", "excused"]),
        ]

    @api.model
    def _is_counted(self, schools, days):
        """Return whether attendance knows the days of all schools, and may be read."""
        if not self.env["attendance.day"].has_access("read"):
            return False
        checks = self.env["attendance.check"]._get_opened(
            schools, min(days, default=None), max(days, default=None)
        )
        return not schools - checks.school_id
