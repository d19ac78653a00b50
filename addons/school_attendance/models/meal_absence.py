from odoo import api, models


class MealAbsence(models.Model):
    _inherit = "meal.absence"

    @api.model
    def _report(self, students, date_from, date_to, **kwargs):
        """Override of `school_meal_day`: attendance says at once what was reported."""
        absences = super()._report(students, date_from, date_to, **kwargs)
        absences._recount_attendance()
        return absences

    def _withdraw(self):
        super()._withdraw()
        self._recount_attendance()

    def _recount_attendance(self):
        """Count the days anew that are counted already."""
        # sudo: who is absent is a fact of the school, whoever reports it
        absences = self.sudo()
        for school, own in absences.grouped("school_id").items():
            checks = self.env["attendance.check"]._get_opened(
                school, min(own.mapped("date_from")), max(own.mapped("date_to"))
            )
            for date in checks.mapped("date"):
                self.env["attendance.day"]._recount(school, date)
