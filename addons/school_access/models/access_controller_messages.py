from datetime import timedelta
from uuid import UUID, uuid5

from school_edge.protocol import card_dump, event_codes

from odoo import models
from odoo.tools import SQL

from .access_controller_call import _epoch

#: Namespace of the keys of refusals that the server decided itself.
CHECKS = UUID("d0c7c1a6-5a0d-5b0a-8c58-0a3f5c0d2b11")
#: A controller reports its own refusal so soon after it has asked.
COLLAPSE = timedelta(seconds=15)
#: Beyond this a report says nothing about the clock: it waited in the controller.
LIVE = timedelta(minutes=10)
LIVE_EVENTS = 4
#: Times of events that are taken as they are; others are those of the report.
PAST = timedelta(days=400)
FUTURE = timedelta(minutes=10)


class AccessController(models.Model):
    """What each message of a controller means (shared/protocols.md, 1.4)."""

    _inherit = "access.controller"

    # === STATE === #

    def _on_power_on(self, driver, link, request, message, answer, now):
        auth_hash, model = self._read("auth_hash", "model")
        self._update(
            model=request.model or model,
            firmware=message.firmware,
            address=message.address,
            reported_mode=message.mode,
            is_activated=not driver.has_activation,
        )
        if message.auth_hash and not auth_hash:
            self._update(auth_hash=message.auth_hash)
        elif message.auth_hash and message.auth_hash != auth_hash:
            self._alarm("authorisation_changed")
        if driver.has_activation:
            self._activate()
        self._tell_zones()
        if message.mode and message.mode != link.mode:
            self._queue_mode()

    def _on_ping(self, driver, link, request, message, answer, now):
        if driver.has_activation and not message.active:
            self._activate()
        elif not link.is_activated:
            self._update(is_activated=True)
        if message.mode and message.mode != link.mode:
            self._note_other_mode(message.mode, now)

    def _activate(self):
        """Ask the controller to work with the server; again until it says it does."""
        [asks_server] = self._read("asks_server")
        self._queue("set_active", {"active": True, "online": asks_server})

    def _note_other_mode(self, mode, now):
        """Put the mode right that somebody has changed at the controller itself."""
        self._update(reported_mode=mode)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 1 FROM access_command
                 WHERE controller_id = %s AND name = 'set_mode' AND (
                       state IN ('queued', 'sent') OR done_at > %s)
                 LIMIT 1
                """,
                self.id,
                now - timedelta(minutes=1),
            )
        )
        if not rows:
            self._queue_mode()

    # === CARDS AT A READER === #

    def _on_check(self, driver, link, request, message, answer, now):
        """Decide at once. A refusal is an event; the controller tells passages."""
        direction = link.direction(message.reader)
        verdict, person_id = self._decide_check(link, message, direction, now)
        if answer.granted(message.id, verdict == "granted") and verdict not in (
            "granted",
            "held",
        ):
            self._record_refusal(message, verdict, person_id, direction, now)

    def _decide_check(self, link, message, direction, now):
        decision = self.env["access.entry"]._decide(
            self.id, message.card, direction, now
        )
        if not decision.is_granted or link.verification == "none":
            return decision.verdict, decision.person_id
        person = self.env["access.person"].browse(decision.person_id)
        key = self._check_key(message, now)
        reply = self.point_id._ask_verification(self, person, direction, key)
        verdict = {"allow": "granted", "hold": "held"}.get(reply, "not_verified")
        return verdict, decision.person_id

    def _check_key(self, message, now):
        """A repeat of the same question within the minute is the same refusal."""
        minute = now.replace(second=0, microsecond=0)
        name = f"{self.id}|{message.id}|{message.card}|{message.reader}|{minute}"
        return str(uuid5(CHECKS, name))

    def _record_refusal(self, message, verdict, person_id, direction, now):
        self._record_rows(
            [
                {
                    "controller": self.id,
                    "key": self._check_key(message, now),
                    "occurred_at": now,
                    "kind": "refused",
                    "card": message.card,
                    "person": person_id,
                    "direction": direction,
                    "verdict": verdict,
                }
            ]
        )

    # === EVENTS === #

    def _on_events(self, driver, link, request, message, answer, now):
        """Store a batch: what is acknowledged is in the log or kept apart."""
        state, has_sensor, refused_at = self._read(
            "wire_state", "has_sensor", "refused_at"
        )
        if not has_sensor and self._tells_passages(message.events):
            has_sensor = True
            self._update(has_sensor=True)
        new_state, facts = driver.facts(
            link.serial, state, message.events, _epoch(now), link.tz, has_sensor
        )
        self._store(link, facts, now)
        self._update(wire_state=new_state)
        if refused_at:
            self._update(refused_at=None)
        self._note_drift(facts, link, now)
        answer.stored(message.id, message, len(message.events))

    def _tells_passages(self, events):
        return any(
            getattr(event, "code", None) in event_codes.PASSED for event in events
        )

    def _store(self, link, facts, now):
        """Record what is new."""
        collapsed = self._own_refusals(link, facts, now)
        rows = [
            self._prepare_event(link, fact, now)
            for position, fact in enumerate(facts)
            if fact and not fact.is_repeat and position not in collapsed
        ]
        self._record_rows(rows)

    def _record_rows(self, rows):
        """Record events; what the server fails at is kept apart."""
        apart = self.env["access.event"]._record_apart(rows)
        if apart:
            events = [rows[position] for position in apart]
            self.env["access.edge.incident"]._keep(self, events)
            details = self.env._("Events are kept apart: see refused events.")
            self._alarm("events_apart", details=details, count=len(events))

    def _prepare_event(self, link, fact, now):
        occurred_at = fact.occurred_at
        is_clock_wrong = not occurred_at or not now - PAST < occurred_at < now + FUTURE
        if is_clock_wrong:
            occurred_at = now  # what it says is nonsense, the server's time is near
        return {
            "controller": self.id,
            "key": fact.key,
            "occurred_at": occurred_at,
            "kind": fact.kind,
            "card": fact.card,
            "direction": link.direction(fact.reader),
            "verdict": fact.verdict,
            "code": fact.code,
            "flag": fact.flag,
            "is_clock_wrong": is_clock_wrong,
        }

    def _own_refusals(self, link, facts, now):
        """Return the positions of refusals that the server has recorded when it was
        asked: the controller only says them once more."""
        candidates = [
            (position, fact)
            for position, fact in enumerate(facts)
            if fact and fact.is_own_refusal and not fact.is_repeat
        ]
        if not candidates:
            return set()
        times = [fact.occurred_at or now for _position, fact in candidates]
        checks = self._get_checks(min([*times, now]) - COLLAPSE, now)
        found = set()
        for position, fact in candidates:
            same = [
                check
                for check in checks
                if check[1:] == (fact.card, link.direction(fact.reader))
                and (
                    now - check[0] <= COLLAPSE
                    or abs((fact.occurred_at or now) - check[0]) <= COLLAPSE
                )
            ]
            if same:
                found.add(position)
                checks.remove(same[0])
        return found

    def _get_checks(self, since, until):
        return self.env.execute_query(
            SQL(
                """
                SELECT occurred_at, COALESCE(card, ''), direction
                  FROM access_event_log
                 WHERE controller_id = %s AND occurred_at BETWEEN %s AND %s
                   AND kind = 'refused' AND code IS NULL
                 ORDER BY occurred_at
                """,
                self.id,
                since,
                until,
            )
        )

    def _note_drift(self, facts, link, now):
        """Measure the clock by the newest event: it was sent when it happened, if the
        controller was there before, and no event is of the future."""
        times = [
            fact.occurred_at
            for fact in facts
            if fact and fact.occurred_at and not fact.is_repeat
        ]
        if not times:
            return
        drift = times[-1] - now
        is_live = (
            len(facts) <= LIVE_EVENTS
            and link.is_activated
            and link.last_seen
            and now - link.last_seen < timedelta(minutes=1)
        )
        if drift > timedelta(0) or (is_live and -drift < LIVE):
            seconds = max(-(2**31), min(2**31 - 1, int(drift.total_seconds())))
            self._update(clock_drift=seconds)

    # === COMMANDS === #

    def _on_result(self, driver, link, request, message, answer, now):
        done = self.env["access.command"]._acknowledge(
            self.id, message.id, message.success, now
        )
        if not done or not message.success:
            return
        name, payload = done
        if name == "set_active":
            self._update(is_activated=bool(payload.get("active")))
        elif name == "set_mode":
            self._update(reported_mode=payload["mode"])
        elif name in ("add_cards", "del_cards"):
            self._confirm_list_changes([tuple(c) for c in payload["changes"]])
        elif name == "clear_cards":
            self._forget_list()
        elif name == "read_cards":
            [dump] = self._read("card_dump")
            self._update(card_dump=card_dump.start(_epoch(now), dump))

    def _on_cards(self, driver, link, request, message, answer, now):
        [dump] = self._read("card_dump")
        if dump:
            self._update(card_dump=card_dump.add(dump, message.cards, _epoch(now)))

    def _finish_dump(self, now):
        """Compare once nothing more comes. A part may be lost, the last one without a
        trace: what looks short is read again and both are taken together."""
        self._lock()
        [dump] = self._read("card_dump")
        if not dump or not card_dump.is_over(dump, _epoch(now)):
            return
        held = card_dump.held(dump)
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM access_entry"
                " WHERE controller_id = %s AND is_held",
                self.id,
            )
        )
        is_short = not card_dump.is_whole(dump) or len(held) < rows[0][0]
        if is_short and dump["tries"] < card_dump.TRIES:
            self._update(card_dump=card_dump.again(dump))
            self._queue("read_cards")
        else:
            self._update(card_dump=None)
            if not any(self._compare_list(held).values()):
                self.env["access.alarm"]._close_open("list_differs", [self.id])
