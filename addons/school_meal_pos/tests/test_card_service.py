import logging
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessDenied, AccessError
from odoo.tests import tagged

from .common import SchoolTillCase

BLANK = "0102A3F4"


@tagged("post_install", "-at_install")
class TestCardService(SchoolTillCase):
    """What the cashier does with cards; a card's fee is 33 roubles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger._top_up(cls.account, 10_000, uuid="money", debit=cls.transit)
        cls.city.meal_card_fee = 33
        cls.city.meal_card_reissue_fee = 50
        cls.new_card = cls._new_card(cls.sibling, "8F0E1D2C", state="handed")

    def setUp(self):
        super().setUp()
        self._open_session()

    def _as(self, login, groups, schools=None):
        user = self._new_user(login, groups, schools or self.school)
        user.group_ids += self.env.ref("point_of_sale.group_pos_user")
        return self.pos_session.with_user(user)

    def _fees(self):
        return self._transfers(kind="card_fee")

    # === LOOKING === #

    def test_a_scan_shows_student_card_and_fee(self):
        answer = self.pos_session.school_card_look({"uid": "8F0E1D2C"})
        self.assertEqual(answer["student"]["name"], "Ivanova Anna")
        self.assertEqual(answer["student"]["class_name"], self.class_1b.name)
        self.assertEqual(answer["card"]["state"], "handed")
        self.assertEqual(answer["card"]["fee"], 3_300)

    def test_by_name_the_card_in_use_is_shown(self):
        answer = self.pos_session.school_card_look({"student_id": self.student.id})
        self.assertEqual(answer["card"]["id"], self.card.id)
        self.assertEqual(set(answer), {"student", "card", "new_fee"})

    def test_a_card_of_another_school_is_unknown_here(self):
        neighbour = self._new_student(
            self._new_class(self.second_school, 3, "В"), "Smirnov", "Oleg"
        )
        for student in (neighbour, self.stranger):
            card = self._new_card(student, f"0A0B0C{student.id % 256:02X}")
            answer = self.pos_session.school_card_look({"uid": card.uid})
            self.assertEqual(answer["code"], "unknown_card")
            self.assertNotIn(student.last_name, str(answer))

    # === RIGHTS === #

    def _calls(self, student, card):
        return {
            "school_card_look": [{"student_id": student.id}],
            "school_card_activate": [card.id],
            "school_card_block": [card.id],
            "school_card_issue": [student.id, card.id, BLANK],
            "school_card_balance": [student.id],
            "school_card_password": [student.id],
        }

    def _assert_all_refused(self, session, student, card):
        state = card.state
        for method, args in self._calls(student, card).items():
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(session, method)(*args)
        self.assertEqual(card.state, state)
        self.assertFalse(student.partner_id.user_ids)

    def test_other_schools_cashiers_are_refused(self):
        for login, school in (("far", self.second_school), ("no", self.school[:0])):
            session = self._as(login, "group_cashier", school or self.other_school)
            self._assert_all_refused(session, self.sibling, self.new_card)

    def test_other_schools_students_are_refused(self):
        neighbour = self._new_student(
            self._new_class(self.second_school, 3, "В"), "Smirnov", "Oleg"
        )
        for student in (neighbour, self.stranger):
            card = self._new_card(student, f"0A0B0C{student.id % 256:02X}")
            self._assert_all_refused(self.pos_session, student, card)

    def test_a_till_alone_is_not_enough(self):
        for group in ("group_teacher", "group_canteen", "group_head"):
            session = self._as(f"only_{group}", group)
            self._assert_all_refused(session, self.sibling, self.new_card)

    def test_a_card_of_another_child_is_not_reissued_to_this_one(self):
        with self.assertRaises(AccessError):
            self.pos_session.school_card_issue(self.student.id, self.new_card.id, BLANK)

    def test_the_responsible_person_serves_cards_too(self):
        session = self._as("operator_at_till", "group_operator")
        answer = session.school_card_block(self.card.id)
        self.assertEqual(answer["card"]["state"], "blocked")

    # === OPERATIONS === #

    def test_activation_takes_the_fee_once(self):
        card = self._new_card(self.student, "9A8B7C6D", state="handed")
        for _attempt in range(3):
            answer = self.pos_session.school_card_activate(card.id)
            self.assertEqual(answer["card"]["state"], "active")
            self.assertEqual(answer["card"]["fee"], 0)
        self.assertEqual(self._balance(), (6_700, 0))
        self.assertEqual(len(self._fees()), 1)
        self.assertIn(self.pos_session.name, card.event_ids.mapped("session_ref"))

    def test_without_money_the_card_stays_as_it_was(self):
        answer = self.pos_session.school_card_activate(self.new_card.id)
        self.assertEqual(answer["code"], "insufficient_funds")
        self.assertIn("33", answer["message"])
        self.assertEqual(self.new_card.state, "handed")
        self.assertFalse(self._fees())

    def test_block_and_activate_again_free_of_charge(self):
        self.card._edit({"activated_at": "2026-09-01 08:00:00"})
        for _attempt in range(2):
            answer = self.pos_session.school_card_block(self.card.id)
            self.assertEqual(answer["card"]["state"], "blocked")
        self.assertEqual(answer["card"]["fee"], 0)
        self.pos_session.school_card_activate(self.card.id)
        self.assertEqual(self.card.state, "active")
        self.assertFalse(self._fees())

    def test_a_cashier_does_not_unblock_what_the_office_blocked(self):
        for stop in (self.card._block, self.card._report_lost):
            stop("the family asked")
            answer = self.pos_session.school_card_look({"student_id": self.student.id})
            self.assertFalse(answer["card"]["can_unblock"])
            answer = self.pos_session.school_card_activate(self.card.id)
            self.assertIn("person responsible for meals", answer["message"])
            self.assertNotEqual(self.card.state, "active")
        self.card._unblock("found")
        answer = self.pos_session.school_card_block(self.card.id)
        self.assertTrue(answer["card"]["can_unblock"])

    def test_after_a_card_never_used_the_next_is_no_reissue(self):
        answer = self.pos_session.school_card_look({"uid": "8F0E1D2C"})
        self.assertEqual(answer["new_fee"], 3_300)
        answer = self.pos_session.school_card_look({"uid": self.card.uid})
        self.assertEqual(answer["new_fee"], 5_000)

    def test_a_blank_card_replaces_the_old_one_at_once(self):
        for _attempt in range(2):
            answer = self.pos_session.school_card_issue(
                self.student.id, self.card.id, BLANK
            )
            self.assertEqual(answer["card"]["state"], "active", answer)
        new = self.student.card_ids - self.card
        self.assertEqual(new.uid, BLANK)
        self.assertEqual(self.card.state, "replaced")
        self.assertEqual(self._balance(), (5_000, 0))
        self.assertEqual(len(self._fees()), 1)

    def test_a_card_ordered_for_later_is_bound_when_it_comes(self):
        ordered = self.pos_session.school_card_issue(self.student.id, self.card.id)
        self.assertEqual(ordered["card"]["state"], "made")
        self.assertFalse(ordered["card"]["has_number"])
        self.assertEqual(self.card.state, "blocked")
        for _attempt in range(2):  # the answer to the first was lost
            answer = self.pos_session.school_card_issue(
                self.student.id, ordered["card"]["id"], BLANK
            )
            self.assertEqual(answer["card"]["id"], ordered["card"]["id"])
        self.assertEqual(len(self.student.card_ids), 2)
        self.assertEqual(self.card.state, "replaced")

    def test_a_first_card_for_a_student_without_any(self):
        self.assertFalse(self.classmate.card_ids)
        self.ledger._top_up(
            self.classmate.account_id, 5_000, uuid="more", debit=self.transit
        )
        for _attempt in range(2):
            answer = self.pos_session.school_card_issue(self.classmate.id, None, BLANK)
            self.assertEqual(answer["card"]["state"], "active", answer)
        self.assertEqual(self.classmate.card_ids.uid, BLANK)
        self.assertEqual(self._balance(self.classmate.account_id), (1_700, 0))

    def test_numbers_of_digits_only_are_taken_as_they_are(self):
        for uid in ("12345678", "0012345678"):
            student = self._new_student(self.class_5a, "Newcomer", "One")
            self.city.meal_card_fee = 0
            answer = self.pos_session.school_card_issue(student.id, None, uid)
            self.assertEqual(student.card_ids.uid, uid, answer)

    def test_a_card_of_somebody_is_no_blank_card(self):
        answer = self.pos_session.school_card_issue(
            self.student.id, self.card.id, self.sibling_card.uid
        )
        self.assertIn("already bound", answer["message"])
        self.assertEqual(self.card.state, "active")
        self.assertEqual(self.student.card_ids, self.card)

    # === SLIPS === #

    def test_the_balance_slip_hides_the_surname(self):
        slip = self.pos_session.school_card_balance(self.student.id)
        self.assertEqual(slip["balance"], 10_000)
        self.assertEqual(slip["account"], self.account.number)
        self.assertEqual(slip["name"], "Ivan I.")
        self.assertEqual(slip["school"], self.school.short_name)
        self.assertNotIn(self.student.last_name, str(slip))

    def test_a_debt_reads_as_zero(self):
        self.ledger._charge(
            self.account, 25_000, uuid="debt", forced=True, reason="offline"
        )
        slip = self.pos_session.school_card_balance(self.student.id)
        self.assertEqual(slip["balance"], 0)
        self.assertNotIn("150", str({**slip, "account": "", "at": ""}))

    def test_the_password_slip_opens_the_portal(self):
        slip = self.pos_session.school_card_password(self.student.id)
        self.assertEqual(slip["login"], self.account.number)
        self.assertTrue(slip["portal"].endswith("/my"))
        self.assertTrue(slip["valid_until"])
        user = self.student.partner_id.user_ids
        self._assert_opens(user, slip["password"])
        again = self.pos_session.school_card_password(self.student.id)
        self._assert_opens(user, again["password"])
        with self.assertRaises(AccessDenied):
            self._assert_opens(user, slip["password"])

    def _assert_opens(self, user, password):
        credential = {"type": "password", "login": user.login, "password": password}
        user.with_user(user)._check_credentials(credential, {"interactive": True})

    def test_the_password_is_nowhere_in_the_log(self):
        with patch.object(logging.Logger, "info", autospec=True) as info:
            slip = self.pos_session.school_card_password(self.student.id)
        written = [call.args[1] % call.args[2:] for call in info.call_args_list]
        self.assertTrue(written)
        for secret in (slip["password"], slip["login"], self.student.last_name):
            self.assertNotIn(secret, str(written))

    def test_no_account_no_slips(self):
        newcomer = self._new_student(self.class_5a, "Newcomer", "One")
        for method in ("school_card_balance", "school_card_password"):
            answer = getattr(self.pos_session, method)(newcomer.id)
            self.assertEqual(answer["code"], "unknown_account")

    def test_a_member_of_staff_gets_no_password_here(self):
        user = self._new_user("worker", "group_cashier", self.school)
        user.partner_id.company_id = False
        self.student.partner_id = user.partner_id
        user.group_ids = [Command.link(self.env.ref("base.group_user").id)]
        answer = self.pos_session.school_card_password(self.student.id)
        self.assertIn("staff", answer["message"])
