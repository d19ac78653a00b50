"""Whatever happens to cards, rules and answers, the controller ends right."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import (
    hypothesis_profile,  # noqa: F401 (settings of this file's tests)
)

from .list_common import EIGHT, ListCase

UIDS = ("BCD14264", "24548AAC", "9DCB4340", "40AFBFD4")
WAYS = st.sampled_from(["done", "answer lost", "call lost"])
#: Longest time of a day that a rule of the machine can have, in hours.
TIMES = st.sampled_from([(0, 24), (7, 10), (8, 20)])


class Controller:
    """A controller that does what reaches it; its answers may be lost."""

    def __init__(self):
        self.held = {}

    def do(self, changes):
        ListCase._do(self.held, changes)


class ListMachine(RuleBasedStateMachine):
    """Runs on the cards and the site of `case`, which a subclass gives it."""

    case = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint()
        self.real = Controller()
        self.is_touched = False
        self.case.env.invalidate_all()

    def teardown(self):
        try:
            self.check_it_converges()
        finally:
            self.savepoint.close(rollback=True)
            self.case.env.invalidate_all()

    @rule(number=st.integers(0, len(UIDS) - 1))
    def card_stopped_or_back(self, number):
        card = self.case.cards[number]
        if card.state == "active":
            card._block(reason="property")
            self.case.assertNotIn(card.id, self.wanted_cards())
        else:
            card._unblock(reason="property")

    @rule(times=TIMES, kind=st.sampled_from(["student", "staff"]))
    def rules_changed(self, times, kind):
        self.case._rules(
            {"time_from": times[0], "time_to": times[1], "person_kind": kind}
        )

    @rule()
    def compiled(self):
        self.case._compile()

    @rule(way=WAYS, limit=st.integers(1, 5))
    def told(self, way, limit):
        changes = self.case.controller._get_list_changes(limit)
        if way != "call lost":
            self.real.do(changes)
        if way == "done":
            self.case.controller._confirm_list_changes(changes)

    @rule(code=st.sampled_from(["00000042D1BC", "000000123456"]))
    def somebody_types_a_card_in(self, code):
        self.real.held[code] = (0, 255)
        self.is_touched = True

    @rule()
    def compared(self):
        self.case.controller._compare_list(self.real.held)

    @precondition(lambda self: self.real.held)
    @rule()
    def memory_lost(self):
        self.real.held.clear()
        self.case.controller._forget_list()

    def wanted_cards(self):
        entries = self.case.env["access.entry"].search(
            [
                ("controller_id", "=", self.case.controller.id),
                ("is_wanted", "=", True),
            ]
        )
        return entries.card_id.ids

    def check_it_converges(self):
        self.case._compile()
        if self.is_touched:  # else the difference alone must be enough
            self.case.controller._compare_list(self.real.held)
        self.case._tell(self.real.held, limit=3)
        self.case.assertEqual(self.real.held, self.expected())
        self.case.assertEqual(self.case.controller._get_list_changes(), [])

    def expected(self):
        """What the rules want, from cards and rules and not from the list."""
        [only] = self.case.site.rule_ids or [None]
        if only.person_kind == "staff":
            return {}
        return {
            code: (32, self.zones(only))
            for code, card in zip(self.case.codes, self.case.cards, strict=True)
            if card.state == "active"
        }

    def zones(self, only):
        if (only.time_from, only.time_to) == (0, 24):
            return 255
        span = ["1111111", only.time_from * 60, only.time_to * 60]
        return 1 << self.case.controller.zone_spans.index(span)


@tagged("post_install", "-at_install")
class TestAccessListProperty(ListCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        students = [
            cls._new_student(cls.class_5a, "Student", name)
            for name in ("Anna", "Boris", "Vera")
        ]
        cards = [
            cls._new_card(each, uid)
            for each, uid in zip(students, UIDS[1:], strict=True)
        ]
        cls.cards = [cls.card, *cards]
        cls.codes = ["00000042D1BC", "0000008A5424", "00000043CB9D", "000000BFAF40"]
        cls._rules({"person_kind": "student"})
        cls.site._compile_lists(EIGHT)

    def test_the_controller_ends_with_the_wanted_cards(self):
        machine = type("Machine", (ListMachine,), {"case": self})
        run_machine(machine, settings=settings(max_examples=40, stateful_step_count=15))

    def test_time_zones_are_told_before_the_cards_that_need_them(self):
        self._rules({"person_kind": "student", "time_from": 7, "time_to": 10})
        self._compile(EIGHT)
        commands = self.env["access.command"].search(
            [("controller_id", "=", self.controller.id)], order="id"
        )
        self.assertEqual(
            [command.payload for command in commands],
            [
                {"zone": 0, "begin": "07:00", "end": "10:00", "days": "11111110"},
                {"zone": 6, "begin": "00:00", "end": "23:59", "days": "11111110"},
            ],
        )
        self.assertEqual(self._entry().zones, 1)
