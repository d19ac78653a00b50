from datetime import datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from ..domain import edge_message
from ..domain.edge_message import BadEvent, EdgeRefusal

STORE = UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")
GOOD = {
    "sequence": 5,
    "controller": 31,
    "occurred_at": "2026-11-17T05:10:00",
    "received_at": "2026-11-17T05:10:01",
    "kind": "pass",
    "card": "00000042D1BC",
    "direction": "in",
    "verdict": "granted",
    "code": 16,
    "flag": 0,
}
#: Whatever JSON may hold.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def read(item):
    return edge_message.read_event(item, STORE, {31}, {None, "granted"})


@tagged("post_install", "-at_install")
class TestEdgeMessage(BaseCase):
    @given(st.dictionaries(st.sampled_from(sorted(GOOD.keys() - {"sequence"})), VALUES))
    def test_an_event_is_read_or_refused(self, changes):
        item = {**GOOD, **changes}
        try:
            event = read(item)
        except BadEvent as error:
            self.assertIsInstance(error.args[0], str)
            return
        self.assertIsInstance(event["occurred_at"], datetime)
        self.assertTrue(2000 <= event["occurred_at"].year < 2100)

    @given(st.binary() | st.text().map(str.encode), st.sampled_from(["", "gzip", "br"]))
    def test_a_body_is_read_or_refused(self, body, encoding):
        try:
            self.assertIsInstance(edge_message.read_body(body, encoding), dict)
        except EdgeRefusal as refusal:
            self.assertIn(refusal.status, (400, 413, 415))

    @given(st.datetimes(), st.datetimes())
    def test_a_repeat_has_the_same_time(self, occurred, received):
        item = {
            **GOOD,
            "occurred_at": occurred.isoformat(),
            "received_at": received.isoformat(),
        }
        try:
            self.assertEqual(read(item), read(dict(item)))
        except BadEvent:
            return
