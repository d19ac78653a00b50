import logging
import time
from contextlib import nullcontext
from datetime import datetime
from typing import NamedTuple

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED
from school_edge.protocol import card_dump, web_json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_base.connections import kept_cursor

from ..const import IN, OUT
from ..domain.call_rate import CallRate
from ..drivers.base import Driver, to_local
from .access_entry import DUE

#: That somebody was there is written so seldom: calls come every few seconds.
SEEN_SECONDS = 30
#: Messages that need no order among the calls of a controller.
POLLS = (web_json.Ping, web_json.CheckAccess)
#: How often a call is tried when two of one controller met in the database.
TRIES = 3

_logger = logging.getLogger(__name__)
_rate = CallRate(per_second=30, burst=300)


class Link(NamedTuple):
    """What is known of a controller before its call is read."""

    serial: str
    driver: str
    tz: str
    interval: int
    state: str
    mode: str
    is_activated: bool
    last_seen: datetime | None
    verification: str
    directions: dict | None
    has_commands: bool
    has_changes: bool
    dump_is_over: bool

    def direction(self, reader):
        """Return which way a reader lets; the maker's own meaning where none is set."""
        if not reader:
            return None
        return (self.directions or {}).get(str(reader)) or (OUT if reader == 2 else IN)


class AccessController(models.Model):
    """A call of a controller, from the body to the answer.

    It works on a READ COMMITTED connection of its own, committed before the answer is
    sent: what is acknowledged is stored, a poll never conflicts with anybody, and no
    error of ours reaches the controller, which would fall back to its own memory.
    """

    _inherit = "access.controller"

    # === BUSINESS METHODS === #

    @api.model
    def _answer_call(self, controller, body):
        """Return the answer (bytes) to a call; it never fails.

        :param tuple controller: what :meth:`_authenticate` has found
        """
        controller_id, driver_code, tz, interval = controller
        driver = Driver.by_code[driver_code]
        now = fields.Datetime.now()
        key = (self.env.cr.dbname, controller_id)
        if not _rate.allows(key, time.monotonic()):
            if _rate.is_first_refusal(key, time.monotonic()):
                self._run_call(lambda c: c._alarm("flood"), controller_id)
            return driver.answer(to_local(now, tz), interval).render()
        try:
            return self._run_call(
                lambda called: called._read_call(driver, body, now), controller_id
            )
        except Exception:
            _logger.exception("Controller %s: its call failed", controller_id)
            self._note_failure(driver, body, controller_id, now)
            return driver.answer(to_local(now, tz), interval).render()

    @api.model
    def _note_failure(self, driver, body, controller_id, now):
        """Events of a call that failed wait in the controller, which goes on calling:
        nobody is absent because they have not come."""
        try:
            request = driver.parse(body)
            if any(isinstance(each, web_json.Events) for each in request.messages):
                self._run_call(lambda called: called._note_refused(now), controller_id)
        except Exception:
            _logger.exception("Controller %s: its failure is not noted", controller_id)

    @api.model
    def _note_unknown(self):
        """Somebody tries paths: each is answered at no cost, many are an alarm."""
        key = (self.env.cr.dbname, None)
        if not _rate.allows(key, time.monotonic()) and _rate.is_first_refusal(
            key, time.monotonic()
        ):
            self._run_call(
                lambda c: c.env["access.alarm"]._raise_alarm("flood", "unknown"), None
            )

    def _run_call(self, call, controller_id):
        for attempt in range(1, TRIES + 1):
            try:
                with kept_cursor(
                    self.env.registry, ISOLATION_LEVEL_READ_COMMITTED
                ) as cr:
                    # The controller is no user: its path says what it may do.
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    result = call(env["access.controller"].browse(controller_id))
                    env.flush_all()
                return result
            except psycopg2.OperationalError:
                if attempt == TRIES:
                    raise

    def _read_call(self, driver, body, now):
        link = self._get_link(now)
        answer = driver.answer(to_local(now, link.tz), link.interval)
        request = driver.parse(body)
        if request is None:
            return answer.render()
        if request.serial != link.serial:
            self._alarm("unknown_controller")
            return answer.render()
        self._note_seen(link, now)
        self._handle_messages(driver, link, request, answer, now)
        if link.dump_is_over:
            self._finish_dump(now)
        if not self._is_quiet(driver, link, request):
            self._add_commands(driver, link, answer, now)
        return answer.render()

    def _is_quiet(self, driver, link, request):
        """Tell whether nothing can wait for the controller: most calls are such."""
        return not (link.has_commands or link.has_changes or link.dump_is_over) and all(
            isinstance(message, web_json.CheckAccess | web_json.Events)
            or (
                isinstance(message, web_json.Ping)
                and (message.active or not driver.has_activation)
                and message.mode in (None, link.mode)
            )
            for message in request.messages
        )

    def _get_link(self, now):
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT c.serial, c.driver, s.tz, c.poll_interval, c.state, c.mode,
                       c.is_activated, c.last_seen, p.verification,
                       (SELECT json_object_agg(r.number, r.direction)
                          FROM access_reader r WHERE r.controller_id = c.id),
                       EXISTS (SELECT 1 FROM access_command m
                                WHERE m.controller_id = c.id
                                  AND m.state IN ('queued', 'sent')),
                       EXISTS (SELECT 1 FROM access_entry
                                WHERE controller_id = c.id AND (%s)),
                       COALESCE((c.card_dump ->> 'at')::bigint <= %s, FALSE)
                  FROM access_controller c
                  JOIN access_point p ON p.id = c.point_id
                  JOIN school_school s ON s.id = c.school_id
                 WHERE c.id = %s
                """,
                SQL(DUE),
                _epoch(now) - card_dump.PAUSE_SECONDS,
                self.id,
            )
        )
        return Link(*row)

    def _note_seen(self, link, now):
        """Write that the controller has called; an alarm of silence is over."""
        if (
            link.state == "online"
            and link.last_seen
            and (now - link.last_seen).total_seconds() < SEEN_SECONDS
        ):
            return
        self._update(last_seen=now, state="online")
        if link.state == "silent":
            self.env["access.alarm"]._close_open("silent", [self.id])

    def _handle_messages(self, driver, link, request, answer, now):
        handlers = {
            web_json.PowerOn: self._on_power_on,
            web_json.Ping: self._on_ping,
            web_json.CheckAccess: self._on_check,
            web_json.Events: self._on_events,
            web_json.Result: self._on_result,
            web_json.Cards: self._on_cards,
        }
        if any(not isinstance(message, POLLS) for message in request.messages):
            self._lock()
        for message in request.messages:
            if len(request.messages) == 1:
                savepoint = nullcontext()  # it has the whole call for itself
            else:
                savepoint = self.env.cr.savepoint()
            try:
                with savepoint:
                    handlers[type(message)](driver, link, request, message, answer, now)
                    self.env.flush_all()
            except psycopg2.OperationalError:
                raise
            except Exception:
                if len(request.messages) == 1:
                    raise
                # The others go on; what got no answer comes again.
                _logger.exception(
                    "Controller %s: %s failed", self.id, type(message).__name__
                )
                self.env.invalidate_all(flush=False)
                if isinstance(message, web_json.Events):
                    self._note_refused(now)

    def _note_refused(self, now):
        """Remember since when events are not taken."""
        [refused_at] = self._read("refused_at")
        if not refused_at:
            self._update(refused_at=now)

    def _lock(self):
        """Let two calls of one controller (a repeat, while the first is still at work)
        follow each other."""
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM access_controller WHERE id = %s FOR NO KEY UPDATE",
                self.id,
            )
        )

    def _read(self, *names):
        """Return the values as they are now: other calls may have changed them."""
        columns = SQL(", ").join(map(SQL.identifier, names))
        [row] = self.env.execute_query(
            SQL("SELECT %s FROM access_controller WHERE id = %s", columns, self.id)
        )
        return row

    def _update(self, **values):
        """Write by SQL: neither who changed the record nor any cache is concerned."""
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), self._to_column(name, value))
            for name, value in values.items()
        )
        self.env.cr.execute(
            SQL("UPDATE access_controller SET %s WHERE id = %s", assignments, self.id)
        )
        self.invalidate_recordset(list(values), flush=False)

    def _to_column(self, name, value):
        field = self._fields[name]
        return field.convert_to_column_insert(value, self)

    def _alarm(self, kind, **values):
        self.env["access.alarm"]._raise_alarm(
            kind, str(self.id), controller_id=self.id, **values
        )


def _epoch(moment):
    return int((moment - datetime(1970, 1, 1)).total_seconds())
