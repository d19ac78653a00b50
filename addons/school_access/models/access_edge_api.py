from uuid import UUID

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_base.connections import kept_cursor

from ..const import VERDICTS
from ..domain import edge_message
from ..domain.edge_message import BadEvent, EdgeRefusal
from .access_edge_incident import NOT_RECORDED
from .school_device import TOKEN_DAYS

_VERDICT_CODES = frozenset({None, *(code for code, _label in VERDICTS)})
#: Commands handed out with one call.
MAX_COMMANDS = 100
#: How often a batch is tried when two met in the database.
TRIES = 3


class AccessEdgeApi(models.AbstractModel):
    """What a gateway may ask: the device, its school and company are in the context."""

    _name = "access.edge.api"
    _description = "Interface of gateways"

    # === ENROLMENT === #

    @api.model
    def _enrol(self, code):
        """Connect a gateway by its code of one use.

        :return: ``device``, ``name``, ``token``, ``days`` (of the token), ``school``;
            None for a wrong code
        """
        found = self.env["school.device"]._enrol(code)
        if not found:
            return None
        device, token = found
        return {
            "device": device.id,
            "name": device.name,
            "token": token,
            "days": TOKEN_DAYS,
            "school": device.school_id.short_name or device.school_id.name,
            "timezone": device.school_id.tz,
        }

    @api.model
    def _renew_token(self):
        return {"token": self._get_device()._renew_token(), "days": TOKEN_DAYS}

    @api.model
    def _get_config(self, message):
        """Return the configuration unless the gateway has this ``version`` of it."""
        version = message.get("version")
        return self.env["access.edge.config"]._get_config(self._get_device(), version)

    # === EVENTS === #

    @api.model
    def _take_events(self, message):
        """Record a batch. A repeat is answered as the first time; a bad event is kept
        apart and holds nobody up.

        :param dict message: ``store`` (uuid), ``events`` (up to 1,000, ascending
            ``sequence``; fields: `domain.edge_message.read_event`), ``gap`` (true: the
            gateway does not have what is missing before them)
        :return: ``accepted_to`` and ``refused``: [sequence, code] of bad events
        """
        return self._run_kept(lambda kept: kept._record_batch(message))

    def _record_batch(self, message):
        store, items, sequences = self._read_batch(message)
        device = self._get_device()
        journal = self.env["access.edge.journal"]
        if sequences:
            self._check_gap(device, store, sequences[0], message.get("gap"))
        events, refused = self._sort_out(device, store, items, sequences)
        if sequences:
            missing = journal._advance(device.id, store, sequences[0], sequences[-1])
            if missing is None:
                raise EdgeRefusal("other_store", 409)
        if events:
            # sudo: the device has no rights to records; its controllers were checked.
            apart = self.env["access.event"].sudo()._record_apart(events, device)
            refused += self._find_apart(device, apart, items, refused)
        if refused:
            school_id = self.env.context["school_device_school"]
            incidents = self.env["access.edge.incident"]
            incidents._note(device.id, school_id, store, refused)
        return {
            "accepted_to": sequences[-1] if sequences else 0,
            "refused": [[sequence, code] for sequence, code, _item in refused],
        }

    def _find_apart(self, device, positions, items, refused):
        """Return what could not be recorded, by its positions among what was read."""
        if not positions:
            return []
        self._alarm(
            f"apart-{device.id}",
            self.env._("Events are kept apart: see refused events."),
        )
        bad = {sequence for sequence, _code, _item in refused}
        good = [item for item in items if item["sequence"] not in bad]
        found = [good[position] for position in positions]
        return [(item["sequence"], NOT_RECORDED, item) for item in found]

    def _read_batch(self, message):
        store = edge_message.read_store(message.get("store"))
        items = message.get("events")
        if not isinstance(items, list) or len(items) > edge_message.MAX_EVENTS:
            raise EdgeRefusal("bad_batch")
        sequences = [edge_message.read_sequence(item) for item in items]
        if any(a >= b for a, b in zip(sequences, sequences[1:], strict=False)):
            raise EdgeRefusal("bad_sequence")
        return store, items, sequences

    def _check_gap(self, device, store, first, is_known):
        """Events that we should have and the gateway may still have come first: the
        server may have been restored from a copy of yesterday."""
        expected = self.env["access.edge.journal"]._get_expected(device.id, store)
        if expected is None:
            raise EdgeRefusal("other_store", 409)
        if first > expected:
            if is_known is not True:
                raise EdgeRefusal("gap", 409, expected=expected)
            self._alarm(
                f"gap-{store}", self.env._("Events of the gateway are missing.")
            )

    def _sort_out(self, device, store, items, sequences):
        controllers = self._get_controller_ids(device)
        number = UUID(store)
        events, refused = [], []
        for sequence, item in zip(sequences, items, strict=True):
            try:
                events.append(
                    edge_message.read_event(item, number, controllers, _VERDICT_CODES)
                )
            except BadEvent as error:
                refused.append((sequence, error.args[0], item))
        return events, refused

    # === STATE AND COMMANDS === #

    @api.model
    def _sync(self, message):
        """Take the state of a gateway and the results of commands, give new commands.

        :param dict message: ``store``, ``state`` (see `_read_state` and
            `access.edge.state`), ``lists``, ``results``: [command id, whether it was
            carried out], ``questions`` (see `access.edge.question`),
            ``presence`` (mark of the last answer, null for everything)
        :return: ``time`` (UTC), ``revision`` (another one: ask for the configuration),
            ``expected`` (number of the next event), ``answers``, ``commands``,
            ``presence`` (see `access.edge.presence`)
        """
        store = edge_message.read_store(message.get("store"))
        device = self._get_device()
        # First: another system may be asked, and no row is locked meanwhile.
        questions = self.env["access.edge.question"]
        answers = questions._take(device, message.get("questions"))
        journal = self.env["access.edge.journal"]
        state = self._read_state(message.get("state"))
        journal._note_state(device.id, store, state)
        journal._note_waiting(device.id, store, state["queued"], state["is_full"])
        self._take_results(device, message.get("results"))
        self.env["access.edge.state"]._take(device, message)
        return {
            "time": fields.Datetime.now().isoformat(),
            "revision": self.env["access.edge.config"]._get_revision(device),
            "expected": self._get_expected(device, store),
            "answers": answers,
            "commands": self._give_commands(device),
            "presence": self.env["access.edge.presence"]._get_changes(
                device, message.get("presence")
            ),
        }

    def _get_expected(self, device, store):
        expected = self.env["access.edge.journal"]._get_expected(device.id, store)
        if expected is None:
            details = self.env._(
                "Its memory is that of another gateway, which still calls: no event is"
                " taken. Revoke the one that is not used any more."
            )
            self.env["access.edge.state"]._raise_new(
                "gateway", [(f"store-{device.id}", details)], device
            )
        return expected

    def _read_state(self, state):
        state = state if isinstance(state, dict) else {}
        version = state.get("version")
        result = {
            "version": version[:32] if isinstance(version, str) else None,
            "is_full": state.get("is_full") is True,
        }
        for name in ("queued", "disk_used", "clock_drift"):
            value = state.get(name)
            is_number = type(value) is int and abs(value) < 2**31
            result[name] = value if is_number else 0
        return result

    def _take_results(self, device, results):
        """Note what became of commands."""
        if not isinstance(results, list):
            return
        for is_done, state in ((True, "done"), (False, "failed")):
            ids = [
                result[0]
                for result in results[: 10 * MAX_COMMANDS]
                if isinstance(result, list)
                and len(result) == 2
                and type(result[0]) is int
                and 0 < result[0] < 2**31
                and result[1] is is_done
            ]
            if ids:
                self.env.cr.execute(
                    SQL(
                        """
                        UPDATE access_command m
                           SET state = %s, done_at = now() AT TIME ZONE 'UTC'
                          FROM access_controller c
                         WHERE m.id = ANY(%s) AND m.state IN ('queued', 'sent')
                           AND c.id = m.controller_id AND c.device_id = %s
                        """,
                        state,
                        ids,
                        device.id,
                    )
                )

    def _give_commands(self, device):
        """Return what the controllers are to do; the same until there is a result."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, m.controller_id, m.name, m.payload, m.state,
                       extract(epoch FROM m.expires_at - %(now)s)::int
                  FROM access_command m
                  JOIN access_controller c ON c.id = m.controller_id
                 WHERE c.device_id = %(device)s AND m.state IN ('queued', 'sent')
                   AND (m.expires_at IS NULL OR m.expires_at > %(now)s)
                 ORDER BY m.id
                 LIMIT %(limit)s
                """,
                device=device.id,
                now=fields.Datetime.now(),
                limit=MAX_COMMANDS,
            )
        )
        queued = [row[0] for row in rows if row[4] == "queued"]
        if queued:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE access_command
                       SET state = 'sent', sent_at = now() AT TIME ZONE 'UTC',
                           attempts = COALESCE(attempts, 0) + 1
                     WHERE id = ANY(%s)
                    """,
                    queued,
                )
            )
        return [
            {
                "id": command_id,
                "controller": controller_id,
                "name": name,
                "payload": payload or {},
                "seconds": seconds,
            }
            for command_id, controller_id, name, payload, _state, seconds in rows
        ]

    # === HELPERS === #

    def _run_kept(self, call):
        """Run a call on a connection that still knows its plans: to plan the statement
        of a batch takes as long as a third of it. It is committed before the answer."""
        for attempt in range(1, TRIES + 1):
            try:
                with kept_cursor(
                    self.env.registry, ISOLATION_LEVEL_READ_COMMITTED
                ) as cr:
                    kept = self.with_env(self.env(cr=cr))
                    result = call(kept)
                    kept.env.flush_all()
                return result
            except psycopg2.OperationalError:
                if attempt == TRIES:
                    raise

    def _get_device(self):
        return self.env["school.device"].browse(self.env.context["school_device"])

    def _get_controller_ids(self, device):
        rows = self.env.execute_query(
            SQL("SELECT id FROM access_controller WHERE device_id = %s", device.id)
        )
        return {row[0] for row in rows}

    def _alarm(self, key, details):
        # sudo: the device has no rights to records
        self.env["access.alarm"].sudo()._raise_alarm(
            "gateway",
            key,
            school_id=self.env.context["school_device_school"],
            details=details,
        )
