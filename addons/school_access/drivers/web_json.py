"""IronLogic Z-5R Web, Web BT, Wi-Fi: Web-JSON (shared/protocols.md, section 1)."""

from school_edge.protocol import event_codes, event_keys, web_json

from .base import Answer, Driver, Fact, to_utc


class WebJson(Driver):
    code = "web_json"
    path = "/school_access/v1/c/"
    has_activation = True
    commands = frozenset(
        (
            "set_active",
            "open_door",
            "set_mode",
            "set_timezone",
            "set_door_params",
            "add_cards",
            "del_cards",
            "clear_cards",
            "read_cards",
        )
    )

    def parse(self, body):
        return web_json.parse(body)

    def answer(self, date, interval):
        return WebJsonAnswer(web_json.Packet(date, interval))

    def facts(self, serial, state, events, now, tz, has_sensor):
        # What is no event at all has no key either; it is acknowledged with the rest.
        real = [event for event in events if event]
        state, keyed = event_keys.assign(
            serial, state, [(e.code, e.card, e.time, e.flag) for e in real], now
        )
        keys = iter(keyed)
        facts = [
            self._fact(event, next(keys), tz, has_sensor) if event else None
            for event in events
        ]
        return state, facts

    def _fact(self, event, keyed, tz, has_sensor):
        meaning = event_codes.meaning(event.code, has_sensor)
        if not meaning:
            return None
        return Fact(
            keyed.key,
            to_utc(event.local_time, tz),
            meaning.kind,
            meaning.verdict,
            meaning.reader,
            event.card,
            event.code,
            event.flag,
            keyed.is_repeat,
            event.code in event_codes.NOT_FOUND + event_codes.NOT_ALLOWED,
        )


class WebJsonAnswer(Answer):
    def __init__(self, packet):
        self._packet = packet

    def granted(self, number, is_granted):
        return self._packet.add(web_json.granted(number, is_granted))

    def stored(self, number, message, count):
        return self._packet.add(web_json.events_success(number, count))

    def command(self, number, name, payload):
        return self._packet.add(web_json.command(number, name, payload))

    def card_changes(self, number, name, cards):
        fitting = cards[: web_json.CARDS_IN_COMMAND]
        while fitting and not self.command(number, name, {"cards": fitting}):
            fitting = fitting[:-1]
        return len(fitting)

    def render(self):
        return self._packet.render()
