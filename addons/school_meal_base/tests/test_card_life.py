from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.school_meal_base.exceptions import LedgerRefusal

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestCardLife(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.city.meal_card_fee = 33.0
        cls.city.meal_card_reissue_fee = 50.0
        cls.operator = cls._new_user("operator", "group_operator", cls.school)
        cls.card = cls.env["school.card"].create({"student_id": cls.student.id})
        cls.card._bind("BCD14264")

    def _as(self, user, records):
        """The records as a user of one company sees them."""
        companies = user.company_ids.ids
        return records.with_user(user).with_context(allowed_company_ids=companies)

    def _events(self, card):
        return card.event_ids.sorted("id").mapped("event")

    def _fees(self, student):
        transfers = self.env["meal.transfer"].search(
            [
                ("kind", "=", "card_fee"),
                ("debit_account_id", "=", student.account_id.id),
            ]
        )
        return [round(item.amount * 100) for item in transfers.sorted("id")]

    def test_a_card_goes_from_job_to_use_and_every_step_is_on_record(self):
        self._top_up(self.account, 10000)
        self.card._hand_over()
        self.card._activate(session_ref="POS/1")
        self.assertEqual(self.card.state, "active")
        self.assertTrue(self.card.handed_at and self.card.activated_at)
        self.assertEqual(
            self._events(self.card),
            ["made", "enrolled", "handed", "fee_charged", "active"],
        )
        self.assertEqual(self.card.event_ids[0].session_ref, "POS/1")
        self.assertEqual(self.account._balance(), 10000 - 3300)

    def test_a_repeated_activation_charges_once(self):
        self._top_up(self.account, 10000)
        for _tap in range(3):
            self.card._activate()
        self.assertEqual(self._fees(self.student), [3300])

    def test_unblocking_costs_nothing(self):
        self._top_up(self.account, 10000)
        self.card._activate()
        self.card._block("left at home")
        self.card._unblock("found")
        self.assertEqual(self.card.state, "active")
        self.assertEqual(self._fees(self.student), [3300])

    def test_an_empty_account_refuses_the_fee_and_the_card_stays_inactive(self):
        with self.assertRaises(LedgerRefusal) as caught:
            self.card._activate()
        self.assertEqual(caught.exception.code, "insufficient_funds")
        self.assertIn("33.00", str(caught.exception))
        self.assertEqual(self.card.state, "made")
        self.assertEqual(self._events(self.card), ["made", "enrolled"])

    def test_an_operator_forgives_the_fee_with_a_reason_only(self):
        wizard = self._as(self.operator, self.env["school.card.operation"])
        values = {
            "card_ids": self.card.ids,
            "operation": "activate",
            "waive_fee": True,
        }
        with self.assertRaisesRegex(UserError, "why"):
            wizard.create(values).action_apply()
        wizard.create({**values, "reason": "orphan"}).action_apply()
        self.assertEqual(self.card.state, "active")
        self.assertEqual(self._fees(self.student), [])
        waived = self.card.event_ids.filtered(lambda line: line.event == "fee_waived")
        self.assertEqual(waived.reason, "orphan")
        self.assertEqual(waived.create_uid, self.operator)

    def test_a_price_of_zero_needs_no_money(self):
        self.city.meal_card_fee = 0
        self.card._activate()
        self.assertEqual(self.card.state, "active")
        self.assertEqual(self._fees(self.student), [])

    def test_a_new_card_takes_over_when_it_is_activated_and_the_money_stays(self):
        self._top_up(self.account, 20000)
        self.card._activate()
        self.card._report_lost()
        new = self.card._reissue()
        self.assertEqual(self.card._reissue(), new, "a repeat orders no second card")
        self.assertEqual(self.card.state, "lost")
        new._bind("77242CF0")
        new._activate()
        self.assertEqual((self.card.state, new.state), ("replaced", "active"))
        self.assertEqual(self._fees(self.student), [3300, 5000])
        self.assertEqual(self.account._balance(), 20000 - 8300)
        with self.assertRaises(UserError):
            self.card._activate()
        self.assertEqual(self.card._reissue(), new)

    def test_a_lost_card_cannot_come_back_beside_its_replacement(self):
        self._top_up(self.account, 20000)
        self.card._activate()
        new = self.card._reissue()
        new._bind("77242CF0")
        new._activate()
        self.card._unblock()
        self.assertEqual(self.card.state, "replaced")

    def test_a_blocked_job_returns_to_where_it_was(self):
        self.card._hand_over()
        self.card._block()
        self.card._unblock()
        self.assertEqual(self.card.state, "handed")

    def test_repeated_state_changes_leave_no_second_line_of_history(self):
        self.card._block()
        self.card._block()
        self.assertEqual(self._events(self.card).count("blocked"), 1)

    def test_a_card_without_a_number_is_neither_handed_over_nor_activated(self):
        job = self.env["school.card"].create({"student_id": self.classmate.id})
        with self.assertRaisesRegex(UserError, "number"):
            job._hand_over()
        with self.assertRaisesRegex(UserError, "number"):
            job._activate()

    def test_state_and_number_cannot_be_typed_in(self):
        card = self._as(self.operator, self.card)
        for values in ({"state": "active"}, {"uid": "AABBCCDD"}, {"student_id": 1}):
            with self.assertRaises(UserError):
                card.write(values)
            with self.assertRaises(UserError):
                card.with_context(school_card_edit=True).write(values)
        with self.assertRaises(UserError):
            card.create({"student_id": self.classmate.id, "state": "active"})

    def test_history_cannot_be_changed(self):
        event = self.card.event_ids[0]
        with self.assertRaises(UserError):
            event.reason = "other"
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(AccessError):
            self._as(self.operator, event).create(
                {"card_id": self.card.id, "event": "active"}
            )

    def test_a_card_with_a_number_cannot_be_deleted_a_job_can(self):
        with self.assertRaises(UserError):
            self.card.unlink()
        self.env["school.card"].create({"student_id": self.classmate.id}).unlink()

    def test_a_leaver_card_stops(self):
        self.card._hand_over()
        self.student._after_leave()
        self.assertEqual(self.card.state, "blocked")

    def test_roles_see_what_is_theirs(self):
        self.stranger_card = self.env["school.card"].create(
            {"student_id": self.stranger.id}
        )
        cards = self.env["school.card"]
        head = self._new_user("head", "group_head", self.second_school)
        accountant = self._new_user("accountant", "group_accountant", self.school)
        self.assertEqual(self._as(self.operator, cards).search([]), self.card)
        self.assertFalse(self._as(head, cards).search([]))
        self.assertEqual(self._as(accountant, cards).search([]), self.card)
        with self.assertRaises(AccessError):
            self._as(accountant, self.card).read(["uid"])
        for group in ("group_teacher", "group_cashier", "group_canteen"):
            user = self._new_user(group, group, self.school)
            with self.assertRaises(AccessError):
                self._as(user, cards).search([])
            with self.assertRaises(AccessError):
                self._as(user, cards).enrol_queue(self.school.id)

    def test_invariants_stand_in_the_database(self):
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'school_card'"
        )
        names = {name for (name,) in self.env.cr.fetchall()}
        for index in ("uid_uniq", "qr_uniq", "replaces_uniq"):
            self.assertIn(f"school_card_{index}", names)
