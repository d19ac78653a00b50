from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..domain import account_number
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

    # === WHAT PEOPLE MAY CHANGE === #

    def test_people_set_limits_and_nothing_that_follows_from_the_student(self):
        self.mine.write({"limit_day": 100, "limit_sitting": 50, "credit_limit": 30})
        for field, value in (
            ("student_id", self.classmate.id),
            ("number", "0242013138"),
            ("kind", "sales"),
            ("company_id", self.other_city.id),
            ("school_id", self.second_school.id),
            ("state", "closed"),
            ("code", "x"),
        ):
            with self.subTest(field=field):
                with self._refused(AccessError, "not typed in"):
                    self.mine.write({field: value})
        with self._refused(UserError, "typed in"):
            self.mine.write({"posted": 1})

    def test_people_do_not_open_accounts_by_hand(self):
        number = account_number.build("024", 999_999)
        values = {"kind": "student", "number": number, "company_id": self.city.id}
        with self.assertRaises(AccessError):
            self.mine.create(values)

    def test_a_number_has_its_check_digit(self):
        number = account_number.build("024", 999_999)
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        with self._refused(ValidationError, wrong):
            self.env["meal.account"].create({"kind": "student", "number": wrong})

    def test_an_account_keeps_its_general_ledger_account_once_posted(self):
        self.env["meal.ledger.setup"]._setup_company(self.city)
        first, second = self.env["account.account"].search(
            [("company_ids", "in", self.city.ids)], limit=2
        )
        transit = self.transit.with_env(self.mine.env)
        transit.gl_account_id = first
        self.env["meal.posting"]._post_pending(self.city, date(2100, 1, 1))
        transit.gl_account_id = first  # the same again is no change
        for other in (second.id, False):
            with self._refused(ValidationError, "already posted"):
                transit.gl_account_id = other

    def test_a_credit_limit_is_a_sensible_amount(self):
        for limit in (-1, 1e9):
            with self._refused(ValidationError, "credit limit"):
                self.mine.credit_limit = limit

    def test_corrections_are_for_personal_accounts(self):
        env = self.mine.env
        with self._refused(UserError, "personal accounts only"):
            env["meal.adjustment"].create(
                {
                    "account_id": self.transit.id,
                    "operation": "topup",
                    "amount": 5,
                    "note": "Payment order 125",
                }
            )

    # === REVERSALS === #

    def _reversal(self, user=None, **values):
        env = self.env(user=user or self.accountant, context={})
        transfer = env["meal.transfer"].search([("uuid", "=", "topup-1")])
        action = transfer.action_open_reversal()
        wizard = env[action["res_model"]].with_context(**action["context"])
        return wizard.create({"note": "Payment order 125", **values})

    def test_a_wrong_top_up_is_reversed_once_with_who_and_why(self):
        wizard = self._reversal(amount=40)
        wizard.action_reverse()
        wizard.action_reverse()
        self.assertEqual(self.account.posted, 60)
        reversal = self.env["meal.transfer"].search(
            [("reversal_of_id", "=", wizard.transfer_id.id)]
        )
        self.assertEqual(
            (reversal.user_id, reversal.reason, reversal.forced),
            (self.accountant, "correction", False),
        )
        message = self.student.partner_id.message_ids[0]
        self.assertIn("Payment order 125", message.body)
        self.assertEqual(message.author_id, self.accountant.partner_id)
        self.assertEqual(self._reversal().amount, 60)

    def test_spent_money_is_taken_back_only_when_the_debt_is_accepted(self):
        self.ledger._charge(self.account, 8_000, uuid="c1")
        wizard = self._reversal()
        self.assertEqual((wizard.amount, wizard.debt), (100, 80))
        with self._refused(UserError, "already spent"):
            wizard.action_reverse()
        wizard.allow_debt = True
        wizard.action_reverse()
        self.assertEqual(self.account.posted, -80)
        self.assertEqual(self.account.overdraft, 80)

    def test_no_more_is_reversed_than_there_was(self):
        self._reversal(amount=70).action_reverse()
        with self.assertRaises(LedgerRefusal) as caught:
            self._reversal(amount=30.01).action_reverse()
        self.assertEqual(caught.exception.code, "reversal_exceeds")

    def test_a_hold_is_not_reversed(self):
        self.ledger._authorise(self.account, 1_000, uuid="h1")
        hold = self.env["meal.transfer"].search([("uuid", "=", "h1")])
        with self._refused(UserError, "moved no money"):
            hold.action_open_reversal()

    def test_only_the_accountant_reverses(self):
        for group in ("group_operator", "group_head", "group_department"):
            user = self._new_user(f"no_{group}", group, self.school)
            with self.assertRaises(AccessError):
                self._reversal(user=user)
