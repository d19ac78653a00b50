from datetime import timedelta

from odoo import api, models

from odoo.addons.school_meal_base.domain import school_days

from ..domain import cutoffs


class SchoolCalendar(models.AbstractModel):
    _inherit = "school.calendar"

    @api.model
    def _get_taught_classes(self, school, date):
        """Return the classes of a school that are taught on the spot on a day.

        The periods are read once for all classes.
        """
        # sudo: the calendar is the same for everybody, whatever records they may read
        school = school.sudo()
        classes = school.class_ids
        week = int(school.week_days)
        periods = self.env["school.calendar.period"]._search_span(school, date, date)

        def is_taught(school_class):
            rules = [period._as_rule(school_class) for period in periods]
            return school_days.is_school_day(date, week, list(filter(None, rules)))

        return classes.filtered(is_taught)

    @api.model
    def _get_forecast_day(self, school, date):
        """Return the day whose evening cut-off is about the meals of ``date``."""
        earliest = date - timedelta(days=cutoffs.LONGEST_PAUSE)
        rules = self._get_rules(school, None, earliest, date)
        # sudo: the week of a school is public
        return cutoffs.forecast_day(date, int(school.sudo().week_days), rules)
