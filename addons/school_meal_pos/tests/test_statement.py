from datetime import date

from odoo.tests import tagged

from .common import SchoolTillCase


@tagged("post_install", "-at_install")
class TestReceiptsInStatement(SchoolTillCase):
    """A purchase at the till is a receipt with its dishes in the statement."""

    def test_dishes_of_a_receipt_add_up_to_the_charge(self):
        self._top_up(self.account, 50_000)
        self._open_session()
        self.bun.weight = 0.11
        payment = self._account_payment(180, meal_occurred_at="2026-09-14 09:30:00")
        lines = [(self.lunch, 1), (self.bun, 2)]
        order = self._sync(self._order(lines, [payment]))
        statement = self.env["meal.statement"]._get_statement(
            self.account, date(2026, 9, 14), date(2026, 9, 14)
        )
        [line] = statement["lines"]
        self.assertEqual(line["debit"], 18_000)
        self.assertIn(order.pos_reference, line["title"])
        dishes = {dish["name"]: dish for dish in line["receipt"]["lines"]}
        self.assertEqual(dishes["Bun"]["weight"], "110 g")
        self.assertEqual(dishes["Bun"]["price"], 3_000)
        self.assertEqual(sum(dish["amount"] for dish in dishes.values()), 18_000)
