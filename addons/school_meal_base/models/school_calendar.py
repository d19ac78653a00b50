from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..domain import school_days


class SchoolCalendar(models.AbstractModel):
    """Answers about days: production calendar, periods, and the school's own clock.

    Private API for the add-ons; rules live in ``domain/school_days.py``. Dates are
    local dates of the school, datetimes naive UTC as Odoo stores them.
    """

    _name = "school.calendar"
    _description = "School calendar service"

    # === SCHOOL DAYS === #

    @api.model
    def _is_school_day(self, day, school, school_class=None):
        """Return whether the school (one class of it) is taught on the spot."""
        return self._day_kind(day, school, school_class) in school_days.SCHOOL_KINDS

    @api.model
    def _day_kind(self, day, school, school_class=None):
        """Return what the day is: 'school', 'extra_day', 'weekend', 'holiday',
        'vacation', 'quarantine', 'remote' or 'day_off'."""
        rules = self._get_rules(school, school_class, day, day)
        return school_days.day_kind(day, int(school.sudo().week_days), rules)

    @api.model
    def _school_days(self, date_from, date_to, school, school_class=None):
        """Return the list of school days of a span, both ends included."""
        rules = self._get_rules(school, school_class, date_from, date_to)
        week = int(school.sudo().week_days)
        return school_days.school_days(date_from, date_to, week, rules)

    @api.model
    def _next_school_day(self, day, school, school_class=None, within=120):
        """Return the first school day after ``day``, None if ``within`` has none."""
        span = day + timedelta(days=1), day + timedelta(days=within)
        return next(iter(self._school_days(*span, school, school_class)), None)

    @api.model
    def _get_rules(self, school, school_class, date_from, date_to):
        return self.env["school.calendar.period"]._get_rules(
            school.sudo(), school_class, date_from, date_to
        )

    # === WORKING DAYS === #

    @api.model
    def _add_working_days(self, day, count):
        """Return the ``count``-th working day of the production calendar after
        ``day`` (before it when negative); 0 is ``day`` or the next working day."""
        return school_days.add_working_days(day, count)

    @api.model
    def _is_working_day(self, day):
        """Return whether offices work on ``day`` (five-day production calendar)."""
        return school_days.is_working_day(day)

    # === THE SCHOOL'S CLOCK === #

    @api.model
    def _local_date(self, school, utc_dt=None):
        """Return the date at the school at a naive UTC moment (default: now)."""
        return self._local_datetime(school, utc_dt).date()

    @api.model
    def _local_datetime(self, school, utc_dt=None):
        """Return the school's clock, an aware datetime, at a naive UTC moment."""
        moment = (utc_dt or fields.Datetime.now()).replace(tzinfo=UTC)
        return moment.astimezone(ZoneInfo(school.sudo().tz or "UTC"))

    @api.model
    def _utc_bounds(self, school, date_from, date_to=None):
        """Return [start, end) in naive UTC of the school's local days."""
        zone = ZoneInfo(school.sudo().tz or "UTC")
        last = (date_to or date_from) + timedelta(days=1)
        bounds = (
            datetime.combine(day, time.min, tzinfo=zone) for day in (date_from, last)
        )
        return tuple(bound.astimezone(UTC).replace(tzinfo=None) for bound in bounds)
