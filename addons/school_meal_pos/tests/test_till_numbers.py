import base64
import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OpenTillCase


@tagged("post_install", "-at_install")
class TestTillNumbers(OpenTillCase):
    """Orders are counted on each device: what is missing is noticed at closing."""

    def _numbered(self, number, device="A"):
        return self._order(
            [(self.juice, 1)],
            [self._offline_payment(45)],
            meal_till_device=device,
            meal_till_number=number,
        )

    def _close_from_the_till(self):
        answer = self._close_session()
        return self.pos_session.sudo().state == "closed" and answer

    def test_a_gap_keeps_the_register_open_until_the_order_is_here(self):
        self._sync(self._numbered(1), self._numbered(3))
        self.assertEqual(self.pos_session.meal_missing_count, 1)
        with self._refused(UserError, "1 orders .* have not arrived"):
            self._close_session()
        self._sync(self._numbered(2))
        self.assertTrue(self._close_from_the_till())

    def test_a_till_tells_how_far_it_has_counted(self):
        self._sync(self._numbered(1))
        answer = self.pos_session.school_roster(None, None, ["A", 2])
        self.assertEqual(answer["number"], 2)
        with self._refused(UserError, "have not arrived"):
            self._close_session()

    def test_a_till_whose_memory_went_back_learns_its_last_number(self):
        self._sync(self._numbered(1), self._numbered(2))
        answer = self.pos_session.school_roster(None, None, ["A", 0])
        self.assertEqual(answer["number"], 2)

    def test_a_till_that_tells_nonsense_is_not_believed(self):
        self._sync(self._numbered(1))
        for number in (2_000_000_000, 10**12, -1):
            answer = self.pos_session.school_roster(None, None, ["A", number])
            self.assertEqual(answer["number"], 1)
        self.assertEqual(self.pos_session.meal_missing_count, 0)

    def test_an_order_leaves_the_record_of_its_device_alone(self):
        self._sync(self._numbered(1))
        device = self.env["school.till.device"].search([("identifier", "=", "A")])
        self._sync(self._numbered(2))
        self.assertFalse(device.seen_at, "it would wait for the till's own refresh")
        self.assertEqual(device._get_last_number(), 2)

    def test_devices_of_one_till_count_apart(self):
        self._sync(self._numbered(1, "A"), self._numbered(1, "B"))
        self.assertEqual(self.pos_session.meal_missing_count, 0)
        self.assertTrue(self._close_from_the_till())

    def test_a_manager_closes_without_a_lost_order_and_people_hear_of_it(self):
        self._sync(self._numbered(1), self._numbered(3))
        with self._refused(UserError, "Only a manager"):
            self.pos_session.action_close_without_missing_orders()
        session = self.pos_session.with_user(self.env.user)
        session.post_closing_cash_details(session.cash_register_balance_end)
        session.action_close_without_missing_orders()
        self.assertEqual(session.state, "closed")
        incident = self.env["meal.incident"].search(
            [("kind", "=", "till_missing_orders")]
        )
        self.assertEqual(incident.details, {"A": [2]})
        # accepted once: the next day does not ask again
        self._open_session()
        self._sync(self._numbered(4))
        self.assertTrue(self._close_from_the_till())

    # === Orders that were refused === #

    def _import(self, orders, **vals):
        content = {"till": self.till.id, "device": "A", "orders": orders}
        wizard = self.env["school.till.order.import"].create(
            {
                "config_id": self.till.id,
                "file": base64.b64encode(json.dumps(content, default=str).encode()),
                **vals,
            }
        )
        wizard.action_import()
        return wizard.result

    def test_a_refused_order_is_taken_from_the_file_of_its_till_once(self):
        order = self._order([(self.lunch, 1)], [self._account_payment(120)])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._sync(order)
        self.assertIn("refused", self._import([order], as_is=False))
        self.assertEqual(self._balance(), (50_000, 0))
        self.assertIn("recorded", self._import([order]))
        self.assertIn("already", self._import([order]))
        self.assertEqual(self._balance(), (38_000, 0))

    def test_only_a_file_of_this_till_is_taken(self):
        order = self._order([(self.lunch, 1)], [self._account_payment(120)])
        other = self.second_school._setup_school_till()
        with self._refused(UserError, "another till"):
            self._import([order], config_id=other.id)
        with self._refused(UserError, "not saved by a till"):
            self.env["school.till.order.import"].create(
                {"config_id": self.till.id, "file": base64.b64encode(b"{}")}
            ).action_import()
        self.assertFalse(self.env["pos.order"].search([("uuid", "=", order["uuid"])]))
        self.assertEqual(self._balance(), (50_000, 0))
