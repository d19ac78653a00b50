import base64
import io
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import load_workbook
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..domain import bank_account
from .compensation_common import (
    ACCOUNT,
    BIC,
    OCTOBER,
    OTHER_ACCOUNT,
    SEPTEMBER,
    CompensationCase,
)


@tagged("post_install", "-at_install")
class TestCompensationPayment(CompensationCase):
    def _confirm(self, payments):
        payments.action_confirm()

    def _return(self, payment, reason="Счёт закрыт"):
        wizard = self._as("accountant", self.env["compensation.return"]).create(
            {"payment_id": payment.id, "reason": reason, "date": date(2026, 11, 5)}
        )
        wizard.action_return()

    def _answer(self, payments, status):
        lines = payments._render("csv").decode("cp1251").splitlines()
        text = "\r\n".join([*(f"{line};{status}" for line in lines[:-1]), lines[-1]])
        wizard = self._as("accountant", self.env["compensation.bank.answer"]).create(
            {
                "list_id": payments.id,
                "file": base64.b64encode(text.encode("cp1251")),
                "date": date(2026, 11, 5),
            }
        )
        wizard.action_read()

    def _other_details(self, account=OTHER_ACCOUNT):
        return self._as("accountant", self.env["compensation.payee"]).create(
            {
                "student_id": self.student.id,
                "guardian_id": self.student.guardian_ids.id,
                "bank_account": account,
                "bank_bic": BIC,
                "date_from": date(2026, 11, 2),
                "basis": "Note",
            }
        )

    def test_a_payment_settles_what_was_accrued(self):
        [line] = self._approve()
        payments = self._send(SEPTEMBER)
        payment = payments.payment_ids
        self.assertEqual((payment.amount, payment.state), (1956.50, "sent"))
        self.assertEqual(payment.bank_account, ACCOUNT)
        self.assertEqual(line.state, "listed")
        self.assertTrue(line.move_line_id.reconciled)
        odoo = payment.payment_id
        self.assertEqual(odoo.amount, 1956.50)
        self.assertEqual(odoo.partner_id, self.mother)
        self.assertEqual(self._owed()[0], 0)
        bank = odoo.move_id.line_ids.filtered(lambda item: item.credit)
        self.assertEqual(bank.credit, 1956.50)
        self.assertNotIn("Ivanov ", odoo.memo)
        self._confirm(payments)
        self.assertEqual((line.state, line.month_id.state), ("paid", "paid"))
        self.assertFalse(self._audit())

    def test_nobody_is_paid_twice(self):
        self._approve()
        self._send(SEPTEMBER)
        again = self._list(SEPTEMBER)
        self.assertFalse(again.payment_ids)
        with self._refused(UserError, "Nothing is due"):
            again.action_send()

    def test_two_drafts_share_no_line(self):
        self._approve()
        first = self._list(SEPTEMBER)
        second = self._list(SEPTEMBER)
        self.assertEqual((len(first.payment_ids), len(second.payment_ids)), (1, 0))
        first.unlink()
        second.action_fill()
        self.assertEqual(len(second.payment_ids), 1)

    def test_wrong_details_wait_and_the_rest_is_paid(self):
        self._teach_at_home(self.classmate)
        wrong = bank_account.with_key("40817810000000000009", "044525974")
        self._pay_for(self.classmate, account=wrong)
        self._approve()
        payments = self._list(SEPTEMBER)
        self.assertEqual(payments.payment_ids.student_id, self.student)
        self.assertIn("does not belong to the bank", payments.waiting)
        [line] = self._month().line_ids.filtered("problem")
        self.assertEqual((line.student_id, line.state), (self.classmate, "due"))
        self.env["compensation.payee"].create(
            {
                "student_id": self.classmate.id,
                "guardian_id": self.classmate.guardian_ids.id,
                "bank_account": OTHER_ACCOUNT,
                "bank_bic": BIC,
                "date_from": date(2026, 11, 2),
                "basis": "Note",
            }
        )
        self.assertFalse(line.problem)
        payments.action_fill()
        self.assertEqual(len(payments.payment_ids), 2)

    def test_no_details_at_all(self):
        self._teach_at_home(self.classmate)
        self._pay_for(self.classmate, account=False)
        lines = self._calculate()
        [line] = lines.filtered("problem")
        self.assertIn("Ask the parent", line.problem)
        self.assertEqual(self._month().problem_count, 1)

    def test_details_are_checked_when_entered(self):
        with self._refused(ValidationError, "a digit of the"):
            self._other_details(ACCOUNT[:-1] + "7")
        with self._refused(ValidationError, "natural person"):
            self._other_details(bank_account.with_key("40702810000000000001", BIC))
        stranger = self.classmate.guardian_ids
        with self._refused(ValidationError, "of this child"):
            self._other_details().sudo().guardian_id = stranger
        self.assertFalse(self.env["compensation.payee"].search([]))

    def test_a_returned_payment_is_owed_again_and_paid_to_other_details(self):
        [line] = self._approve()
        payments = self._send(SEPTEMBER)
        self._confirm(payments)
        self._return(payments.payment_ids)
        self.assertEqual(payments.payment_ids.state, "returned")
        self.assertEqual((line.state, line.month_id.state), ("due", "approved"))
        self.assertIn("Счёт закрыт", line.problem)
        self.assertEqual(self._owed()[0], 1956.50)
        # told twice, nothing more happens
        payments.payment_ids.sudo()._return(date(2026, 11, 6), "again")
        self.assertEqual(payments.payment_ids.return_reason, "Счёт закрыт")
        self.assertEqual(self._owed()[0], 1956.50)
        again = self._list(SEPTEMBER)
        self.assertFalse(again.payment_ids)
        self.assertIn("other bank details", again.waiting)
        self._other_details()
        again.action_fill()
        again.action_send()
        self.assertEqual(again.payment_ids.bank_account, OTHER_ACCOUNT)
        self.assertEqual(payments.payment_ids.bank_account, ACCOUNT)
        owed, items = self._owed()
        self.assertEqual(owed, 0)
        self.assertTrue(all(items.mapped("reconciled")))
        self._confirm(again)
        self.assertEqual((line.state, line.month_id.state), ("paid", "paid"))
        self.assertFalse(self._audit())

    def test_details_that_came_after_filling(self):
        self._approve()
        payments = self._list(SEPTEMBER)
        self._other_details()
        with self._refused(UserError, "fill the list again"):
            payments.action_send()
        payments.action_fill()
        payments.action_send()
        self.assertEqual(payments.payment_ids.bank_account, OTHER_ACCOUNT)

    def test_what_was_paid_too_much_is_taken_off(self):
        self._approve()
        self._send(SEPTEMBER)
        self._stay(date(2026, 9, 7), date(2026, 9, 11))
        lines = self._approve(OCTOBER)
        october = lines.filtered(lambda line: not line.is_correction)
        payments = self._send(OCTOBER)
        payment = payments.payment_ids
        self.assertEqual(payment.line_ids, lines)
        self.assertEqual(payment.amount, round(october.amount - 451.50, 2))
        owed, items = self._owed()
        self.assertEqual(owed, 0)
        self.assertTrue(all(items.mapped("reconciled")))
        self.assertFalse(self._audit())

    def test_more_taken_off_than_due_waits(self):
        self._approve()
        self._send(SEPTEMBER)
        self.right._end("form_changed", SEPTEMBER)
        [fix] = self._approve(OCTOBER)
        self.assertEqual(fix.amount, -1956.50)
        payments = self._list(OCTOBER)
        self.assertFalse(payments.payment_ids)
        self.assertIn("taken off", payments.waiting)
        self.assertEqual(fix.state, "due")

    def _overpay(self):
        """Return the line of a leaver whose September was paid for nothing."""
        self._approve()
        self._confirm(self._send(SEPTEMBER))
        self.right._end("form_changed", SEPTEMBER)
        return self._approve(OCTOBER)

    def _settle(self, line, kind):
        wizard = self._as("accountant", self.env["compensation.settlement"])
        wizard.create(
            {
                "line_id": line.id,
                "kind": kind,
                "date": date(2026, 11, 2),
                "basis": "Order 9",
            }
        ).action_settle()

    def test_an_overpayment_keeps_no_month_open(self):
        line = self._overpay()
        self.assertEqual((line.amount, line.state), (-1956.50, "due"))
        self.assertEqual(line.month_id.state, "paid")
        with freeze_time(datetime(2026, 11, 19, 9)):
            self.env["compensation.month"]._cron_prepare()
        self.assertFalse(line.month_id.activity_ids)

    def test_an_overpayment_is_written_off(self):
        line = self._overpay()
        self._settle(line, "written_off")
        owed, items = self._owed()
        self.assertEqual((owed, line.state), (0, "settled"))
        self.assertTrue(all(items.mapped("reconciled")))
        cost = line.settlement_move_id.line_ids - items
        self.assertEqual(cost.balance, 1956.50)
        self.assertEqual(cost.account_id.internal_group, "expense")
        self.assertFalse(self._list(OCTOBER).waiting)
        self.assertFalse(self._audit())
        with self._refused(UserError, "Only an overpayment"):
            self._settle(line, "written_off")
        self.assertEqual(self._owed()[0], 0)

    def test_an_overpayment_is_paid_back(self):
        line = self._overpay()
        self._settle(line, "paid_back")
        owed, items = self._owed()
        self.assertEqual((owed, line.state), (0, "settled"))
        self.assertTrue(all(items.mapped("reconciled")))
        bank = self._bank_line(1956.50, "From the parent")
        bank.action_meal_compensation()
        self.assertTrue(bank.is_reconciled)
        self.assertFalse(line._get_settlement_item())
        self.assertFalse(bank.compensation_payment_ids)
        self.assertFalse(self._audit())

    def test_only_what_parents_owe_is_settled(self):
        [line] = self._approve()
        with self._refused(UserError, "Only an overpayment"):
            self._settle(line, "written_off")
        with self._refused(AccessError, "by the accountant"):
            self._as("head", line).action_settle()
        self.assertEqual((line.state, self._owed()[0]), ("due", 1956.50))

    def test_a_list_finds_its_journal_by_itself(self):
        lists = self._as("accountant", self.env["compensation.payment.list"])
        payments = lists.create({"company_id": self.city.id, "month": SEPTEMBER})
        self.assertEqual(payments.journal_id, self.bank)

    def test_defaults_of_a_client_send_nothing(self):
        self._approve()
        lists = self._as("accountant", self.env["compensation.payment.list"])
        lists = lists.with_context(default_state="sent", default_number=7)
        payments = lists.create({"company_id": self.city.id, "month": SEPTEMBER})
        payments.action_fill()
        self.assertEqual((payments.state, payments.payment_ids.number), ("draft", 0))
        self.assertEqual(payments.payment_ids.state, "draft")

    def test_what_was_sent_is_never_changed(self):
        self._approve()
        payments = self._send(SEPTEMBER)
        for change in (
            lambda: payments.write({"date": date(2026, 12, 1)}),
            payments.action_fill,
            payments.action_send,
            payments.unlink,
        ):
            with self._refused(UserError, "sent to the bank"):
                change()
        with self._refused(UserError, "by its buttons"):
            payments.write({"state": "draft"})
        self.assertEqual(payments.state, "sent")
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self._refused(CheckViolation, "never changed"),
        ):
            self.env.cr.execute(
                "UPDATE compensation_payment SET amount = 1 WHERE id = %s",
                [payments.payment_ids.id],
            )

    # === FILES === #

    def test_files_are_the_same_every_time(self):
        self._approve()
        payments = self._list(SEPTEMBER, kbk="90207020110110010323")
        with self._refused(UserError, "Send the list first"):
            payments._render("csv")
        payments.action_send()
        with self._refused(UserError, "account and the BIC"):
            payments._render("txt")
        self.bank.bank_account_id = self.env["res.partner.bank"].create(
            {
                "acc_number": "40702810400000000001",
                "partner_id": self.city.partner_id.id,
                "bank_id": self.env["res.bank"]
                .create(
                    {
                        "name": "Сбербанк",
                        "bic": BIC,
                        "meal_correspondent_account": "30101 810 4 0000 0000225",
                    }
                )
                .id,
            }
        )
        self.city.meal_kpp = "742001001"
        for extension in ("txt", "csv"):
            first = payments._render(extension)
            with freeze_time(datetime(2026, 11, 20, 9)):
                self.assertEqual(payments._render(extension), first)
        text = payments._render("txt").decode("cp1251")
        self.assertIn(f"ПолучательСчет={ACCOUNT}", text)
        self.assertIn("ПлательщикСчет=40702810400000000001", text)
        self.assertIn("ПлательщикКПП=742001001\r\n", text)
        self.assertIn("ПлательщикКорсчет=30101810400000000225\r\n", text)
        self.assertIn("НазначениеПлатежа=(КБК 90207020110110010323) Денежная", text)
        self.assertNotIn("Ivanov ", text)  # the child
        self.assertTrue(payments._render("pdf").startswith(b"%PDF"))
        book = load_workbook(io.BytesIO(payments._render("xlsx")))
        self.assertEqual(book.active.cell(4, 9).value, 1956.5)

    def test_kpp_and_correspondent_account_are_checked(self):
        for kpp in ("74200100", "742001001 ", "7420o1001"):
            with self._refused(ValidationError, "nine characters"):
                self.city.meal_kpp = kpp
        bank = self.env["res.bank"].create({"name": "Bank", "bic": BIC})
        for account in ("30101810400000000974", ACCOUNT, "30101"):
            with self._refused(ValidationError, "does not belong to the BIC"):
                bank.meal_correspondent_account = account

    def test_the_answer_of_the_bank_twice(self):
        [line] = self._approve()
        payments = self._send(SEPTEMBER)
        self._answer(payments, "Не зачислено;Счёт закрыт")
        self.assertEqual(payments.payment_ids.return_reason, "Счёт закрыт")
        moves = self.env["account.move"].search_count([])
        self._answer(payments, "Не зачислено;Счёт закрыт")
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual((payments.state, line.state), ("done", "due"))

    def test_the_answer_to_another_list(self):
        self._approve()
        payments = self._send(SEPTEMBER)
        payments.payment_ids.sudo()  # same number, other amount
        text = f"{payments.payment_ids.number};x;{ACCOUNT};{BIC};a;b;c;1,00;d;Зачислено"
        wizard = self.env["compensation.bank.answer"].create(
            {
                "list_id": payments.id,
                "file": base64.b64encode(f"{text}\r\n=1;1,00\r\n".encode()),
            }
        )
        with self._refused(UserError, "Nothing was changed"):
            wizard.action_read()
        self.assertEqual(payments.payment_ids.state, "sent")

    def test_calculation_sheet_and_workbook_of_a_month(self):
        self._approve()
        self._stay(date(2026, 9, 7), date(2026, 9, 11))
        lines = self._approve(OCTOBER)
        self.assertTrue(lines._render_pdf().startswith(b"%PDF"))
        month = self._as("accountant", lines.month_id)
        book = load_workbook(io.BytesIO(month._render("xlsx")))
        self.assertEqual(book.sheetnames, ["Дети", "Дни"])
        cells = {cell.value for row in book["Дети"].rows for cell in row}
        self.assertIn(ACCOUNT, cells)
        book = load_workbook(
            io.BytesIO(self._as("head", lines.month_id)._render("xlsx"))
        )
        cells = {cell.value for row in book["Дети"].rows for cell in row}
        self.assertNotIn(ACCOUNT, cells)

    # === BANK STATEMENT === #

    def _bank_line(self, amount, label):
        return self._as("accountant", self.env["account.bank.statement.line"]).create(
            {
                "journal_id": self.bank.id,
                "date": date(2026, 11, 3),
                "amount": amount,
                "payment_ref": label,
            }
        )

    def _in_transit(self, payments):
        account = payments.payment_ids.payment_id.outstanding_account_id
        items = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(items.mapped("balance")), 2), items

    def test_the_statement_settles_money_in_transit(self):
        [line] = self._approve()
        payments = self._send(SEPTEMBER)
        self.assertEqual(self._in_transit(payments)[0], -1956.50)
        bank = self._bank_line(-1956.50, "Compensation")
        bank.action_meal_compensation()
        balance, items = self._in_transit(payments)
        self.assertEqual(balance, 0)
        self.assertTrue(all(items.mapped("reconciled")))
        self.assertTrue(bank.is_reconciled)
        self.assertEqual((payments.state, line.state), ("done", "paid"))
        with self._refused(UserError, "not matched yet"):
            bank.action_meal_compensation()
        # and back it comes
        back = self._bank_line(1956.50, "Returned: account closed")
        back.action_meal_compensation()
        balance, items = self._in_transit(payments)
        self.assertEqual((balance, line.state), (0, "due"))
        self.assertTrue(all(items.mapped("reconciled")))
        self.assertEqual(payments.payment_ids.return_reason, "Returned: account closed")
        self.assertEqual(self._owed()[0], 1956.50)
        self.assertFalse(self._audit())

    def test_the_statement_comes_after_the_return(self):
        self._approve()
        payments = self._send(SEPTEMBER)
        self._return(payments.payment_ids)
        self.assertEqual(self._in_transit(payments)[0], 0)
        for amount in (-1956.50, 1956.50):
            line = self._bank_line(amount, "Compensation")
            line.date = date(2026, 11, 6)
            line.action_meal_compensation()
            with self._refused(UserError, "not exactly one"):
                twice = self._bank_line(amount, "Compensation")
                twice.date = date(2026, 11, 6)
                twice.action_meal_compensation()
        balance, items = self._in_transit(payments)
        self.assertEqual(balance, 0)
        self.assertTrue(all(items.mapped("reconciled")))
        self.assertEqual(self._owed()[0], 1956.50)
        self.assertEqual(payments.payment_ids.return_reason, "Счёт закрыт")

    def test_the_statement_names_one_of_two_equal_payments(self):
        self._teach_at_home(self.classmate, "135")
        self._pay_for(self.classmate, account=OTHER_ACCOUNT)
        self._approve()
        payments = self._send(SEPTEMBER).payment_ids
        bank = self._bank_line(-1956.50, "Compensation")
        with self._refused(UserError, "not exactly one"):
            bank.action_meal_compensation()
        bank.payment_ref = f"Order {payments[1].number}"
        bank.action_meal_compensation()
        self.assertEqual(payments.mapped("state"), ["sent", "paid"])

    def test_a_list_may_leave_as_one_amount(self):
        self._teach_at_home(self.classmate, "135")
        self._pay_for(self.classmate, account=OTHER_ACCOUNT)
        self._approve()
        payments = self._send(SEPTEMBER)
        self._bank_line(-3913.00, "Payroll").action_meal_compensation()
        self.assertEqual(payments.state, "done")
        self.assertEqual(self._in_transit(payments)[0], 0)

    def test_another_amount_is_no_compensation(self):
        self._approve()
        payments = self._send(SEPTEMBER)
        with self._refused(UserError, "not exactly one"):
            self._bank_line(-1956.49, "Compensation").action_meal_compensation()
        self.assertEqual(payments.state, "sent")

    # === ACCESS === #

    def test_bank_details_are_for_few(self):
        [line] = self._approve()
        payment = self._send(SEPTEMBER).payment_ids
        for record in (line, payment):
            for role in ("head", "department"):
                with self._refused(AccessError, "bank_account"):
                    self._as(role, record).read(["bank_account"])
            for role in ("operator", "accountant"):
                [values] = self._as(role, record).read(["bank_account"])
                self.assertEqual(values["bank_account"], ACCOUNT)

    def test_files_with_accounts_are_logged(self):
        [line] = self._approve()
        payments = self._send(SEPTEMBER)
        logs = self.env["school.access.log"]
        for render in (
            lambda: payments._render("csv"),
            lambda: self._as("accountant", line.month_id)._render("xlsx"),
            lambda: self._as("accountant", payments.payment_ids).read(["bank_bic"]),
        ):
            logs.search([]).sudo().unlink()
            render()
            log = logs.search([])
            self.assertEqual(log.student_id, self.student)
            self.assertEqual(log.user_id, self.roles["accountant"])
            self.assertEqual(log.kind, "bank")

    def test_only_the_accountant_pays(self):
        self._approve()
        payments = self._list(SEPTEMBER)
        for role in ("operator", "head", "department"):
            for name in ("action_send", "action_fill", "action_confirm"):
                with self._refused(AccessError, ""):
                    getattr(self._as(role, payments), name)()
            with self._refused(AccessError, ""):
                self._as(role, payments)._render("xlsx")
        self.assertEqual(payments.state, "draft")

    def _audit(self):
        checks = self.env["meal.audit"]._audit_checks()
        self.env.flush_all()
        return [
            finding
            for name, check in checks.items()
            if name.startswith("compensation")
            for finding in check()
        ]

    def test_the_audit_finds_what_was_changed_behind_its_back(self):
        [line] = self._approve()
        self._send(SEPTEMBER)
        self.assertFalse(self._audit())
        for table in ("compensation_day", "compensation_line", "benefit_entitlement"):
            self.env.cr.execute(
                SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table))
            )
        for statement, kind in (
            ("UPDATE compensation_day SET amount = 1 WHERE line_id = %s AND is_counted",
             "compensation_days"),
            ("UPDATE compensation_line SET state = 'due' WHERE id = %s",
             "compensation_line_paid"),
            ("UPDATE compensation_line SET move_line_id = NULL WHERE id = %s",
             "compensation_entry"),
            ("UPDATE compensation_line SET previous_total = -1, amount = total + 1"
             " WHERE id = %s", "compensation_paid"),
            ("UPDATE benefit_entitlement SET date_from = '2026-09-03' WHERE id ="
             " (SELECT entitlement_id FROM compensation_line WHERE id = %s)",
             "compensation_right"),
        ):  # fmt: skip
            self.env.cr.execute("SAVEPOINT before")
            self.env.cr.execute(statement, [line.id])
            kinds = {finding["kind"] for finding in self._audit()}
            self.assertIn(kind, kinds)
            self.env.cr.execute("ROLLBACK TO before")
            self.env.invalidate_all()
