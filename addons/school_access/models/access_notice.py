from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import (
    NOTICE_CHANNELS,
    NOTICE_DAYS,
    NOTICE_KINDS,
    NOTICE_LATE_MINUTES,
    NOTICE_REASONS,
    NOTICE_STATES,
    PARAM_NOTICE_DAYS,
    PARAM_NOTICE_LATE,
    PUSH_CHANNELS,
)
from ..domain.notice_kind import kind_of, may_be_lessons

#: Which choice of a parent lets a kind through.
CHOSEN = SQL(
    """CASE h.kind
            WHEN 'arrival' THEN s.arrivals
            WHEN 'departure' THEN s.departures
            WHEN 'lessons' THEN s.departures OR s.unusual
            WHEN 'night' THEN s.arrivals OR s.unusual
            WHEN 'no_arrival' THEN s.unusual
            WHEN 'refused' THEN s.refused
       END"""
)
WANTED_HOUR = SQL(
    """CASE WHEN s.hour_from <= s.hour_to
            THEN h.minute >= s.hour_from * 60 AND h.minute < s.hour_to * 60
            ELSE h.minute >= s.hour_from * 60 OR h.minute < s.hour_to * 60
       END"""
)


class AccessNotice(models.Model):
    """Outbox: a passage to tell one person by one channel.

    Made in the transaction of the event, sent after it (`access_notice_sender.py`). It
    has no text and no name: they are read when it is sent.
    """

    _name = "access.notice"
    _description = "Notice of passage"
    _order = "occurred_at desc, id desc"
    _rec_name = "kind"

    subscription_id = fields.Many2one(
        "access.subscription", readonly=True, required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", readonly=True, required=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "school.student",
        "Student",
        readonly=True,
        required=True,
        ondelete="cascade",
        index=True,
    )
    school_id = fields.Many2one(
        "school.school", "School", readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="cascade", index=True
    )
    point_id = fields.Many2one("access.point", readonly=True, ondelete="set null")
    event_id = fields.Integer("Event", readonly=True, aggregator=False)
    channel = fields.Selection(NOTICE_CHANNELS, readonly=True, required=True)
    kind = fields.Selection(NOTICE_KINDS, readonly=True, required=True)
    occurred_at = fields.Datetime("Happened at", readonly=True, required=True)
    state = fields.Selection(NOTICE_STATES, readonly=True, required=True)
    reason = fields.Selection(NOTICE_REASONS, readonly=True)
    attempts = fields.Integer(readonly=True, default=0, aggregator=False)
    next_try_at = fields.Datetime(readonly=True)
    tried_at = fields.Datetime("Last attempt", readonly=True)
    sent_at = fields.Datetime(readonly=True)

    _event_uniq = models.UniqueIndex(
        "(event_id, partner_id, channel) WHERE event_id IS NOT NULL",
        "The person has been told of this passage by this channel.",
    )
    _day_uniq = models.UniqueIndex(
        "(student_id, partner_id, channel, kind, occurred_at) WHERE event_id IS NULL",
        "The person has been told of this day by this channel.",
    )
    _queue_idx = models.Index("(next_try_at, id) WHERE state = 'queued'")
    _sending_idx = models.Index("(tried_at) WHERE state = 'sending'")
    _rate_idx = models.Index("(subscription_id, tried_at)")
    _created_idx = models.Index("(create_date)")

    # === INTO THE OUTBOX === #

    @api.model
    def _enqueue(self, rows):
        """Write the notices of a batch of events; in the events' own transaction.

        :param rows: dicts of created events, see `access.event._after_record`
        """
        news = [row for row in rows if self._is_news(row)]
        wanted = news and self._get_wanted({row["student_id"] for row in news})
        if not wanted:
            return
        kinds = self._get_kinds(news, wanted)
        if kinds and self._insert(kinds):
            self._wake_sender()

    @api.model
    def _is_news(self, row):
        if not row["student_id"]:
            return False
        return bool(row["is_counted"] or row["kind"] == "refused")

    @api.model
    def _get_wanted(self, student_ids):
        """Return {student id: shift} of those somebody wants to be told of."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, c.shift
                  FROM school_student t
                  LEFT JOIN school_class c ON c.id = t.class_id
                 WHERE t.id = ANY(%s) AND EXISTS (
                       SELECT FROM access_subscription s
                        WHERE s.student_id = t.id AND s.state = 'on'
                          AND s.channel IN %s)
                """,
                list(student_ids),
                PUSH_CHANNELS,
            )
        )
        return dict(rows)

    @api.model
    def _get_kinds(self, news, wanted):
        """Return (event, student, school, point, moment, kind, local minute) of what
        people want to hear about."""
        calendar = self.env["school.calendar"]
        schools = self.env["school.school"].sudo()  # sudo: events know no user
        days, found = {}, []
        for row in news:
            if row["student_id"] not in wanted:
                continue
            shift = wanted[row["student_id"]]
            school = schools.browse(row["school_id"])
            local = calendar._local_datetime(school, row["occurred_at"])
            minute = local.hour * 60 + local.minute
            is_day = False
            if may_be_lessons(row["direction"], minute, shift):
                day = school, local.date()
                if day not in days:
                    days[day] = calendar._is_school_day(local.date(), school)
                is_day = days[day]
            kind = kind_of(row["kind"], row["direction"], minute, shift, is_day)
            if kind:
                place = row["student_id"], row["school_id"], row["point_id"]
                found.append((row["id"], *place, row["occurred_at"], kind, minute))
        return found

    @api.model
    def _insert(self, found):
        """Insert the notices of what happened; return how many will be sent.

        Whoever is no guardian with notices at this moment gets none. What was reported
        late is kept, not sent: an arrival of yesterday is no news on a telephone.
        """
        events, students, schools, points, moments, kinds, minutes = zip(
            *found, strict=True
        )
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO access_notice (subscription_id, partner_id, student_id,
                       school_id, company_id, point_id, event_id, channel, kind,
                       occurred_at, state, reason, attempts, next_try_at,
                       create_uid, create_date, write_uid, write_date)
                SELECT s.id, s.partner_id, h.student, h.school, s.company_id, h.point,
                       h.event, s.channel, h.kind, h.moment,
                       CASE WHEN h.moment < %(late)s THEN 'suppressed'
                            ELSE 'queued' END,
                       CASE WHEN h.moment < %(late)s THEN 'late' END,
                       0, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(events)s::int[], %(students)s::int[],
                              %(schools)s::int[], %(points)s::int[],
                              %(moments)s::timestamp[], %(kinds)s::varchar[],
                              %(minutes)s::int[])
                       AS h (event, student, school, point, moment, kind, minute)
                  JOIN access_subscription s ON s.student_id = h.student
                  LEFT JOIN access_point p ON p.id = h.point
                 WHERE NOT (h.kind <> 'refused'
                            AND p.zone_from_id IS NOT NULL)  -- a door inside
                   AND s.state = 'on' AND s.channel IN %(channels)s
                   AND %(chosen)s AND %(hour)s
                   AND EXISTS (
                       SELECT FROM school_guardian g
                        WHERE g.student_id = s.student_id
                          AND g.partner_id = s.partner_id
                          AND g.active AND g.is_notified)
                ON CONFLICT DO NOTHING
                RETURNING state
                """,
                late=now - timedelta(minutes=self._get_number(PARAM_NOTICE_LATE)),
                now=now,
                uid=self.env.uid,
                events=list(events),
                students=list(students),
                schools=list(schools),
                points=list(points),
                moments=list(moments),
                kinds=list(kinds),
                minutes=list(minutes),
                channels=PUSH_CHANNELS,
                chosen=CHOSEN,
                hour=WANTED_HOUR,
            )
        )
        return sum(state == "queued" for (state,) in rows)

    @api.model
    def _wake_sender(self):
        # sudo: whoever records an event may not see the scheduler
        self.env.ref("school_access.cron_notice_send").sudo()._trigger()

    @api.model
    def _get_number(self, param):
        """Return a whole number of a system parameter; the default if it is none."""
        default = {
            PARAM_NOTICE_LATE: NOTICE_LATE_MINUTES,
            PARAM_NOTICE_DAYS: NOTICE_DAYS,
        }[param]
        # sudo: a setting of the system
        value = self.env["ir.config_parameter"].sudo().get_param(param)
        try:
            return max(1, int(value))
        except (TypeError, ValueError):
            return default

    # === RETENTION === #

    @api.autovacuum
    def _gc_notices(self):
        """Delete what is older than the setting says, some at a time."""
        days = self._get_number(PARAM_NOTICE_DAYS)
        limit = fields.Datetime.now() - timedelta(days=days)
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM access_notice WHERE id IN (
                       SELECT id FROM access_notice WHERE create_date < %s
                        ORDER BY create_date LIMIT 10000)
                RETURNING 1
                """,
                limit,
            )
        )
        return len(rows), len(rows) == 10_000
