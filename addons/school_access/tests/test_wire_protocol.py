"""The pure protocol, shared with the gateway: examples and properties."""

import doctest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from school_edge.protocol import card_dump, event_codes, event_keys, web_json

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

CARDS = st.integers(1, 2**48 - 1).map(lambda number: f"{number:012X}")
#: Steps of a controller's life: (seconds to the next event, card, set-back in hours).
LIVES = st.lists(
    st.tuples(st.integers(1, 900), st.integers(1, 3), st.sampled_from([0, 0, 0, 1])),
    min_size=1,
    max_size=25,
)

#: (size of the batch, seconds since the last one, whether the answer arrives)
DELIVERIES = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 10_000), st.booleans()), max_size=20
)


def live(steps):
    """Return the real events of a life with the clock's readings of them."""
    clock, events = datetime(2026, 11, 17, 8), []
    for seconds, card, hours_back in steps:
        clock += timedelta(seconds=seconds) - timedelta(hours=hours_back)
        events.append((16, f"{card:012X}", str(clock), 0))
    return events


def are_distinct(steps):
    events = live(steps)
    return len(set(events)) == len(events)


@tagged("post_install", "-at_install")
class TestWireProtocol(BaseCase):
    def test_examples_hold(self):
        for module in (web_json, event_codes, event_keys, card_dump):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module.__name__)
            self.assertFalse(result.failed, module.__name__)

    def test_every_code_of_the_table_has_a_meaning(self):
        # shared/protocols.md, 1.7
        kinds = {
            "opened": [0, 1, 4, 5, 8, 9, 48, 49, 52, 53],
            "refused": [2, 3, 6, 7, 10, 11, 26, 27, 50, 51, 54, 55],
            "alarm": [12, 13, 14, 15, 38, 39],
            "pass": [16, 17],
            "service": [*range(18, 24), *range(28, 38), 40, 41, 64, 65, 99, -1, 10**6],
        }
        for kind, codes in kinds.items():
            for code in codes:
                self.assertEqual(event_codes.meaning(code).kind, kind, code)
        for code in (85, 86):
            self.assertIsNone(event_codes.meaning(code))
        for code in (0, 2, 4, 6, 8, 10, 12, 14, 16, 22, 26, 32, 40, 48, 54):
            self.assertEqual(event_codes.meaning(code).reader, 1)
            self.assertEqual(event_codes.meaning(code + 1).reader, 2)

    @given(st.binary(max_size=200))
    def test_bytes_are_parsed_or_refused(self, body):
        request = web_json.parse(body)
        self.assertTrue(request is None or request.serial)

    @given(st.lists(CARDS, min_size=1, max_size=60), st.integers(0, 20))
    def test_a_packet_never_exceeds_its_limit(self, cards, answers):
        packet = web_json.Packet(datetime(2026, 11, 17), 10)
        for number in range(answers):
            packet.add(web_json.granted(2**40 + number, True))
        while cards and not packet.add(
            web_json.command(
                2**30, "add_cards", {"cards": [[c, 32, 255] for c in cards]}
            )
        ):
            cards = cards[:-1]
        self.assertLessEqual(len(packet.render()), web_json.PACKET_LIMIT)

    @given(LIVES.filter(are_distinct), DELIVERIES)
    def test_lost_answers_neither_lose_nor_double_an_event(self, steps, deliveries):
        """A controller sends what is not acknowledged until it is; some answers are
        lost. Each event has one key of its own, however often it was sent."""
        events = live(steps)
        state, now, sent, keys = None, 0, 0, {}
        for size, seconds, arrives in [*deliveries, (len(events), 1, True)]:
            now += seconds
            batch = events[sent : sent + size]
            state, keyed = event_keys.assign("44374", state, batch, now)
            for position, found in enumerate(keyed, sent):
                self.assertEqual(found.is_repeat, position in keys)
                self.assertEqual(keys.setdefault(position, found.key), found.key)
            if arrives:
                sent += len(batch)
        self.assertEqual(len(set(keys.values())), len(events))

    @given(LIVES, st.booleans())
    def test_events_after_a_set_back_are_no_repeats(self, steps, one_by_one):
        """The clock is set back by an hour now and then, so that equal events come with
        equal times. All of them are real."""
        events = live(steps)
        batches = [[event] for event in events] if one_by_one else [events]
        state, keys = None, []
        for number, batch in enumerate(batches):
            now = number * (event_keys.RETRY_SECONDS + 1)
            state, keyed = event_keys.assign("44374", state, batch, now)
            keys += [found.key for found in keyed]
        self.assertEqual(len(set(keys)), len(events))

    def test_a_post_that_the_network_delayed_is_a_repeat(self):
        events = live([(60, 1, 0), (60, 2, 0), (60, 3, 0)])
        state, [first] = event_keys.assign("44374", None, events[:1], 0)
        state, _later = event_keys.assign("44374", state, events[1:], 5)
        _state, [late] = event_keys.assign("44374", state, events[:1], 9)
        self.assertEqual((late.key, late.is_repeat), (first.key, True))

    def test_the_state_stays_small(self):
        events = live([(1, n % 3, 0) for n in range(2_000)])
        state, _keyed = event_keys.assign("44374", None, events[:999], 0)
        state, _keyed = event_keys.assign("44374", state, events[999:1_000], 0)
        self.assertEqual(len(state["tail"]), event_keys.TAIL)
