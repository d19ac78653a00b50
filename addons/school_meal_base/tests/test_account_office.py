from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..exceptions import LedgerRefusal
from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestAccountOffice(SchoolMealCase):
    """What the accountant does with accounts by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("accountant", "group_accountant", cls.school)
        cls.operator = cls._new_user("operator", "group_operator", cls.school)
        cls.mine = cls.account.with_env(cls.env(user=cls.accountant, context={}))

    def setUp(self):
        super().setUp()
        self._top_up(self.account, 10_000)

    def _adjust(self, operation, amount, note="Payment order 125", user=None):
        env = self.env(user=user or self.accountant, context={})
        values = {"operation": operation, "amount": amount, "note": note}
        return env["meal.adjustment"].create({"account_id": self.account.id, **values})

    def test_corrections_move_money_and_keep_who_and_why(self):
        for operation, amount, balance in (
            ("topup", 50.25, 150.25),
            ("credit", 10, 160.25),
            ("debit", 60.25, 100),
        ):
            adjustment = self._adjust(operation, amount)
            self.assertEqual(self.account.posted, balance)
            self.assertEqual(adjustment.create_uid, self.accountant)
            self.assertEqual(adjustment.transfer_id.source_id, adjustment.id)

    def test_a_charge_beyond_the_balance_leaves_no_trace(self):
        before = self.env["meal.adjustment"].search_count([])
        with self.assertRaises(LedgerRefusal), self.env.cr.savepoint():
            self._adjust("debit", 100.01)
        self.assertEqual(self.env["meal.adjustment"].search_count([]), before)
        self.assertEqual(self.account.posted, 100)

    def test_senseless_amounts_are_refused(self):
        for amount in (0, -5, 1e12):
            with self.subTest(amount=amount):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self._adjust("topup", amount)

    def test_a_correction_needs_a_reason_and_is_never_changed(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._adjust("topup", 1, note="  .  ")
        with self.assertRaises(UserError):
            self._adjust("topup", 1).write({"amount": 2})

    def test_only_the_accountant_corrects(self):
        for group in ("group_operator", "group_cashier", "group_head"):
            user = self._new_user(f"no_{group}", group, self.school)
            with self.assertRaises(AccessError):
                self._adjust("topup", 1, user=user)

    def test_blocking_is_noted_with_the_author(self):
        self.mine.action_block()
        self.assertEqual(self.account.state, "blocked")
        with self.assertRaises(LedgerRefusal):
            self.ledger._charge(self.account, 100, uuid="x")
        self.mine.action_unblock()
        self.assertEqual(self.account.state, "open")
        messages = self.student.partner_id.message_ids[:2]
        self.assertEqual(messages.author_id, self.accountant.partner_id)
        self.assertIn("Open → Locked", messages[-1].body)

    def test_schools_read_accounts_but_do_not_change_them(self):
        env = self.env(user=self.operator, context={})
        account = self.account.with_env(env)
        self.assertEqual(account.posted, 100)
        with self.assertRaises(AccessError):
            account.action_block()

    def test_money_moves_between_siblings_once(self):
        wizard = self.env["meal.sibling.transfer"].create(
            {
                "account_id": self.account.id,
                "target_id": self.sibling.account_id.id,
                "amount": 30.5,
            }
        )
        wizard.action_transfer()
        wizard.action_transfer()
        self.assertEqual(self.account.posted, 69.5)
        self.assertEqual(self.sibling.account_id.posted, 30.5)

    def test_money_does_not_move_to_a_stranger(self):
        wizard = self.env["meal.sibling.transfer"].create(
            {
                "account_id": self.account.id,
                "target_id": self.classmate.account_id.id,
                "amount": 1,
            }
        )
        with self.assertRaises(UserError):
            wizard.action_transfer()

    def test_the_statement_button_hands_out_both_files(self):
        env = self.env(user=self.operator, context={})
        action = self.student.with_env(env).action_open_statement()
        wizard = env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertIn(".pdf", wizard.action_pdf()["url"])
        self.assertIn(".xlsx", wizard.action_xlsx()["url"])
        self.assertTrue(wizard.file)
