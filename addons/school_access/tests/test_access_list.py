from odoo.tests import tagged

from .list_common import EIGHT, NIGHT, NOON, ListCase


@tagged("post_install", "-at_install")
class TestAccessList(ListCase):
    def test_a_card_in_use_is_listed_with_its_short_code(self):
        self._compile()
        entry = self._entry()
        self.assertEqual(entry.person_id, self.person)
        self.assertEqual((entry.flags, entry.zones), (32, 255))
        self.assertTrue(entry.is_wanted)
        self.assertEqual(self._verdict(), "granted")

    def test_a_blocked_card_opens_nothing_in_the_same_transaction(self):
        self._compile()
        held = {}
        self._tell(held)
        self.assertIn(self.code, held)
        self.card._block(reason="Lost")
        self.assertEqual(self._verdict(), "blocked_card")
        self.assertFalse(self._entry().is_wanted)
        self._tell(held)
        self.assertNotIn(self.code, held)

    def test_the_list_of_other_cards_stays_when_one_is_blocked(self):
        self._new_card(self.classmate, "24548AAC")
        self._compile()
        held = {}
        self._tell(held)
        self.card._block()
        self.assertEqual(
            self.controller._get_list_changes(), [("del", self.code, 0, 0)]
        )

    def test_a_change_never_acknowledged_is_due_again(self):
        self._compile()
        lost = self.controller._get_list_changes()
        self.assertEqual(self.controller._get_list_changes(), lost)
        # it may have reached the controller: the card is deleted there all the same
        self.card._block()
        self.assertEqual(
            self.controller._get_list_changes(), [("del", self.code, 0, 0)]
        )

    def test_a_late_acknowledgement_does_not_hide_a_newer_change(self):
        self._compile()
        first = self.controller._get_list_changes()
        self.card._block()
        self.controller._get_list_changes()
        self.controller._confirm_list_changes(first)
        self.assertEqual(
            self.controller._get_list_changes(), [("del", self.code, 0, 0)]
        )

    def test_times_of_rules_decide(self):
        self._rules({"person_kind": "student", "time_from": 7, "time_to": 10})
        self._compile()
        self.assertEqual(self._verdict(now=EIGHT), "granted")
        self.assertEqual(self._verdict(now=NOON), "wrong_time")
        self.assertEqual(self._verdict(now=NIGHT), "wrong_time")

    def test_nobody_passes_without_a_rule(self):
        self._rules({"person_kind": "staff"})
        self._compile()
        self.assertEqual(self._verdict(), "no_rule")
        self.assertEqual(self.controller._get_list_changes(), [])

    def test_a_second_compilation_changes_nothing(self):
        self._compile()
        self.env.cr.execute(
            "SELECT id, xmin, ctid FROM access_entry WHERE site_id = %s",
            [self.site.id],
        )
        before = self.env.cr.fetchall()
        self._compile()
        self.env.cr.execute(
            "SELECT id, xmin, ctid FROM access_entry WHERE site_id = %s",
            [self.site.id],
        )
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_compiling_and_comparing_again_take_no_numbers(self):
        self._new_staff()
        self._compile()
        held = {}
        self._tell(held)
        taken = self._numbers_taken("access_entry")
        self._compile()
        self._rules({"time_from": 9}, keep=True)
        self._compile()
        self._tell(held)
        self.controller._compare_list(held)
        self.assertEqual(self._numbers_taken("access_entry"), taken)
