from odoo import api, models


class MealAttendance(models.Model):
    _inherit = "meal.attendance"

    @api.model
    def _confirm(self, school_class, date):
        """Override of `school_meal_day`: who is not absent is present."""
        confirmed = super()._confirm(school_class, date)
        # sudo: the caller has checked that the class is the user's
        school = school_class.sudo().school_id
        if self.env["attendance.check"]._get_opened(school, date, date):
            self.env["attendance.day"]._recount(school, date)
        return confirmed
