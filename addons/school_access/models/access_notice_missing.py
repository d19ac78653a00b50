from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import NO_ARRIVAL_MINUTES, NO_ARRIVAL_NEWS, PUSH_CHANNELS
from .access_notice import WANTED_HOUR


class AccessNotice(models.Model):
    """A student who has not come by the hour of the shift.

    Silent when less than half of the shift has been seen at the doors: then it is the
    turnstiles that are missing, or the day, and not the child.
    """

    _inherit = "access.notice"

    @api.model
    def _cron_missing(self):
        schools = self.env["access.subscription"]._read_group(
            [("state", "=", "on"), ("unusual", "=", True),
             ("channel", "in", PUSH_CHANNELS)],
            ["school_id"],
        )  # fmt: skip
        count = 0
        for (school,) in schools:
            for shift, minute in NO_ARRIVAL_MINUTES.items():
                count += self._enqueue_missing(school, shift, minute)
        if count:
            self._wake_sender()

    @api.model
    def _enqueue_missing(self, school, shift, minute):
        """Insert the notices of a school and shift; return how many."""
        calendar = self.env["school.calendar"]
        today = calendar._local_date(school)
        begin, __ = calendar._utc_bounds(school, today)
        moment = begin + timedelta(minutes=minute)
        now = fields.Datetime.now()
        is_news = moment <= now < moment + timedelta(minutes=NO_ARRIVAL_NEWS)
        if not is_news or not calendar._is_school_day(today, school):
            return 0
        if not self._is_shift_here(school, shift, begin):
            return 0
        return self._insert_missing(school, shift, begin, moment, minute)

    @api.model
    def _is_shift_here(self, school, shift, begin):
        [(students, seen)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), count(p.id)
                  FROM school_student t
                  JOIN school_class c ON c.id = t.class_id AND c.shift = %s
                  LEFT JOIN access_presence p
                         ON p.student_id = t.id AND p.since >= %s
                 WHERE t.school_id = %s AND t.state = 'enrolled'
                """,
                shift,
                begin,
                school.id,
            )
        )
        return bool(students) and seen * 2 >= students

    @api.model
    def _insert_missing(self, school, shift, begin, moment, minute):
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO access_notice (subscription_id, partner_id, student_id,
                       school_id, company_id, channel, kind, occurred_at, state,
                       attempts, next_try_at, create_uid, create_date, write_uid,
                       write_date)
                SELECT s.id, s.partner_id, s.student_id, t.school_id, s.company_id,
                       s.channel, 'no_arrival', %(moment)s, 'queued', 0, %(now)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM access_subscription s
                  JOIN school_student t ON t.id = s.student_id
                  JOIN school_class c ON c.id = t.class_id
                 CROSS JOIN (SELECT %(minute)s AS minute) h
                 WHERE s.state = 'on' AND s.unusual AND s.channel IN %(channels)s
                   AND t.school_id = %(school)s AND t.state = 'enrolled'
                   AND c.shift = %(shift)s AND %(hour)s
                   AND NOT t.id = ANY(%(excused)s)
                   AND NOT EXISTS (
                       SELECT FROM access_presence p
                        WHERE p.student_id = t.id AND p.since >= %(begin)s)
                   AND EXISTS (
                       SELECT FROM school_guardian g
                        WHERE g.student_id = s.student_id
                          AND g.partner_id = s.partner_id
                          AND g.active AND g.is_notified)
                ON CONFLICT DO NOTHING
                RETURNING 1
                """,
                moment=moment,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                minute=minute,
                channels=PUSH_CHANNELS,
                school=school.id,
                shift=shift,
                hour=WANTED_HOUR,
                excused=list(self._get_excused_ids(school, moment)),
                begin=begin,
            )
        )
        return len(rows)

    @api.model
    def _get_excused_ids(self, school, moment):
        """Ids of students nobody expects; add-ons that know absences override it."""
        return ()
