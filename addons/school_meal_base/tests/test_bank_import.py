"""Bank statements: the bank's transfers of registries, payments of families."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..domain import client_bank_exchange as exchange
from ..domain.client_bank_exchange import Document, Party
from .test_payment_registry import PaymentCase

OWN = "40703810338000004376"
PERSON = "40817810000000000001"
ORGANISATION = "40702810000000000001"
BANK = "30233810642000600001"


@tagged("post_install", "-at_install")
class TestBankImport(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].with_company(cls.city)

        def account(code, kind):
            return accounts.create(
                {
                    "code": code,
                    "name": code,
                    "account_type": kind,
                    "company_ids": [fields.Command.set(cls.city.ids)],
                }
            )

        cls.gl_transit = account("2057001", "asset_current")
        cls.gl_fee = account("4012001", "expense")
        cls.gl_bank = account("2011101", "asset_cash")
        cls.gl_unknown = account("2052001", "asset_current")
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Bank",
                "code": "BNKT",
                "type": "bank",
                "company_id": cls.city.id,
                "default_account_id": cls.gl_bank.id,
                "suspense_account_id": cls.gl_unknown.id,
            }
        )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.city.ids)
        )
        cls.channel = cls.channel.with_env(cls.env)
        cls.registries = cls.registries.with_env(cls.env)
        cls.channel.fee_account_id = cls.gl_fee
        cls.bank_channel = cls.env["meal.payment.channel"]._get_bank_channel(
            cls.city, cls.journal
        )
        for channel in cls.channel + cls.bank_channel:
            channel.transit_account_id.gl_account_id = cls.gl_transit

    def document(self, purpose, amount=10000, number="1", payer=PERSON, **kwargs):
        day = kwargs.pop("day", date(2026, 1, 7))
        values = {
            "incoming": True,
            "booked": day,
            "payer": Party(payer, "СИДОРОВА МАРИЯ ПЕТРОВНА"),
            "payee": Party(OWN, "АНО"),
        }
        return Document(number, day, amount, purpose=purpose, **{**values, **kwargs})

    def load_bank(self, *documents, data=None, **kwargs):
        data = data or exchange.write(OWN, documents, **kwargs)
        return self.env["meal.bank.import"]._import(data, "kl_to_1c.txt", self.journal)

    def booked(self, line):
        """Balances of the line's entry by account, the bank's own left out."""
        lines = line.move_id.line_ids.filtered(
            lambda item: item.account_id != self.gl_bank
        )
        return {item.account_id: item.balance for item in lines}

    def test_a_payment_with_the_account_number_reaches_the_family(self):
        result = self.load_bank(
            self.document(f"За питание л/с {self.account.number} Иванов")
        )
        self.assertEqual(result.lines.meal_state, "topup")
        self.assertEqual(result.lines.meal_account_id, self.account)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.booked(result.lines), {self.gl_transit: -100})
        self.assertEqual(result.lines.move_id.state, "posted")

    def test_the_same_payment_in_two_files_is_one_line_and_one_credit(self):
        first = self.document(f"л/с {self.account.number}")
        second = self.document(f"л/с {self.account.number}", 500, number="2")
        self.load_bank(first)
        result = self.load_bank(first, second, opening=100)
        self.assertEqual(result.repeated, 1)
        self.assertEqual(len(result.lines), 1)
        self.assertEqual(self.balance(self.account), 10500)
        self.assertFalse(self.load_bank(first, second).lines)

    def test_a_wrong_number_of_a_family_goes_to_suspense(self):
        number = self.account.number
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        result = self.load_bank(self.document(f"л/с {wrong}"))
        self.assertEqual(result.lines.meal_state, "suspense")
        item = self.env["meal.suspense"].search(
            [("bank_line_id", "=", result.lines.id)]
        )
        self.assertEqual(item.account_text, wrong)
        self.assertEqual(item.payer, "Сидорова М. П.")
        self.assertEqual(self.balance(self.suspense_account), 10000)
        self.assertIn(self.account, [found[0] for found in item._get_suggestions()])

    def test_two_account_numbers_in_one_purpose_are_not_guessed(self):
        numbers = f"{self.account.number}, {self.sibling.account_id.number}"
        result = self.load_bank(self.document(f"За детей {numbers}"))
        self.assertEqual(result.lines.meal_state, "suspense")
        self.assertEqual(self.balance(self.account), 0)

    def test_money_that_is_not_the_families_waits_unmatched(self):
        result = self.load_bank(
            self.document("Субсидия на питание, л/с 12", payer="40204810000000000001"),
            self.document("Возврат аванса", 5, "2", payer=BANK),
        )
        self.assertEqual(set(result.lines.mapped("meal_state")), {"unmatched"})
        self.assertEqual(self.balance(self.suspense_account), 0)

    def test_money_that_goes_out_is_a_line_but_nobodys_meal(self):
        spent = Document(
            "5",
            date(2026, 1, 7),
            3000,
            incoming=False,
            booked=date(2026, 1, 7),
            payer=Party(OWN),
            payee=Party(BANK),
            purpose="Поставщику",
        )
        result = self.load_bank(spent, opening=5000)
        self.assertEqual(result.lines.amount, -30)
        self.assertEqual(result.lines.meal_state, "other")

    def test_the_statement_of_core_has_the_balances_of_the_file(self):
        result = self.load_bank(self.document("Прочее", payer=BANK), opening=2500)
        statement = result.lines.statement_id
        self.assertEqual(statement.balance_start, 25)
        self.assertEqual(statement.balance_end_real, 125)
        self.assertTrue(statement.is_complete)

    def test_a_registry_finds_its_transfer_by_amount_and_number(self):
        registry = self.load(self.pay("1", amount=85750, fee=750))
        result = self.load_bank(
            self.document("EPS0001 Реестр 686336 от 06.01.2026", 85000, payer=BANK),
            self.document("EPS0002 Реестр 1 от 06.01.2026", 85000, "2", payer=BANK),
        )
        line = result.lines[0]
        self.assertEqual(registry.bank_line_id, line)
        self.assertEqual(line.meal_state, "registry")
        self.assertEqual(result.lines[1].meal_state, "unmatched")
        # The families' 857.50 leave transit whole: 850 came, 7.50 is the bank's fee.
        self.assertEqual(
            self.booked(line), {self.gl_transit: -857.50, self.gl_fee: 7.50}
        )

    def test_a_registry_recorded_after_the_statement_is_matched_too(self):
        result = self.load_bank(self.document("EPS перечисление", payer=BANK))
        self.assertEqual(result.lines.meal_state, "unmatched")
        registry = self.load(self.pay())
        self.assertEqual(registry.bank_line_id, result.lines)

    def test_equal_totals_without_a_number_are_not_guessed(self):
        self.load(self.pay("1"), number="11")
        self.load(self.pay("2"), number="12")
        result = self.load_bank(self.document("EPS перечисление", payer=BANK))
        self.assertEqual(result.lines.meal_state, "unmatched")

    def test_a_transfer_of_another_amount_is_no_match(self):
        registry = self.load(self.pay("1", amount=10000))
        self.load_bank(self.document("EPS Реестр 686336", 9999, payer=BANK))
        self.assertFalse(registry.bank_line_id)

    def test_what_is_unmatched_for_long_is_listed(self):
        old = date.today() - timedelta(days=6)
        result = self.load_bank(
            self.document("Прочее", payer=BANK, day=old),
            self.document("Прочее", 7, "2", payer=BANK, day=date.today()),
        )
        overdue = result.lines.search([("meal_is_overdue", "=", True)])
        self.assertEqual(overdue & result.lines, result.lines[0])
        self.assertEqual(
            result.lines.filtered("meal_is_overdue"), overdue & result.lines
        )
        registry = self.load(self.pay())
        self.assertIn(registry, self.registries.search([("is_overdue", "=", True)]))

    def test_the_accountant_may_settle_an_unmatched_line_by_hand(self):
        result = self.load_bank(
            self.document("Прочее", payer=BANK),
            self.document("Прочее", 7, "2", payer=BANK),
        )
        mine = self.by(self.accountant, result.lines)
        mine[0].action_meal_to_suspense()
        mine[1].action_meal_set_other()
        self.assertEqual(result.lines.mapped("meal_state"), ["suspense", "other"])
        with self.assertRaises(UserError):
            mine[0].action_meal_set_other()
        operator = self._new_user("operator_bank", "group_operator", self.school)
        with self.assertRaises(AccessError):
            self.by(operator, result.lines).action_meal_match()

    def test_a_damaged_statement_is_refused_and_leaves_nothing(self):
        text = exchange.write(OWN, [self.document("Прочее")]).decode("cp1251")
        for old, sentence in (
            ("КонецФайла", "cut off"),
            ("КонечныйОстаток=1", "not the closing balance"),
        ):
            data = text.replace(old, old[:-1] + "2").encode("cp1251")
            with self.assertRaises(UserError) as refusal:
                self.load_bank(data=data)
            self.assertIn(sentence, str(refusal.exception))
        lines = self.env["account.bank.statement.line"]
        self.assertFalse(lines.search([("journal_id", "=", self.journal.id)]))

    def test_a_bad_document_is_listed_and_the_others_go_in(self):
        good = self.document(f"л/с {self.account.number}")
        bad = self.document("Чужое", 0, number="2")
        result = self.load_bank(good, bad)
        self.assertEqual(len(result.lines), 1)
        self.assertEqual(len(result.rejected), 1)
        self.assertIn("zero or negative", result.rejected[0])

    def test_the_account_of_the_file_chooses_the_journal(self):
        self.journal.bank_acc_number = "40702810999999999999"
        self.journal.set_bank_account("40702810999999999999")
        with self.assertRaises(UserError) as refusal:
            self.load_bank(self.document("Прочее"))
        self.assertIn("4376", str(refusal.exception))
        self.journal.bank_account_id.acc_number = OWN
        result = self.load_bank(self.document("Прочее", payer=BANK))
        self.assertEqual(result.lines.journal_id, self.journal)

    def test_without_a_transit_account_the_accountant_is_told_what_to_do(self):
        self.channel.transit_account_id.gl_account_id = False
        self.bank_channel.transit_account_id.gl_account_id = False
        with self.assertRaises(UserError) as refusal:
            self.load_bank(self.document(f"л/с {self.account.number}"))
        self.assertIn("in transit", str(refusal.exception))

    # === REGISTRIES BY HAND AND WHAT IS IN THE WAY === #

    def test_a_match_that_cannot_be_booked_does_not_undo_the_recording(self):
        self.load_bank(self.document("EPS Реестр 686336", payer=BANK))
        self.channel.transit_account_id.gl_account_id = False
        registry = self.load(self.pay())
        self.assertEqual(registry.state, "posted")
        self.assertEqual(self.balance(self.account), 10000)
        self.assertIn("in transit", registry.match_problem)
        with self.assertRaisesRegex(UserError, "in transit"):
            self.by(self.accountant, registry).action_match()
        self.channel.transit_account_id.gl_account_id = self.gl_transit
        self.by(self.accountant, registry).action_match()
        self.assertTrue(registry.bank_line_id)
        self.assertFalse(registry.match_problem)

    def test_a_fee_without_an_account_is_not_lost_silently(self):
        self.channel.fee_account_id = False
        registry = self.load(self.pay("1", amount=85750, fee=750))
        result = self.load_bank(self.document("EPS Реестр 686336", 85000, payer=BANK))
        self.assertFalse(registry.bank_line_id)
        self.assertEqual(result.lines.meal_state, "unmatched")
        self.assertIn("7.50", registry.match_problem)
        self.channel.fee_account_id = self.gl_fee
        self.by(self.accountant, result.lines).action_meal_match()
        self.assertEqual(registry.bank_line_id, result.lines)

    def choose(self, line, registries):
        """The accountant chooses the registries of a line."""
        action = self.by(self.accountant, line).action_meal_choose()
        wizard = self.env[action["res_model"]].with_user(self.accountant)
        wizard = wizard.browse(action["res_id"])
        wizard.registry_ids = registries
        return wizard

    def test_a_combined_transfer_is_matched_by_hand_and_released_again(self):
        first = self.load(self.pay("1", amount=10000, fee=100), number="11")
        other = self.channel.copy({"code": "vtb", "fee_account_id": self.gl_fee.id})
        gl_other = self.gl_transit.copy({"code": "2057002"})
        other.transit_account_id.gl_account_id = gl_other
        data = self.write(self.pay("2", amount=5000), number="12")
        second = self.registries._load(other, data, "")
        second._post()
        day = date(2026, 1, 2)  # earlier than the registries
        line = self.load_bank(
            self.document("EPS перечисление", 14900, payer=BANK, day=day)
        ).lines
        self.assertEqual(line.meal_state, "unmatched")
        with self.assertRaisesRegex(UserError, "same total"):
            self.choose(line, first).action_match()
        self.choose(line, first + second).action_match()
        self.assertEqual(line.meal_registry_ids, first + second)
        self.assertEqual(line.meal_state, "registry")
        self.assertEqual(
            self.booked(line),
            {self.gl_transit: -100, gl_other: -50, self.gl_fee: 1},
        )
        self.by(self.accountant, line).action_meal_unmatch()
        self.assertEqual(line.meal_state, "unmatched")
        self.assertFalse((first + second).bank_line_id)
        self.assertEqual(self.booked(line), {self.gl_unknown: -149})

    def test_of_two_equal_registries_the_accountant_chooses(self):
        first = self.load(self.pay("1"), number="11")
        second = self.load(self.pay("2"), number="12")
        line = self.load_bank(self.document("EPS", payer=BANK)).lines
        wizard = self.choose(line, second)
        wizard.action_match()
        self.assertEqual(second.bank_line_id, line)
        self.assertFalse(first.bank_line_id)
        with self.assertRaisesRegex(UserError, "not matched yet"):
            self.by(self.accountant, line).action_meal_choose()

    def test_a_line_that_was_entered_by_hand_finds_its_registry(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "date": date(2026, 1, 7),
                "amount": 100,
                "payment_ref": "Реестр 686336",
            }
        )
        registry = self.load(self.pay())
        self.assertEqual(registry.bank_line_id, line)
        self.assertEqual(self.booked(line), {self.gl_transit: -100})

    def test_the_transfer_of_a_registry_is_not_taken_as_new_money(self):
        self.load(self.pay("1"), number="11")
        self.load(self.pay("2"), number="12")
        lines = self.load_bank(
            self.document("Перечисление", payer=BANK),
            self.document("EPS", 5, "2", payer=BANK),
        ).lines
        for line in lines:
            with self.assertRaisesRegex(UserError, "registry"):
                self.by(self.accountant, line).action_meal_to_suspense()
        self.assertEqual(self.balance(self.suspense_account), 0)

    # === MONEY THAT GOES BACK === #

    def spend(self, amount, number="9"):
        day = date(2026, 1, 9)
        document = Document(
            number,
            day,
            amount,
            incoming=False,
            booked=day,
            payer=Party(OWN),
            payee=Party(PERSON),
            purpose="Возврат",
        )
        return self.by(self.accountant, self.load_bank(document, opening=10**6).lines)

    def test_a_payout_leaves_the_account_of_payouts_with_the_banks_line(self):
        gl_payout = self.gl_unknown.copy({"code": "3040601"})
        self.env["meal.gl.mapping"].create(
            {
                "company_id": self.city.id,
                "kind": "payout",
                "account_id": gl_payout.id,
            }
        )
        registry = self.load(self.pay("1", "bad", 10000))
        registry.line_ids.suspense_ids._return_to_payer()
        with self.assertRaisesRegex(UserError, "only 100.00"):
            self.spend(10001, "8").action_meal_paid_out()
        line = self.spend(10000)
        line.action_meal_paid_out()
        self.assertEqual(line.meal_state, "payout")
        self.assertEqual(self.booked(line.sudo()), {gl_payout: 100})
        with self.assertRaisesRegex(UserError, "only 0.00"):
            self.spend(1, "10").action_meal_paid_out()
        line.action_meal_unmatch()
        self.assertEqual(line.meal_state, "other")
        self.assertEqual(self.booked(line.sudo()), {self.gl_unknown: 100})

    def test_money_that_came_in_is_no_payout(self):
        line = self.load_bank(self.document("Прочее", payer=BANK)).lines
        with self.assertRaisesRegex(UserError, "outgoing"):
            self.by(self.accountant, line).action_meal_paid_out()

    # === PAYMENTS OF FAMILIES === #

    def test_one_payment_above_the_limit_does_not_stop_a_statement(self):
        purpose = f"л/с {self.account.number}"
        result = self.load_bank(
            self.document(purpose, 10**8 + 700), self.document(purpose, 500, "2")
        )
        self.assertEqual(result.lines.mapped("meal_state"), ["suspense", "topup"])
        self.assertEqual(self.balance(self.account), 500)
        self.assertEqual(self.balance(self.suspense_account), 10**8 + 700)
        receipts = self.env["meal.suspense"].search(
            [("bank_line_id", "=", result.lines[0].id)]
        )
        self.assertEqual(sorted(receipts.mapped("amount")), [7, 10**6])

    def test_an_inn_that_looks_like_an_account_credits_nobody(self):
        number = self.account.number
        result = self.load_bank(
            self.document(f"Оплата ИНН {number} по договору"),
            self.document(
                f"Плательщик {number} по договору",
                number="2",
                payer=PERSON,
                payee=Party(OWN, "АНО", inn=number),
            ),
        )
        self.assertNotIn("topup", result.lines.mapped("meal_state"))
        self.assertEqual(self.balance(self.account), 0)

    def test_an_organisation_does_not_pay_into_an_account_by_itself(self):
        purpose = f"Договор {self.account.number}"
        result = self.load_bank(self.document(purpose, payer=ORGANISATION))
        self.assertEqual(result.lines.meal_state, "unmatched")
        self.assertEqual(self.balance(self.account), 0)

    def test_a_payment_shown_before_and_after_its_booking_is_one_credit(self):
        document = self.document(f"л/с {self.account.number}")
        dated = exchange.write(OWN, [document]).decode("cp1251")
        undated = dated.replace("ДатаПоступило=07.01.2026\r\n", "")
        self.assertNotEqual(dated, undated)
        for text in (undated, dated, undated):
            self.load_bank(data=text.encode("cp1251"))
        lines = self.env["account.bank.statement.line"]
        self.assertEqual(len(lines.search([("journal_id", "=", self.journal.id)])), 1)
        self.assertEqual(self.balance(self.account), 10000)
