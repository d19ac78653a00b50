import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MODES

#: Most controllers, strange serial numbers and cards of one that are looked at.
MAX_CONTROLLERS, MAX_STRANGERS, MAX_CARDS = 100, 20, 20_000
_MODES = {code for code, _label in MODES}
#: A state that has not changed is written so often.
WRITE_SECONDS = 20


class AccessEdgeState(models.AbstractModel):
    """How controllers behind a gateway are, and what they hold, as it tells."""

    _name = "access.edge.state"
    _description = "State of controllers behind a gateway"

    @api.model
    def _take(self, device, message):
        """Take the parts ``state`` and ``lists`` of a call.

        ``state``: ``controllers`` (dicts with ``id``, ``seconds`` since the last call
        or null, ``firmware``, ``address``, ``mode``, ``has_sensor``,
        ``key_changed``), ``is_full``,
        ``set_backs``, ``strangers`` (serial numbers). ``lists``: {controller id:
        [[code, flags, zones]]}, all that is known to be held. ``compared``:
        [controller id, number of cards that differed] of memories that were read.
        """
        state = message.get("state")
        state = state if isinstance(state, dict) else {}
        known = self._read_controllers(device, state.get("controllers"))
        self._note_controllers(known)
        self._raise_alarms(device, state, known)
        lists = message.get("lists")
        if isinstance(lists, dict):
            self._take_lists(device, lists)
        compared = message.get("compared")
        if isinstance(compared, list):
            self._take_compared(device, compared)

    # === CONTROLLERS === #

    def _read_controllers(self, device, items):
        """Return rows of the gateway's own controllers, strangers' left out."""
        own = self.env["access.edge.api"]._get_controller_ids(device)
        rows = {}
        for item in items[:MAX_CONTROLLERS] if isinstance(items, list) else ():
            number = item.get("id") if isinstance(item, dict) else None
            if type(number) is int and number in own:
                mode = self._read_text(item.get("mode"))
                rows[number] = {
                    "id": number,
                    "seconds": self._read_seconds(item.get("seconds")),
                    "firmware": self._read_text(item.get("firmware")),
                    "address": self._read_text(item.get("address")),
                    "mode": mode if mode in _MODES else None,
                    "has_sensor": item.get("has_sensor") is True,
                    "key_changed": item.get("key_changed") is True,
                }
        return list(rows.values())

    def _read_seconds(self, value):
        is_number = type(value) is int and 0 <= value < 2**31
        return value if is_number else None

    def _read_text(self, value):
        is_text = isinstance(value, str) and value.isprintable()
        return (value[:64] or None) if is_text else None

    def _note_controllers(self, rows):
        """Most calls change nothing and write nothing."""
        if not any(row["seconds"] is not None for row in rows):
            return
        changed = self.env.execute_query(
            SQL(
                """
                UPDATE access_controller c
                   SET last_seen = n.seen, firmware = COALESCE(n.firmware, c.firmware),
                       address = COALESCE(n.address, c.address),
                       reported_mode = COALESCE(n.mode, c.reported_mode),
                       has_sensor = c.has_sensor OR n.has_sensor,
                       state = CASE WHEN n.seconds < 60 THEN 'online' ELSE c.state END
                  FROM (SELECT r.*, date_trunc('second', now() AT TIME ZONE 'UTC')
                                    - r.seconds * interval '1 second' AS seen
                          FROM json_to_recordset(%(rows)s::json)
                               AS r(id int, seconds int, firmware varchar,
                                    address varchar, mode varchar,
                                    has_sensor boolean)
                         WHERE r.seconds IS NOT NULL) n,
                       (SELECT id, state FROM access_controller) old
                 WHERE c.id = n.id AND old.id = c.id AND c.state <> 'revoked'
                   AND (c.last_seen IS NULL
                        OR n.seen > c.last_seen + %(seconds)s * interval '1 second'
                        OR c.firmware IS DISTINCT FROM
                           COALESCE(n.firmware, c.firmware)
                        OR c.reported_mode IS DISTINCT FROM
                           COALESCE(n.mode, c.reported_mode)
                        OR (n.has_sensor AND c.has_sensor IS NOT TRUE)
                        OR (n.seconds < 60 AND c.state <> 'online'))
             RETURNING c.id, old.state
                """,
                rows=json.dumps(rows),
                seconds=WRITE_SECONDS,
            )
        )
        self.env["access.controller"].invalidate_model()
        back = [number for number, state in changed if state == "silent"]
        if back:
            self.env["access.alarm"]._close_open("silent", back)

    # === ALARMS === #

    def _raise_alarms(self, device, state, rows):
        """Alarms of a gateway, counted once in so many minutes while they last."""
        found = []
        if state.get("is_full") is True:
            found.append(
                (
                    f"full-{device.id}",
                    self.env._("No room for events: controllers keep their own."),
                )
            )
        if self._read_seconds(state.get("set_backs")):
            found.append(
                (
                    f"clock-{device.id}",
                    self.env._("The clock of the gateway was set back."),
                )
            )
        self._raise_new("gateway", found, device)
        strangers = state.get("strangers")
        if isinstance(strangers, list):
            serials = [s for s in strangers[:MAX_STRANGERS] if self._read_text(s)]
            self._raise_new(
                "unknown_controller",
                [(f"edge-{s[:20]}", s[:20]) for s in serials],
                device,
            )
        for row in rows:
            if row["key_changed"]:
                self._raise_new(
                    "authorisation_changed", [(str(row["id"]), None)], device
                )

    def _raise_new(self, kind, keys, device):
        """Raise what is not open yet: a state is told with every call."""
        if not keys:
            return
        alarms = self.env["access.alarm"].sudo()  # the device has no rights to records
        open_keys = alarms.search(
            [
                ("kind", "=", kind),
                ("key", "in", [key for key, _details in keys]),
                "|",
                ("closed_at", "=", False),
                ("closed_at", ">", fields.Datetime.now() - timedelta(hours=1)),
            ]
        ).mapped("key")
        school_id = self.env.context["school_device_school"]
        alarms._raise_many(
            [
                {"kind": kind, "key": key, "school_id": school_id, "details": details}
                for key, details in keys
                if key not in open_keys
            ]
        )

    # === LISTS === #

    def _take_lists(self, device, lists):
        own = self.env["access.edge.api"]._get_controller_ids(device)
        for number, cards in list(lists.items())[:MAX_CONTROLLERS]:
            is_own = number.isdecimal() and len(number) < 10 and int(number) in own
            if is_own and isinstance(cards, list):
                controller = self.env["access.controller"].browse(int(number))
                self._take_list(controller, self._read_cards(cards))

    def _read_cards(self, cards):
        found = {}
        for card in cards[:MAX_CARDS]:
            if (
                isinstance(card, list)
                and len(card) == 3
                and isinstance(card[0], str)
                and card[0].isalnum()
                and len(card[0]) <= 16
                and all(self._read_seconds(value) is not None for value in card[1:])
            ):
                found[card[0]] = card[1:]
        return found

    def _take_list(self, controller, held):
        """Take over what the controller is known to hold."""
        columns = [list(held), *([card[n] for card in held.values()] for n in (0, 1))]
        self.env.cr.execute(controller._take_over_sql(*columns))
        controller._drop_done()

    def _take_compared(self, device, items):
        """Note which memories were compared; the gateway repairs them."""
        own = self.env["access.edge.api"]._get_controller_ids(device)
        found = {
            item[0]: item[1]
            for item in items[:MAX_CONTROLLERS]
            if isinstance(item, list)
            and len(item) == 2
            and all(self._read_seconds(value) is not None for value in item)
            and item[0] in own
        }
        # sudo: the device has no rights to records; these are its own
        controllers = self.env["access.controller"].sudo().browse(found)
        controllers.write({"compared_at": fields.Datetime.now()})
        alarms = self.env["access.alarm"]
        for controller in controllers:
            differences = found[controller.id]
            if differences:
                controller._alarm(
                    "list_differs",
                    details=self.env._(
                        "Cards that differed: %s. They are being repaired.", differences
                    ),
                )
            else:
                alarms._close_open("list_differs", [controller.id])
