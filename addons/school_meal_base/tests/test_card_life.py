from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
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

    def test_a_card_is_stopped_and_unblocked_with_a_reason(self):
        wizard = self._as(self.operator, self.env["school.card.operation"])
        for operation in ("block", "unblock", "lost", "reissue"):
            values = {"card_ids": self.card.ids, "operation": operation}
            with self.assertRaisesRegex(UserError, "reason"):
                wizard.create(values).action_apply()
        self.assertEqual(self.card.state, "made")

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

    def test_a_job_for_a_lost_card_is_its_replacement(self):
        self._top_up(self.account, 20000)
        self.card._activate()
        self.card._report_lost()
        self._as(self.operator, self.student).action_issue_accounts()
        new = self.student.card_ids - self.card
        self.assertEqual(new.replaces_id, self.card)
        self.assertFalse(self.env["school.card"]._make_jobs(self.student))
        new._bind("77242CF0")
        new._activate()
        self.assertEqual(self._fees(self.student), [3300, 5000])
        self.assertEqual(self.card.state, "replaced")

    def test_a_card_spoilt_before_its_first_use_makes_no_reissue(self):
        self._top_up(self.account, 20000)
        first = self.card._reissue("spoilt in printing")
        first._bind("77242CF0")
        first._activate()
        self.assertEqual(self._fees(self.student), [3300])
        second = first._reissue()._reissue()
        second._bind("9DCB4340")
        second._activate()
        self.assertEqual(self._fees(self.student), [3300, 5000])
        former = self.student.card_ids - second
        self.assertEqual(set(former.mapped("state")), {"replaced"})

    def test_a_stopped_card_is_unblocked_not_activated(self):
        self._top_up(self.account, 20000)
        for stop in (self.card._block, self.card._report_lost):
            stop()
            with self.assertRaisesRegex(UserError, "person responsible"):
                self.card._activate()
        self.card._unblock("found")
        self.card._activate()
        self.assertEqual(self.card.state, "active")

    def test_a_job_is_called_ordered_until_it_has_a_number(self):
        job = self.env["school.card"].create({"student_id": self.classmate.id})
        self.assertEqual((job.state, job.stage), ("made", "ordered"))
        job._bind("77242CF0")
        self.assertEqual(job.stage, "made")
        self.assertEqual(self.card.stage, "made")
        qr = self.env["school.card"].create(
            {"student_id": self.classmate.id, "kind": "qr"}
        )
        self.assertEqual(qr.stage, "made")

    def test_only_cards_not_given_out_yet_are_handed_over(self):
        self.city.meal_card_fee = 0
        self.card._activate()
        handover = self.env["school.card.handover"].create(
            {
                "school_id": self.school.id,
                "receiver": "Petrova",
                "card_ids": self.card.ids,
            }
        )
        for _state in ("active", "blocked"):
            with self.assertRaisesRegex(UserError, "already"):
                handover.action_hand_over()
            self.card._block()
        self.assertEqual(handover.state, "draft")

    def test_students_with_only_lost_cards_are_without_a_card(self):
        self.card._report_lost()
        self.env["school.card"].create({"student_id": self.classmate.id})
        view = self.env.ref("school_meal_base.school_student_view_search")
        arch = etree.fromstring(view.arch)
        (found,) = arch.xpath("//filter[@name='no_card']/@domain")
        students = self.env["school.student"].search(
            [("school_id", "=", self.school.id), *literal_eval(found)]
        )
        self.assertIn(self.student, students)
        self.assertNotIn(self.classmate, students)

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

    def test_an_operator_says_only_whose_card_it_is_and_of_which_kind(self):
        cards = self._as(self.operator, self.env["school.card"])
        values = {"student_id": self.classmate.id}
        other = self._new_student(self.class_5a, "Novikov", "Nikita")
        for more in (
            {"activated_at": "2026-09-01 08:00:00"},
            {"handed_at": "2026-09-01 08:00:00"},
            {"replaces_id": self.card.id},
            {"uid": "77242CF0"},
            {"qr_token": "0123456789ABCDEFGHJK"},
        ):
            with self.assertRaisesRegex(UserError, "buttons only"):
                cards.create({**values, **more})
            defaults = {f"default_{name}": value for name, value in more.items()}
            card = cards.with_context(**defaults).create(
                {"student_id": other.id, "kind": "wristband"}
            )
            self.assertFalse(card.activated_at or card.handed_at or card.replaces_id)
            self.assertFalse(card.sudo().uid)
            self.assertNotEqual(card.sudo().qr_token, "0123456789ABCDEFGHJK")

    def test_a_card_replaces_one_of_the_same_child(self):
        with self.assertRaisesRegex(ValidationError, "same student"):
            self.env["school.card"]._make(
                [{"student_id": self.classmate.id, "replaces_id": self.card.id}]
            )

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
