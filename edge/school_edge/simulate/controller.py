"""A Z-5R Web controller as its firmware behaves (Web-JSON protocol).

It calls the server, is activated by it, keeps cards and events in its own memory, asks
about each card while it is on line and decides by its memory while it is not. An event
leaves its memory only when the server has said how many it took.
"""

import asyncio
import contextlib
import itertools
import json
import time

from .link import Unreachable

#: A packet of the controller is no larger, in bytes.
PACKET = 2048
#: Cards are read back in batches of this size.
READ_BATCH = 11
#: Cards with this flag are known and do not open.
BLOCKING = 8
READERS = {"in": 1, "out": 2}
#: Codes of events for the entrance; the exit has the next one.
NOT_FOUND, OPENED, NOT_ALLOWED, BY_NETWORK, PASSED = 2, 4, 6, 8, 16
LOCKED, FREE = 1, 2
#: How long it waits before it calls a server again that did not answer.
RETRY_SECONDS = 2.0


class Controller:
    """One controller; `link` carries its packets, `clock` is its own."""

    def __init__(self, serial, link, clock, truth, kind="Z5RWEB", firmware="3.23"):
        self.serial = serial
        self.link = link
        self.clock = clock
        self.truth = truth
        self.kind = kind
        self.firmware = firmware
        self.cards = {}
        self.events = []
        self.zones = {}
        self.is_active = False
        self.is_online = False
        self.mode = 0
        self.interval = 10
        self.answer_times = []
        self._ids = itertools.count(1)
        self._outgoing = []
        self._wake = asyncio.Event()
        self._calling = asyncio.Lock()

    # === WHAT PEOPLE DO === #

    async def tap(self, card, direction):
        """Put a card to a reader; return whether the door opened."""
        granted = await self._is_granted(card, direction)
        odd = 0 if direction == "in" else 1
        if granted:
            self._happened(OPENED + odd, card)
            self._happened(PASSED + odd, card)
        else:
            known = card in self.cards
            self._happened((NOT_ALLOWED if known else NOT_FOUND) + odd, card)
        self.truth.tap(self.serial, card, direction, granted, self.clock.now())
        self._wake.set()
        return granted

    def force(self):
        """Open the door by force: the contact of the door tells."""
        self._happened(12, "")
        self._wake.set()

    def reboot(self):
        """Lose everything but the memory of cards and events."""
        self.is_active = self.is_online = False
        self.mode = 0
        self._outgoing.clear()
        self._wake.set()

    def _happened(self, code, card):
        event = {
            "flag": 0,
            "event": code,
            "time": self.clock.text(),
            "card": card or "0" * 12,
        }
        self.events.append(event)
        self.truth.event(self.serial, event)

    async def _is_granted(self, card, direction):
        if self.mode == FREE:
            return True
        if self.mode == LOCKED:
            return False
        if self.is_online:
            message = {
                "id": next(self._ids),
                "operation": "check_access",
                "card": card,
                "reader": READERS[direction],
            }
            began = time.perf_counter()
            try:
                answers = await self._call([message], id_=message["id"])
                self.answer_times.append(time.perf_counter() - began)
                return any(answer.get("granted") == 1 for answer in answers)
            except Unreachable:
                self.is_online = False
        flags = self.cards.get(card, {}).get("flags", BLOCKING)
        return not flags & BLOCKING

    # === THE CONVERSATION === #

    async def run(self):
        """Talk to the server until cancelled."""
        while True:
            try:
                await self._talk()
                pause = 0 if self._outgoing or self.events else self.interval
            except Unreachable:
                # the server is taken for dead: on its own, and from the beginning
                self.is_active = self.is_online = False
                pause = min(RETRY_SECONDS, self.interval)
            self._wake.clear()
            if pause:
                # not wait_for: up to Python 3.11 it may swallow a cancellation
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()

    async def settle(self, timeout=60):
        """Wait until every event has been taken by the server."""
        async with asyncio.timeout(timeout):
            while self.events:
                self._wake.set()
                await asyncio.sleep(0.05)

    async def _talk(self):
        if not self.is_active:
            await self._call([self._power_on()])
            return
        acknowledged = self._take_outgoing()
        try:
            if self.events:
                await self._send_events(acknowledged)
            else:
                await self._call([*acknowledged, self._ping()])
        except Unreachable:
            self._outgoing = acknowledged + self._outgoing
            raise

    async def _send_events(self, acknowledged):
        message = {"id": next(self._ids), "operation": "events", "events": []}
        for event in self.events:
            message["events"].append(event)
            if self._size([*acknowledged, message]) > PACKET:
                message["events"].pop()
                break
        answers = await self._call([*acknowledged, message], id_=message["id"])
        for answer in answers:
            taken = answer.get("events_success")
            if isinstance(taken, int):
                count = min(taken, len(message["events"]))
                self.truth.taken(self.serial, self.events[:count])
                del self.events[:count]

    async def _call(self, messages, id_=None):
        """Send messages, obey what comes back; return the answers to `id_`."""
        async with self._calling:
            answer = await self.link.post(self._envelope(messages))
        if not isinstance(answer, dict) or not isinstance(answer.get("messages"), list):
            raise Unreachable("not a document")
        self.clock.set(answer.get("date"))
        self.interval = answer.get("interval") or self.interval
        own = [m for m in answer["messages"] if id_ is not None and m.get("id") == id_]
        for command in answer["messages"]:
            if command.get("operation") not in ("check_access", "events"):
                self._obey(command)
        return own

    def _take_outgoing(self):
        """Return what waits to be told, as much of it as leaves room for events."""
        taken = []
        while self._outgoing and self._size([*taken, self._outgoing[0]]) < PACKET // 2:
            taken.append(self._outgoing.pop(0))
        if not taken and self._outgoing:  # a batch of cards fills more than that
            taken.append(self._outgoing.pop(0))
        return taken

    def _envelope(self, messages):
        return {"type": self.kind, "sn": self.serial, "messages": messages}

    def _size(self, messages):
        return len(json.dumps(self._envelope(messages), separators=(",", ":")))

    def _power_on(self):
        return {
            "id": next(self._ids),
            "operation": "power_on",
            "fw": self.firmware,
            "conn_fw": "1.0.123",
            "active": 0,
            "mode": self.mode,
            "controller_ip": "127.0.0.1",
        }

    def _ping(self):
        return {
            "id": next(self._ids),
            "operation": "ping",
            "active": int(self.is_active),
            "mode": self.mode,
        }

    # === COMMANDS === #

    def _obey(self, command):
        """Do what the server asks and remember to say so; without a number, nothing."""
        if not isinstance(command.get("id"), int):
            return
        act = getattr(self, f"_do_{command.get('operation')}", None)
        done = bool(act) and act(command) is not False
        self._outgoing.append({"id": command["id"], "success": int(done)})

    def _do_set_active(self, command):
        if "active" not in command or "online" not in command:
            return False
        self.is_active = command["active"] == 1
        self.is_online = command["online"] == 1

    def _do_open_door(self, command):
        self._happened(BY_NETWORK + (command.get("direction") or 0), "")

    def _do_set_mode(self, command):
        self.mode = command["mode"]
        self._happened(37, "")

    def _do_set_timezone(self, command):
        self.zones[command["zone"]] = command

    def _do_set_door_params(self, command):
        return True

    def _do_add_cards(self, command):
        for card in command["cards"]:
            self.cards[card["card"]] = {
                "flags": card.get("flags", 0),
                "tz": card.get("tz", 255),
            }

    def _do_del_cards(self, command):
        for card in command["cards"]:
            self.cards.pop(card["card"], None)

    def _do_clear_cards(self, command):
        self.cards.clear()

    def _do_read_cards(self, command):
        cards = [
            {"pos": position, "card": code, **values}
            for position, (code, values) in enumerate(sorted(self.cards.items()))
        ]
        for first in range(0, len(cards), READ_BATCH):
            batch = cards[first : first + READ_BATCH]
            self._outgoing.append({"id": next(self._ids), "cards": batch})
