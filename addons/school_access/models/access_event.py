import json
import logging
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, file_open

from ..const import (
    ANOMALIES,
    CARD_GROUPS,
    CORRECTION_REASONS,
    DIRECTIONS,
    EVENT_KINDS,
    VERDICTS,
)

_logger = logging.getLogger(__name__)

#: What `access_event_record` reads of an event.
WIRE_FIELDS = frozenset(
    {
        "controller",
        "site",
        "key",
        "occurred_at",
        "kind",
        "card",
        "direction",
        "verdict",
        "code",
        "flag",
        "person",
        "is_clock_wrong",
        "user",
        "reason",
    }
)
ANSWER_FIELDS = ("id", "verdict", "anomaly", "is_counted")
#: For how many months events are kept: a parameter of the database, its default and the
#: least that is obeyed.
MONTHS_SETTING = "school_access.event_months"
MONTHS_KEPT = 36
MONTHS_LEAST = 3
#: Months that have a part before their first event comes.
PARTS_AHEAD = 2


class AccessEvent(models.Model):
    """What happened at a point: appended by :meth:`_record` only, never changed."""

    _name = "access.event"
    _description = "Event of a point"
    _order = "occurred_at desc, id desc"
    _auto = False
    _log_access = False

    occurred_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime(readonly=True)
    event_key = fields.Char(readonly=True, groups=".")
    controller_id = fields.Many2one("access.controller", readonly=True)
    point_id = fields.Many2one("access.point", readonly=True)
    site_id = fields.Many2one("access.site", readonly=True)
    school_id = fields.Many2one("school.school", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    person_id = fields.Many2one("access.person", readonly=True)
    student_id = fields.Many2one("school.student", readonly=True)
    class_id = fields.Many2one(related="student_id.class_id", string="Class now")
    device_id = fields.Many2one("school.device", "Gateway", readonly=True)
    card = fields.Char("Card number", readonly=True, groups=CARD_GROUPS)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    kind = fields.Selection(EVENT_KINDS, readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    anomaly = fields.Selection(ANOMALIES, readonly=True)
    code = fields.Integer("Code of the controller", readonly=True)
    flag = fields.Integer(readonly=True)
    is_counted = fields.Boolean("Moves the person", readonly=True)

    moves_to = fields.Char(readonly=True, groups=".")
    zone_id = fields.Many2one("access.zone", "Leads to", readonly=True)
    hour = fields.Char("Hour of the day", readonly=True)
    user_id = fields.Many2one("res.users", "Corrected by", readonly=True)
    reason = fields.Selection(CORRECTION_REASONS, readonly=True)

    def init(self):
        for name in ("access_event", "access_event_record"):
            with file_open(f"school_access/sql/{name}.sql") as source:
                self.env.cr.execute(SQL(source.read().replace("%", "%%")))
        self._make_parts()

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, events, device=None):
        """Append events of controllers, move people, tell who wants to know.

        The order, size and repetition of batches do not matter. Call it once in a
        transaction: two calls may lock people in the other order than somebody else.

        :param list events: dicts with ``controller`` (id), ``key`` (uuid text, the
            event's own number, which also stands for its time), ``occurred_at`` (naive
            UTC), ``kind``, ``card`` (12 hex digits as on the wire, or empty),
            ``direction`` ("in", "out", None), ``verdict``, ``code``, ``flag``; or
            ``person`` (id) instead of the card; ``is_clock_wrong`` if that is known
        :param device: the gateway that sends them
        :return: a dict for each event, in order: ``status`` (created, exists or
            rejected: no such controller) and, of what was created, ``id``, ``person``,
            ``verdict``, ``anomaly``, ``is_counted``
        """
        if not events:
            return []
        self.env.flush_all()
        times = [event["occurred_at"] for event in events]
        months = {(time.year, time.month) for time in times}
        names = WIRE_FIELDS.intersection(set().union(*events))
        columns = {name: [event.get(name) for event in events] for name in names}
        columns["occurred_at"] = [time.isoformat() for time in times]
        self.env.cr.execute(
            SQL(
                "SELECT * FROM access_event_record("
                "%s::json, %s, %s, %s, %s, %s::date[])",
                json.dumps(columns),
                device.id if device else None,
                fields.Datetime.now(),
                min(times),
                max(times),
                [date(*month, 1) for month in sorted(months)],
            ),
            # Numbers of cards do not go into the log; who calls reports the error.
            log_exceptions=False,
        )
        answers = [{"status": "exists"} for _event in events]
        created = []
        names = [column.name for column in self.env.cr.description]
        for values in self.env.cr.fetchall():
            row = dict(zip(names, values, strict=True))
            number, is_rejected = row.pop("n"), row.pop("is_rejected")
            if is_rejected:
                answers[number] = {"status": "rejected"}
                continue
            created.append(row)
            answers[number] = {
                "status": "created",
                "person": row["person_id"],
                **{name: row[name] for name in ANSWER_FIELDS},
            }
        if created:
            self.env["access.presence"].invalidate_model()
            self._tell(self._after_record, created)
        return answers

    @api.model
    def _after_record(self, rows):
        """Tell who wants to know of new events; to be extended.

        It runs in the transaction of the batch, through :meth:`_tell`: a failure takes
        back what it has written, never the events. At most one or two statements for
        all rows.

        :param list rows: dicts of the created events: ``id``, ``kind``, ``person_id``,
            ``student_id``, ``school_id``, ``site_id``, ``point_id``, ``controller_id``,
            ``direction``, ``occurred_at`` (UTC), ``verdict``, ``anomaly``,
            ``is_counted``
        """

    # === PARTS === #

    @api.model
    def _make_parts(self):
        """Make the parts of this month and the next ones."""
        today = fields.Date.today()
        for ahead in range(PARTS_AHEAD + 1):
            self.env.cr.execute(
                SQL(
                    "SELECT access_event_make_part(%s)",
                    today + relativedelta(day=1, months=ahead),
                )
            )

    @api.model
    def _cron_parts(self):
        """Make the parts of the coming months, drop those that are kept long enough."""
        self._make_parts()
        months = self._months_kept()
        dropped = self.env.execute_query(
            SQL(
                "SELECT unnest(access_event_drop_before(%s))",
                fields.Date.today() - relativedelta(months=months),
            )
        )
        if dropped:
            names = ", ".join(name for (name,) in dropped)
            _logger.info("Events older than %s months are dropped: %s", months, names)
        if rest := self._count_rest():
            _logger.info("%s events are of a month that cannot be: see clocks", rest)

    @api.model
    def _months_kept(self):
        """Return for how many months events are kept; what makes no sense is 36."""
        # sudo: a setting that is no secret
        text = self.env["ir.config_parameter"].sudo().get_param(MONTHS_SETTING)
        months = int(text) if text and text.isdecimal() else 0
        return months if months >= MONTHS_LEAST else MONTHS_KEPT

    @api.model
    def _count_rest(self):
        """Return the number of events of months without a part: of wrong clocks."""
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM access_event_log_rest")
        )
        return count
