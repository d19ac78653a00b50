"""The work list of payments whose owner is not known yet."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_payment_registry import PaymentCase


@tagged("post_install", "-at_install")
class TestSuspense(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mother.name = "Сидорова Мария Петровна"

    def receive(self, account_text, amount=10000, operation="1", payer="НЕКТО Н Н"):
        registry = self.load(
            self.pay(operation, account_text, amount),
            number=operation,
        )
        item = registry.line_ids.suspense_ids
        item.payer = payer
        return item

    def swapped(self, number):
        """The account number with its last two different digits swapped."""
        for i in range(8, -1, -1):
            if number[i] != number[i + 1]:
                return number[:i] + number[i + 1] + number[i] + number[i + 2 :]
        raise AssertionError(number)

    def suggested(self, item):
        return [account for account, _hint, _score in item._get_suggestions()]

    def test_the_accountant_moves_the_money_to_the_right_student(self):
        item = self.receive("bad")
        wizard = self.by(self.accountant, self.env["meal.suspense.resolve"]).create(
            {"suspense_id": item.id, "account_id": self.account.id}
        )
        wizard.action_move()
        self.assertEqual(item.state, "moved")
        self.assertEqual(item.resolved_by_id, self.accountant)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.balance(self.suspense_account), 0)
        transfer = self.env["meal.transfer"].search(
            [("uuid", "=", item.resolution_uuid)]
        )
        self.assertEqual(transfer.kind, "topup")
        self.assertEqual(transfer.reason, "identified")

    def test_money_of_the_work_list_is_not_reversed_behind_its_back(self):
        item = self.receive("bad")
        item._move_to(self.account)
        uuids = (item.transfer_uuid, item.resolution_uuid)
        for transfer in self.env["meal.transfer"].search([("uuid", "in", uuids)]):
            with self._refused(UserError, "unidentified receipts"):
                transfer.action_open_reversal()

    def test_a_receipt_is_moved_only_once(self):
        item = self.receive("bad")
        item._move_to(self.account)
        for attempt in (
            lambda: item._move_to(self.sibling.account_id),
            item._return_to_payer,
        ):
            with self.assertRaises(UserError):
                attempt()
        self.assertEqual(self.balance(self.account), 10000)

    def test_money_to_be_returned_leaves_suspense_for_payouts(self):
        item = self.receive("bad")
        self.by(self.accountant, item).action_return()
        payout = self.env["meal.account"]._system("payout", self.city)
        self.assertEqual(item.state, "returned")
        self.assertEqual(self.balance(payout), 10000)
        self.assertEqual(self.balance(self.suspense_account), 0)

    def test_an_account_of_another_company_or_a_closed_one_is_refused(self):
        item = self.receive("bad")
        self.classmate.account_id.state = "closed"
        for account in (
            self.stranger.account_id,
            self.suspense_account,
            self.classmate.account_id,
        ):
            with self.assertRaises(UserError):
                item._move_to(account)
        self.assertEqual(item.state, "open")
        self.assertEqual(self.balance(self.suspense_account), 10000)

    def test_a_swapped_digit_and_a_missing_check_digit_suggest_the_account(self):
        number = self.account.number
        for operation, text in enumerate((self.swapped(number), number[:-1])):
            item = self.receive(text, operation=str(operation))
            self.assertIn(self.account, self.suggested(item))

    def test_the_payer_named_like_a_guardian_suggests_the_children(self):
        item = self.receive("bad", payer="Сидорова М. П.")
        self.assertEqual(
            set(self.suggested(item)), {self.account, self.sibling.account_id}
        )
        item.payer = "Кузнецова М. П."
        self.assertFalse(self.suggested(item))

    def test_a_wrong_digit_and_the_right_family_come_first(self):
        item = self.receive(self.swapped(self.account.number), payer="Сидорова М. П.")
        self.assertEqual(self.suggested(item)[0], self.account)

    def test_the_window_of_the_accountant_shows_the_suggestions(self):
        item = self.receive(self.account.number[:-1])
        wizard = self.by(self.accountant, self.env["meal.suspense.resolve"]).create(
            {"suspense_id": item.id}
        )
        self.assertIn(self.account, wizard.suggestion_ids.account_id)
        choice = wizard.suggestion_ids.filtered(
            lambda line: line.account_id == self.account
        )
        choice.action_choose()
        self.assertEqual(self.balance(self.account), 10000)

    def test_the_work_list_equals_the_suspense_account(self):
        self.receive("bad", 100, "1")
        item = self.receive("worse", 300, "2")
        item._move_to(self.account)
        open_balance = self.env["meal.suspense"]._open_balance(self.city)
        self.assertEqual(open_balance, 100)
        self.assertEqual(self.balance(self.suspense_account), open_balance)

    def test_only_the_accountant_decides(self):
        item = self.receive("bad")
        for group in ("group_operator", "group_head", "group_cashier"):
            user = self._new_user(f"{group}_susp", group, self.school)
            with self.assertRaises(AccessError):
                self.by(user, item).action_return()
            with self.assertRaises(AccessError):
                self.by(user, item).read(["payer"])
        with self.assertRaises(AccessError):
            self.by(self.accountant, item).write({"state": "moved"})
        stranger = self._new_user("acc_susp", "group_accountant", self.other_school)
        with self.assertRaises(AccessError):
            self.by(stranger, item).action_return()
