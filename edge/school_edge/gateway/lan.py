"""What the controllers of the school's network are answered (Web-JSON)."""

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from school_edge.protocol import event_codes, web_json
from school_edge.protocol.windows import GRANTED

from . import presence
from .line import BUSY_INTERVAL
from .questions import HELD

#: Serial numbers of strangers that are remembered for the server.
MAX_STRANGERS = 20

_logger = logging.getLogger(__name__)


class Lan:
    """Answers posts of controllers; `gateway` has rules, lines, journal and clock."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.strangers = {}

    async def handle(self, request):
        """Answer one post; whatever is wrong with it or with us, it is answered: a
        controller that gets anything but 200 decides by its own memory."""
        try:
            return await self._handle(request)
        except web.HTTPException:
            raise
        except Exception:
            _logger.exception("A post of a controller failed")
            return self._answer(self._packet(self.gateway.settings.interval))

    async def _handle(self, request):
        gateway = self.gateway
        parsed = web_json.parse(await request.read())
        controller = parsed and self._find(parsed, request)
        if controller is None:
            return self._answer(self._packet(gateway.settings.interval))
        line = gateway.lines[controller["id"]]
        line.seen_at = line.steady()
        answers = []
        for message in parsed.messages:
            answers.append(await self._take(controller, line, message))
        is_busy = line.is_busy()
        packet = self._packet(BUSY_INTERVAL if is_busy else gateway.settings.interval)
        for answer in filter(None, answers):
            packet.add(answer)
        await line.fill(packet)
        return self._answer(packet)

    def _packet(self, interval):
        return web_json.Packet(self._local_now(), interval)

    def _answer(self, packet):
        return web.Response(body=packet.render(), content_type="application/json")

    def _find(self, parsed, request):
        """Return the controller of a post, None for one that is not ours."""
        controller = self.gateway.rules.by_serial.get(parsed.serial)
        secret = request.match_info.get("secret", "")
        if controller and self.gateway.is_secret(controller, secret):
            return controller
        if parsed.serial in self.strangers or len(self.strangers) < MAX_STRANGERS:
            count = self.strangers.get(parsed.serial, 0)
            self.strangers[parsed.serial] = count + 1
        return None

    async def _take(self, controller, line, message):
        """Do what a message asks; return the message that answers it."""
        match message:
            case web_json.CheckAccess():
                return self._check(controller, line, message)
            case web_json.Events():
                count = await self._store(controller, line, message.events)
                return web_json.events_success(message.id, count)
            case web_json.PowerOn():
                line.hello(message)
            case web_json.Ping():
                line.report(message)
            case web_json.Result():
                await line.answered(message)
            case web_json.Cards():
                await line.read_back(message.cards)
        return None

    # === DECISIONS === #

    def _check(self, controller, line, message):
        gateway = self.gateway
        direction = gateway.rules.direction(controller, message.reader)
        person = gateway.rules.person(controller, message.card)
        inside = presence.is_behind(gateway.place(person), controller)
        verdict = gateway.rules.decide(
            controller,
            direction,
            message.card,
            gateway.clock.utc(),
            inside,
            line.wanted_mode,
        )
        if verdict == GRANTED and gateway.rules.is_asked(controller, line.wanted_mode):
            verdict = gateway.questions.ask(controller, line, message, direction)
        if verdict != GRANTED:
            line.refuse(message.card, direction)
        if verdict not in (GRANTED, HELD):
            self.note_refusal(controller, message, direction, verdict)
        return web_json.granted(message.id, verdict == GRANTED)

    def note_refusal(self, controller, message, direction, verdict):
        """Record a refusal; the answer to the door does not wait for the disk."""
        now = self.gateway.clock.utc().isoformat()
        minute = now[:16]  # a repeat of the same question is the same refusal
        key = f"{controller['id']}|{message.id}|{message.card}|{direction}|{minute}"
        body = {
            "controller": controller["id"],
            "occurred_at": now,
            "received_at": now,
            "kind": event_codes.REFUSED,
            "card": message.card,
            "direction": direction,
            "verdict": verdict,
        }
        self.gateway.spawn(
            self.gateway.journal.append(
                controller["id"], None, [(key, body, None, None)]
            )
        )

    # === EVENTS === #

    async def _store(self, controller, line, events):
        """Store a batch; return how many events the controller may forget."""
        line.has_sensor |= any(
            event is not None and event.code in event_codes.PASSED for event in events
        )
        prepared = [self._prepare(controller, line, event) for event in events]
        new = await self.gateway.journal.append(
            controller["id"], controller["serial"], prepared
        )
        if new is None:
            return 0
        for position in new:
            _natural, _body, person, place = prepared[position]
            if person is not None and place is not None:
                self.gateway.move(person, place)
        return len(events)

    def _prepare(self, controller, line, event):
        """Return (natural key, body or None, person or None, their place or None)."""
        if event is None:
            return (-1, "", "", 0), None, None, None
        natural = (event.code, event.card, event.time, event.flag)
        meaning = event_codes.meaning(event.code, line.has_sensor)
        if meaning is None:
            return natural, None, None, None
        direction = self.gateway.rules.direction(controller, meaning.reader)
        is_own_refusal = event.code in event_codes.NOT_FOUND + event_codes.NOT_ALLOWED
        if is_own_refusal and line.is_told(event.card, direction):
            return natural, None, None, None
        now = self.gateway.clock.utc()
        body = {
            "controller": controller["id"],
            "occurred_at": self._utc(event.local_time, now).isoformat(),
            "received_at": now.isoformat(),
            "kind": meaning.kind,
            "card": event.card,
            "direction": direction,
            "verdict": meaning.verdict,
            "code": event.code,
            "flag": event.flag,
        }
        person = None
        if meaning.kind == event_codes.PASS:
            person = self.gateway.rules.person(controller, event.card)
        since = min(body["occurred_at"], body["received_at"])  # its clock may be wrong
        return natural, body, person, presence.after(controller, direction, since)

    # === TIME === #

    def _zone(self):
        return ZoneInfo(self.gateway.rules.timezone)

    def _local_now(self):
        now = self.gateway.clock.utc().replace(tzinfo=UTC)
        return now.astimezone(self._zone()).replace(tzinfo=None)

    def _utc(self, local_time, now):
        """Return the naive UTC of a controller's local time, `now` for nonsense."""
        if not isinstance(local_time, datetime):
            return now
        moment = local_time.replace(tzinfo=self._zone()).astimezone(UTC)
        return moment.replace(tzinfo=None)
