from odoo import api, models


class SchoolCalendarPeriod(models.Model):
    """Rules for school days follow the calendar."""

    _inherit = "school.calendar.period"

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._mark_lists()
        return periods

    def write(self, vals):
        self._mark_lists()
        result = super().write(vals)
        self._mark_lists()
        return result

    def unlink(self):
        self._mark_lists()
        return super().unlink()

    def _mark_lists(self):
        # sudo: the calendar counts for every school it names, whoever keeps it
        for period in self.sudo():
            schools = period.school_ids or self.env["school.school"].sudo().search(
                [("company_id", "=", period.company_id.id)]
            )
            self.env["access.site"]._mark_stale(schools)
