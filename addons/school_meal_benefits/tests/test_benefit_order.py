from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .application_common import ApplicationCase
from .common import TODAY


@tagged("post_install", "-at_install")
class TestBenefitOrder(ApplicationCase):
    """Items 6, 10, 12: the head's order, four eyes, all or nothing."""

    def test_only_settled_applications_are_put_on_an_order(self):
        application = self._registered(skipped=[self.pmpk])
        with self._refused(UserError, "t_pmpk .not brought."):
            self._order(application)
        draft = self._draft(self.poor)
        with self._refused(UserError, "only a registered application"):
            self._order(draft)
        self.assertFalse(application.order_id)
        self._provide(application)
        order = self._order(application)
        self.assertEqual((order.state, order.prepared_by_id), ("draft", self.clerk))
        with self._refused(UserError, "on an order already"):
            self._order(application)

    def test_the_head_signs_and_the_decision_is_made(self):
        application = self._registered()
        order = self._order(application)
        self._head(order).action_sign()
        self.assertEqual(
            (order.state, order.number, order.date, order.signed_by_id),
            ("signed", "1-П", TODAY, self.head),
        )
        self.assertEqual(application.state, "granted")
        decision = application.decision_ids
        self.assertEqual((decision.result, decision.date), ("granted", TODAY))
        self.assertEqual((decision.user_id, decision.order_id), (self.head, order))
        self.assertEqual(decision.facts["grade"], 5)
        self.assertEqual(
            {(row["requirement"], row["state"]) for row in decision.checklist},
            {(code, "provided") for code in ("t_identity", "t_birth", "t_pmpk")},
        )
        entitlement = decision.entitlement_ids
        self.assertEqual(
            (entitlement.date_from, entitlement.meal_type_ids),
            (TODAY, self.breakfast + self.lunch),
        )
        self.assertFalse(application.is_decided_late)

    def test_a_given_number_is_taken_and_is_unique_in_the_year(self):
        order = self._order(self._registered())
        order.given_number = "145-у"
        self._head(order).action_sign()
        self.assertEqual(order.number, "145-у")
        other = self._order(self._registered(self.poor_settled()))
        other.given_number = "145-у"
        with (
            mute_logger("odoo.sql_db"),
            self._refused((UserError, psycopg2.IntegrityError), ""),
        ):
            self._head(other).action_sign()
        self.assertEqual(other.state, "draft")

    def poor_settled(self):
        """The category that asks another body, made one that the parent proves."""
        with self._redrafted():
            self.poor.requirement_ids.provider = "parent"
        return self.poor

    def test_a_given_number_is_skipped_by_the_counter(self):
        order = self._order(self._registered())
        order.given_number = "1-П"
        self._head(order).action_sign()
        other = self._order(self._registered(self.poor_settled()))
        self._head(other).action_sign()
        self.assertEqual(other.number, "2-П")

    def test_only_a_head_of_the_school_signs(self):
        order = self._order(self._registered())
        for role in ("operator", "manager"):
            with self._refused(AccessError, "Only the head"):
                self._as(role, order).action_sign()
        for role in ("department", "accountant", "teacher"):
            with self._refused(AccessError, ""):
                self._as(role, order).action_sign()
        other = self._new_user("other_head", "group_head", self.second_school)
        with self._refused(AccessError, ""):
            order.with_user(other).action_sign()
        with self._refused(AccessError, "Only the head"):
            order.with_user(self.env.user).action_sign()
        self.assertEqual(order.state, "draft")
        order.with_user(self.deputy).action_sign()
        self.assertEqual(order.signed_by_id, self.deputy)

    def test_four_eyes_where_the_school_wants_them(self):
        self.school.benefit_check_required = True
        order = self._order(self._registered())
        with self._refused(UserError, "has to check the order first"):
            self._head(order).action_sign()
        with self._refused(UserError, "You prepared this order"):
            order.action_check()
        self._head(order).action_check()
        with self._refused(UserError, "You checked this order"):
            self._head(order).action_sign()
        order.with_user(self.deputy).action_sign()
        self.assertEqual(
            (order.checked_by_id, order.signed_by_id), (self.head, self.deputy)
        )

    def test_who_prepared_the_order_does_not_sign_it(self):
        self.school.benefit_check_required = True
        application = self._registered()
        self.deputy.group_ids += self.env.ref("school_meal_base.group_operator")
        mine = application.with_user(self.deputy)
        mine.action_put_on_order()
        self._clerk(mine.order_id).action_check()
        with self._refused(UserError, "You prepared this order"):
            mine.order_id.action_sign()
        self.assertEqual(application.state, "registered")

    def test_a_changed_order_is_checked_anew(self):
        self.school.benefit_check_required = True
        first, second = self._registered(), self._registered(self.poor_settled())
        order = self._order(first)
        for change in (
            lambda: order.write({"given_number": "7"}),
            lambda: order.write({"note": "One more item"}),
            order.action_add_settled,
            second.action_take_off_order,
        ):
            order.with_user(self.second_clerk).action_check()
            change()
            self.assertEqual((order.state, order.checked_by_id.id), ("draft", False))
        order.with_user(self.second_clerk).action_check()
        with self._refused(UserError, "on an order that was checked"):
            self._row(first, self.pmpk).number = "77"

    def test_all_that_wait_are_added(self):
        waiting = self._registered()
        missing = self._registered(self.poor, skipped=[self.income])
        order = self._clerk(self.env["benefit.order"]).create(
            {"school_id": self.school.id}
        )
        order.action_add_settled()
        self.assertEqual(order.application_ids, waiting)
        self.assertFalse(missing.order_id)
        with self._refused(UserError, "is waiting"):
            order.action_add_settled()

    def test_one_bad_application_stops_the_whole_order(self):
        good = self._registered()
        bad = self._registered(self.poor_settled())
        order = self._order(good, bad)
        self._row(bad, self.income).state = "missing"
        with self._refused(UserError, "t_income"):
            self._head(order).action_sign()
        self.assertEqual((order.state, good.state), ("draft", "registered"))
        self.assertFalse(order.decision_ids)
        self.assertFalse(self.student.benefit_entitlement_ids)
        counter = self.env["benefit.journal"].search(
            [("kind", "=", "order"), ("school_id", "=", self.school.id)]
        )
        self.assertFalse(counter.filtered("last_number"))

    def test_an_empty_order_is_not_signed(self):
        order = self._clerk(self.env["benefit.order"]).create(
            {"school_id": self.school.id}
        )
        with self._refused(UserError, "no applications"):
            self._head(order).action_sign()
        ending = self.env["benefit.order"].create(
            {"school_id": self.school.id, "kind": "end"}
        )
        with self._refused(UserError, "ends nothing"):
            self._head(ending).action_sign()

    def test_an_order_of_ends_is_signed(self):
        entitlement = self._granted().decision_ids.entitlement_ids
        ending = self.env["benefit.order"].create(
            {"school_id": self.school.id, "kind": "end"}
        )
        self.env["benefit.entitlement.end"].create(
            {
                "entitlement_id": entitlement.id,
                "ground": "ground_lost",
                "last_day": date(2026, 12, 1),
                "order_id": ending.id,
            }
        )
        self._head(ending).action_sign()
        self.assertEqual((ending.state, ending.child_count), ("signed", 1))

    def test_a_signed_order_stays_as_it_is(self):
        application = self._granted()
        order = application.order_id
        for vals in ({"given_number": "9"}, {"note": "x"}, {"kind": "end"}):
            with self._refused(UserError, "it stays as it is"):
                self._clerk(order).write(vals)
        for call in (order.action_cancel, application.action_take_off_order):
            with self._refused(UserError, "it stays as it is"):
                call()
        with self._refused(UserError, "it stays as it is"):
            order.sudo().unlink()
        with self._refused(UserError, "signed already"):
            self._head(order).action_sign()
        self.assertEqual(len(order.decision_ids), 1)

    def test_steps_of_an_order_cannot_be_written(self):
        order = self._order(self._registered())
        for vals in (
            {"state": "signed"},
            {"number": "5"},
            {"signed_by_id": self.head.id},
            {"checked_by_id": self.head.id},
            {"prepared_by_id": self.head.id},
            {"date": TODAY},
        ):
            for user in (self.clerk, self.head):
                with self._refused(AccessError, "given by its buttons"):
                    order.with_user(user).write(vals)
            with self._refused(AccessError, "given by its buttons"):
                order.create({"school_id": self.school.id, **vals})
        with self._refused(AccessError, ""):
            order.write({"decision_ids": [Command.create({"result": "granted"})]})
        mine = order.with_context(default_state="signed", default_number="7").create(
            {"school_id": self.school.id}
        )
        self.assertEqual((mine.state, mine.number), ("draft", False))

    def test_a_draft_is_deleted_and_its_applications_wait(self):
        application = self._registered()
        order = self._order(application)
        order.action_cancel()
        self.assertFalse(order.exists())
        self.assertFalse(application.order_id)

    def test_a_decision_late_is_recorded(self):
        application = self._registered(submitted_on=date(2026, 11, 12))
        self._head(self._order(application)).action_sign()
        self.assertTrue(application.is_decided_late)
