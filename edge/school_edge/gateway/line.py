"""The conversation with one controller: its commands, its cards, its state."""

import logging
from collections import deque

from school_edge.protocol import card_dump, web_json

#: A command that is not answered by then is sent again.
ANSWER_SECONDS = 20.0
#: Nothing from the controller for so long: it is silent.
SILENT_SECONDS = 60.0
#: Seconds between two calls while there is something to tell.
BUSY_INTERVAL = 1
#: Commands of the server that wait for one controller.
MAX_QUEUE = 100
#: A controller reports its own refusal so soon after it has asked.
COLLAPSE_SECONDS = 15.0
#: Of flags and zones, what a controller is told; it may keep bits of its own.
FLAGS, ZONES = web_json.FLAG_BLOCKING | web_json.FLAG_SHORT, 127

_logger = logging.getLogger(__name__)


class Sent:
    """A command on its way.

    :param number: of the server's command, None for our own
    :param expires_at: seconds of the steady clock, None for never
    """

    def __init__(self, name, payload, number=None, expires_at=None):
        self.name, self.payload = name, payload
        self.number, self.expires_at = number, expires_at
        self.sent_at = None


class Line:
    """What the gateway knows of a controller that is not in its rules.

    :param dict held: {code: (flags, zones)} in its memory, (None, None) if not sure
    """

    def __init__(self, number, held, journal, steady):
        self.number = number
        self.held = held
        self.journal = journal
        self.steady = steady
        self.wanted = {}
        self.mode = None
        self.wanted_mode = "normal"
        self.asks = True
        #: payloads of `set_timezone`, told again after each start
        self.zones = ()
        #: it tells when somebody has passed; until then, that the door opened counts
        self.has_sensor = False
        self.is_active = False
        self.seen_at = None
        #: until then somebody may say yes to who waits at the door
        self.busy_until = 0.0
        self.firmware = self.address = self.auth_hash = ""
        self.is_key_changed = False
        #: found by the last comparison; None once the server knows
        self.differences = None
        #: counts changes of `held`, and of what the server was told of them
        self.changes, self.told_changes = 1, 0
        self.queue = deque()
        self.sent = {}
        self.dump = None
        self._refused = {}
        self._next = int(steady() * 1000)

    # === STATE === #

    def is_silent(self):
        return self.seen_at is None or self.steady() - self.seen_at > SILENT_SECONDS

    def seconds_silent(self):
        """Return the seconds since the last post, None before the first."""
        return None if self.seen_at is None else int(self.steady() - self.seen_at)

    def configure(self, controller, wanted):
        """Take over what the rules want of the controller."""
        self.wanted = wanted
        self.wanted_mode = controller["mode"]
        self.asks = controller.get("asks_server", True)
        self.has_sensor |= controller.get("has_sensor", False)
        self.zones = controller.get("time_zones", ())

    def hello(self, message):
        """The controller has started: what it was told before may be lost; the cards in
        its memory are not."""
        self.is_key_changed |= bool(
            self.auth_hash and message.auth_hash != self.auth_hash
        )
        self.auth_hash = self.auth_hash or message.auth_hash
        self.firmware, self.address = message.firmware, message.address
        self.report(message)
        self.is_active = False
        for command in self.sent.values():
            self._again(command)
        self.sent.clear()
        kept = [c for c in self.queue if c.number or c.name != "set_timezone"]
        self.queue = deque([*(Sent("set_timezone", z) for z in self.zones), *kept])

    def report(self, message):
        self.is_active = message.active
        if message.mode:
            self.mode = message.mode

    def refuse(self, card, direction):
        """Remember that the controller was told no: its own report says it again."""
        self._refused[card, direction] = self.steady()
        while len(self._refused) > MAX_QUEUE:
            del self._refused[next(iter(self._refused))]

    def is_told(self, card, direction):
        """Tell, once, whether a refusal that the controller reports is recorded."""
        moment = self._refused.pop((card, direction), None)
        return moment is not None and self.steady() - moment <= COLLAPSE_SECONDS

    # === COMMANDS === #

    def ask(self, name, payload, number=None, expires_at=None):
        """Put a command of the server into the queue; tell whether there was room."""
        if len(self.queue) >= MAX_QUEUE:
            return False
        if name == "set_mode":
            self.wanted_mode = payload.get("mode", self.wanted_mode)
        self.queue.append(Sent(name, payload, number, expires_at))
        return True

    async def fill(self, packet):
        """Add to an answer what the controller is to do next."""
        await self._drop_unanswered()
        if not self.is_active:
            if not self._is_sent("set_active"):
                self._send(
                    packet, Sent("set_active", {"active": True, "online": self.asks})
                )
            return  # the rest when it is there
        if self._is_mode_wrong() and not self._is_sent("set_mode"):
            self._send(packet, Sent("set_mode", {"mode": self.wanted_mode}))
        # A card that must not open waits for nothing.
        await self._send_cards(packet, "del_cards")
        if await self._send_queue(packet) and not self._is_reading():
            await self._send_cards(packet, "add_cards")

    def is_quiet(self):
        """Tell whether the cards in the controller are as they should be."""
        return self.held.keys() <= self.wanted.keys() and not self._get_changes(
            "add_cards"
        )

    def is_busy(self):
        """Tell whether the controller should call again soon."""
        if not self.is_active or self.queue or self._is_mode_wrong():
            return True
        if self.steady() < self.busy_until:
            return True
        if self._is_reading():
            return bool(self._get_changes("del_cards"))
        return not self.is_quiet()

    async def _drop_unanswered(self):
        now = self.steady()
        for wire_id, command in list(self.sent.items()):
            if now - command.sent_at > ANSWER_SECONDS:
                del self.sent[wire_id]
                self._again(command)

    def _again(self, command):
        """Repeat a command that may be lost; a door must not open by surprise."""
        if command.number is None and command.name != "set_timezone":
            return  # our own are made anew
        if command.name == "open_door":
            command.expires_at = 0
        self.queue.appendleft(command)

    async def _send_queue(self, packet):
        """Tell whether everything was sent."""
        while self.queue:
            command = self.queue[0]
            if command.expires_at is not None and self.steady() > command.expires_at:
                is_done = False
            else:
                try:
                    if not self._send(packet, command):
                        return False
                    is_done = None
                except (AttributeError, KeyError, TypeError, ValueError):
                    _logger.warning("Command %s is not understood", command.name)
                    is_done = False
            self.queue.popleft()
            if is_done is False:
                await self._end(command, False)
        return True

    def _is_mode_wrong(self):
        return self.mode not in (None, self.wanted_mode)

    def _is_reading(self):
        return self.dump is not None or self._is_sent("read_cards")

    def _is_sent(self, *names):
        return any(command.name in names for command in self.sent.values())

    def _send(self, packet, command):
        """Tell whether there was room for a command."""
        self._next += 1
        wire_id = web_json.command_id(self._next)
        message = web_json.command(wire_id, command.name, command.payload)
        if not packet.add(message):
            return False
        command.sent_at = self.steady()
        self.sent[wire_id] = command
        return True

    async def answered(self, result):
        """The controller tells what became of a command."""
        command = self.sent.pop(result.id, None)
        if command is None:
            return
        if command.name == "set_active":
            self.is_active = result.success
        elif command.name == "set_mode" and result.success:
            self.mode = command.payload.get("mode")
        elif command.name == "read_cards":
            now = int(self.steady())
            self.dump = card_dump.start(now, self.dump) if result.success else None
        elif command.name in ("add_cards", "del_cards", "clear_cards"):
            await self._note_cards(command, result.success)
        await self._end(command, result.success)

    async def _end(self, command, is_done):
        if command.number is not None:
            await self.journal.note("end_command", command.number, is_done)

    # === CARDS === #

    def _get_changes(self, name):
        """Return the codes that the controller's memory has too many or lacks, without
        those it has just been told to delete."""
        if name == "add_cards":
            return [
                code
                for code, values in self.wanted.items()
                if not _is_same(self.held.get(code), values)
            ]
        on_way = {
            code
            for command in self.sent.values()
            if command.name == name
            for code in command.payload["cards"]
        }
        return [c for c in self.held if c not in self.wanted and c not in on_way]

    async def _send_cards(self, packet, name):
        """Tell the next part of the difference. Only one part of new cards is on its
        way, and none beside deletions."""
        is_add = name == "add_cards"
        if is_add and self._is_sent("add_cards", "del_cards", "clear_cards"):
            return
        codes = self._get_changes(name)[: web_json.CARDS_IN_COMMAND]
        # On a full disk, no card that would be forgotten, and not deleted, later.
        if not codes or is_add and not await self.journal.catch_up():
            return
        # From now on the controller may hold them, whether it says so or not.
        await self._hold([(code, None, None) for code in codes])
        if is_add and self.journal.is_late():
            return
        cards = [[code, *self.wanted[code]] for code in codes] if is_add else codes
        self._send(packet, Sent(name, {"cards": cards}))

    async def _note_cards(self, command, success):
        if command.name == "clear_cards":
            if success:
                self.held = {}
                self.changes += 1
                await self.journal.note("set_held", self.number, whole=True)
            return
        cards = command.payload.get("cards", ())
        if command.name == "add_cards" and success:
            await self._hold([tuple(card) for card in cards])
        elif command.name == "del_cards":
            # It cannot delete what it does not hold: refused is gone as well.
            for code in cards:
                self.held.pop(code, None)
            self.changes += 1
            await self.journal.note("set_held", self.number, gone=list(cards))

    async def _hold(self, cards):
        for code, flags, zones in cards:
            self.held[code] = (flags, zones)
        self.changes += 1
        await self.journal.note("set_held", self.number, cards)

    async def read_back(self, cards):
        """A part of the controller's memory."""
        if self.dump is not None:
            self.dump = card_dump.add(self.dump, cards, int(self.steady()))

    async def end_dump(self):
        """Compare when the controller has told all it holds. A part may be lost, the
        last one without a trace: what looks short is read again and taken together.

        :return: number of differences, None while it is not over
        """
        if self.dump is None:
            return None
        if not card_dump.is_over(self.dump, int(self.steady())):
            self._read_again()
            return None
        dump, self.dump = self.dump, None
        found = card_dump.held(dump)
        known = [code for code, values in self.held.items() if values[0] is not None]
        is_short = not card_dump.is_whole(dump) or len(found) < len(known)
        if is_short and dump["tries"] < card_dump.TRIES:
            self.dump = card_dump.again(dump)
            self._read_again()
            return None
        differences = sum(code not in found for code in known) + sum(
            self._is_surprise(code, values) for code, values in found.items()
        )
        # What must not be there and was not read is deleted all the same.
        unread = self.held.keys() - self.wanted.keys() - found.keys()
        self.held = found | dict.fromkeys(unread, (None, None))
        self.differences = differences
        self.changes += 1
        rows = [(code, *values) for code, values in self.held.items()]
        await self.journal.note("set_held", self.number, rows, whole=True)
        return differences

    def _is_surprise(self, code, values):
        """Tell whether a card in the memory is another than believed; what is on its
        way is not."""
        believed = self.held.get(code)
        if believed is not None and believed[0] is None:
            return False
        return not _is_same(believed, values)

    def _read_again(self):
        """Ask once more for cards, also when that was not answered."""
        is_asked = self._is_sent("read_cards") or any(
            command.name == "read_cards" for command in self.queue
        )
        if self.dump["at"] is None and not is_asked:
            self.ask("read_cards", {})


def _is_same(held, wanted):
    """
    >>> _is_same((64, 255), (0, 127)), _is_same((8, 255), (0, 255))
    (True, False)
    """
    if held is None or held[0] is None:
        return False
    return (held[0] ^ wanted[0]) & FLAGS == 0 and (held[1] ^ wanted[1]) & ZONES == 0
