from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from .common import MORNING
from .events_common import EventsCase

#: Close enough together to be pairs, repetitions and equal times.
MOMENTS = st.sampled_from([*range(0, 12, 2), 30, 34, 300, 304, -60_000])
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "at": MOMENTS,
            "direction": st.sampled_from(["in", "out", None]),
            "code": st.sampled_from([None, 4, 5, 16, 17]),
            "kind": st.sampled_from(["pass", "pass", "pass", "refused"]),
            "person": st.integers(0, 1),
            "controller": st.integers(0, 1),
        }
    ),
    min_size=1,
    max_size=10,
)


class _UndoneError(Exception):
    """Takes back what an example has recorded."""


@tagged("post_install", "-at_install")
class TestOrderOfEvents(EventsCase):
    """The same events make the same log and presence, however they arrive."""

    @given(EVENTS, st.data())
    @settings(max_examples=60)
    def test_order_size_and_repetition_of_batches_do_not_matter(self, drawn, data):
        people = [self.person, self._person_of(self.classmate)]
        controllers = [self.controller, self._second_controller()]
        events = [
            {
                **event,
                "controller": controllers[event["controller"]].id,
                "person": people[event["person"]].id,
                "key": str(uuid5(NAMESPACE_OID, str(number))),
                "occurred_at": MORNING + timedelta(seconds=event["at"]),
                "verdict": "granted",
            }
            for number, event in enumerate(drawn)
        ]
        expected = self._recorded([events])
        delivered = data.draw(st.permutations(events))
        delivered += data.draw(st.lists(st.sampled_from(events), max_size=5))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(delivered)), max_size=4)))
        batches = [
            delivered[start:end]
            for start, end in zip([0, *cuts], [*cuts, len(delivered)], strict=True)
        ]
        self.assertEqual(self._recorded(batches), expected)
        self.assertEqual(expected["presence"], self._expected_presence(events))

    def _second_controller(self):
        found = self.env["access.controller"].search([("serial", "=", "44399")])
        return found or self._new_controller(self.point, "44399")

    def _recorded(self, batches):
        """What is there after the batches; they are taken back."""
        found = {}
        try:
            with self.env.cr.savepoint():
                for batch in batches:
                    self.env["access.event"]._record(batch)
                self.env.cr.execute(
                    """
                    SELECT event_key, occurred_at, controller_id, person_id, direction,
                           kind, moves_to, is_counted, anomaly
                      FROM access_event WHERE site_id = %s ORDER BY event_key
                    """,
                    [self.site.id],
                )
                found["log"] = self.env.cr.fetchall()
                self.env.cr.execute(
                    """
                    SELECT person_id, state, since FROM access_presence
                     WHERE site_id = %s ORDER BY person_id
                    """,
                    [self.site.id],
                )
                found["presence"] = self.env.cr.fetchall()
                raise _UndoneError
        except _UndoneError:
            return found

    def _expected_presence(self, events):
        states = {"in": "inside", "out": "outside"}
        last = {}
        for event in events:
            if event["kind"] == "pass" and event["direction"]:
                place = (event["occurred_at"], event["code"] or 0, event["key"])
                if place > last.get(event["person"], (place[:0],))[0]:
                    last[event["person"]] = (place, states[event["direction"]])
        return [
            (person, state, place[0]) for person, (place, state) in sorted(last.items())
        ]
