"""From a bank's registry file to the families' accounts."""

import logging
import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain import account_number, sber_registry
from ..domain.sber_registry import Payment
from .common import SchoolMealCase


class PaymentCase(SchoolMealCase):
    """The small world with a channel of the bank and an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("accountant_in", "group_accountant", cls.school)
        cls.channel = cls.env["meal.payment.channel"].create(
            {"name": "Sberbank", "code": "sber", "company_id": cls.city.id}
        )
        cls.registries = cls.env["meal.payment.registry"]
        cls.suspense_account = cls.env["meal.account"]._system("suspense", cls.city)

    def pay(self, operation="1", account=None, amount=10000, **kwargs):
        """A payment of a registry; to the student's account by default."""
        return Payment(
            operation=operation,
            account=self.account.number if account is None else account,
            paid=amount,
            payer="СИДОРОВ СИДОР СИДОРОВИЧ",
            occurred_at=datetime(2026, 1, 3, 9, 32, 33),
            **kwargs,
        )

    def write(self, *payments, number="686336", **kwargs):
        day = date(2026, 1, 6)
        return sber_registry.write(payments, number=number, date=day, **kwargs)

    def load(self, *payments, data=None, name="r.txt", post=True, **kwargs):
        data = data or self.write(*payments, **kwargs)
        registry = self.registries._load(self.channel, data, name)
        if post:
            registry._post()
        return registry

    def by(self, user, records):
        """The records as the user sees them, in the user's own company."""
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def balance(self, account):
        return account._balance()


@tagged("post_install", "-at_install")
class TestPaymentRegistry(PaymentCase):
    def assert_whole(self, registry):
        """Nothing is lost: of the form, of the ledger, of the work list."""
        self.assertEqual(registry.amount_difference, 0)
        self.assertEqual(
            registry.count_credited
            + registry.count_suspense
            + registry.count_duplicate
            + registry.count_error,
            registry.total_count,
        )

    def test_the_family_is_credited_with_the_full_sum_it_paid(self):
        registry = self.load(
            self.pay("1", amount=85750, fee=750),
            self.pay("2", self.sibling.account_id.number, amount=100),
        )
        self.assertEqual(registry.state, "posted")
        self.assertEqual(self.balance(self.account), 85750)
        self.assertEqual(self.balance(self.sibling.account_id), 100)
        self.assertEqual(self.balance(self.channel.transit_account_id), -85850)
        self.assertEqual(registry.total_fee, 7.50)
        self.assertEqual(registry.amount_credited, 858.50)
        self.assert_whole(registry)

    def test_the_time_of_the_bank_becomes_utc_in_the_ledger(self):
        self.load(self.pay())
        transfer = self.env["meal.transfer"].search(
            [("credit_account_id", "=", self.account.id)]
        )
        self.assertEqual(transfer.occurred_at, datetime(2026, 1, 3, 6, 32, 33))
        self.assertEqual(transfer.kind, "topup")

    def test_nothing_is_credited_before_the_accountant_records_it(self):
        registry = self.load(self.pay(), post=False)
        self.assertEqual(registry.state, "checked")
        self.assertEqual(registry.count_credited, 1)
        self.assertEqual(self.balance(self.account), 0)

    def test_the_same_file_is_recognised_and_recorded_once(self):
        first = self.load(self.pay())
        second = self.load(self.pay())
        self.assertEqual(first, second)
        self.assertEqual(self.balance(self.account), 10000)

    def test_recording_twice_changes_nothing(self):
        registry = self.load(self.pay())
        registry._post()
        registry.state = "checked"  # as after an interruption
        registry._post()
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(registry.count_credited, 1)

    def test_operations_of_an_overlapping_file_are_listed_and_not_doubled(self):
        self.load(self.pay("1"), self.pay("2", amount=500))
        registry = self.load(
            self.pay("2", amount=500), self.pay("3", amount=7), number="2"
        )
        self.assertEqual(registry.count_duplicate, 1)
        self.assertEqual(registry.amount_duplicate, 5)
        self.assertEqual(registry.count_credited, 1)
        self.assertEqual(self.balance(self.account), 10507)
        self.assert_whole(registry)
        duplicate = registry.line_ids.filtered(lambda line: line.state == "duplicate")
        self.assertEqual(duplicate.reason, "operation_loaded")

    def test_an_operation_with_another_amount_is_shown_as_different(self):
        self.load(self.pay("1"))
        registry = self.load(self.pay("1", amount=999), number="2")
        self.assertEqual(registry.line_ids.reason, "operation_differs")
        self.assertEqual(self.balance(self.account), 10000)

    def test_an_operation_repeated_in_one_file_is_credited_once(self):
        registry = self.load(self.pay("1"), self.pay("1"))
        self.assertEqual(registry.count_duplicate, 1)
        self.assertEqual(self.balance(self.account), 10000)
        self.assert_whole(registry)

    def test_duplicates_the_bank_did_transfer_are_kept_in_suspense(self):
        registry = self.load(self.pay("1"), self.pay("1"))
        self.by(self.accountant, registry).action_accept_duplicates()
        self.assertEqual(registry.count_duplicate, 0)
        self.assertEqual(self.balance(self.suspense_account), 10000)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.env["meal.suspense"]._open_balance(self.city), 10000)
        self.assert_whole(registry)
        registry._accept_duplicates()
        self.assertEqual(self.balance(self.suspense_account), 10000)

    def test_the_database_refuses_to_record_one_operation_twice(self):
        registry = self.load(self.pay("1"), self.pay("2"))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            registry.line_ids[1].operation = "1"
            registry.line_ids.flush_recordset()

    def test_the_database_refuses_totals_that_do_not_add_up(self):
        registry = self.load(self.pay())
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            registry.amount_credited = 1
            registry.flush_recordset()

    def test_stray_payments_wait_in_suspense_with_their_reason(self):
        number = self.account.number
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        self.classmate.account_id.state = "closed"
        registry = self.load(
            self.pay("1", wrong, 1),
            self.pay("2", number[:-1], 2),
            self.pay("3", account_number.build("999", 999999), 4),
            self.pay("4", self.classmate.account_id.number, 8),
            self.pay("5", "", 16),
            self.pay("6", self.stranger.account_id.number, 32),
            self.pay("", number, 64),
        )
        reasons = registry.line_ids.sorted("sequence").mapped("reason")
        self.assertEqual(
            reasons,
            [
                "check_digit",
                "check_digit",
                "unknown_account",
                "account_closed",
                "account_missing",
                "unknown_account",
                "line_damaged",
            ],
        )
        self.assertEqual(self.balance(self.suspense_account), 127)
        self.assertEqual(self.env["meal.suspense"]._open_balance(self.city), 127)
        self.assertEqual(self.balance(self.account), 0)
        self.assert_whole(registry)

    def test_an_account_opened_before_recording_is_found_by_checking_again(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        self.classmate.account_id.state = "closed"
        number = self.classmate.account_id.number
        registry = self.load(self.pay("1", number), post=False)
        self.assertEqual(registry.count_suspense, 1)
        self.classmate.account_id.state = "open"
        registry._check()
        self.assertEqual(registry.count_credited, 1)
        self.assertFalse(newcomer.account_id)

    def test_a_blocked_account_still_receives_money(self):
        self.account.state = "blocked"
        self.load(self.pay())
        self.assertEqual(self.balance(self.account), 10000)

    def test_zero_and_negative_amounts_are_rejected_and_leave_no_trace(self):
        registry = self.load(
            self.pay("1"),
            self.pay("2", amount=0),
            self.pay("3", amount=-500),
        )
        self.assertEqual(registry.count_error, 2)
        self.assertEqual(registry.count_credited, 1)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.balance(self.channel.transit_account_id), -10000)
        self.assert_whole(registry)

    def test_a_payment_above_the_ledgers_limit_waits_in_suspense(self):
        registry = self.load(self.pay("1"), self.pay("2", amount=2 * 10**8 + 5))
        self.assertEqual(registry.count_error, 0)
        self.assertEqual(registry.line_ids[1].reason, "amount_too_large")
        receipts = registry.line_ids[1].suspense_ids
        self.assertEqual(sorted(receipts.mapped("amount")), [0.05, 10**6, 10**6])
        self.assertEqual(self.balance(self.suspense_account), 2 * 10**8 + 5)
        self.assertEqual(self.env["meal.suspense"]._open_balance(self.city), 200000005)
        self.assert_whole(registry)
        registry.state = "checked"  # as after an interruption
        registry.line_ids.suspense_ids.unlink()
        registry._post()
        self.assertEqual(self.balance(self.suspense_account), 2 * 10**8 + 5)

    def test_the_money_of_an_unreadable_line_waits_in_suspense(self):
        text = self.write(self.pay("1", amount=12345), self.pay("2")).decode("cp1251")
        data = text.replace(";123,45;123,45;", ";12?,45;123,45;").encode("cp1251")
        registry = self.load(data=data)
        self.assertEqual(registry.amount_suspense, 123.45)
        self.assertEqual(registry.line_ids[0].reason, "amount_from_totals")
        self.assertEqual(self.balance(self.suspense_account), 12345)
        self.assert_whole(registry)

    def test_several_unreadable_lines_share_one_receipt_in_suspense(self):
        payments = [self.pay(str(n), amount=10000 + n) for n in range(4)]
        text = self.write(*payments).decode("cp1251")
        text = text.replace(";100,01;100,01;", ";x;y;").replace(";100,02;", ";z;", 1)
        registry = self.load(data=text.encode("cp1251"))
        self.assertEqual(self.balance(self.suspense_account), 20003)
        self.assertEqual(registry.count_suspense, 1)
        self.assertEqual(registry.count_error, 1)
        self.assert_whole(registry)

    def unreadable(self):
        """The text of a file with two unreadable lines, and of the corrected one."""
        payments = [self.pay(str(n), amount=10000 + n) for n in range(4)]
        good = self.write(*payments).decode("cp1251")
        bad = good.replace(";100,01;100,01;", ";x;y;").replace(";100,02;", ";z;", 1)
        return bad.encode("cp1251"), good.encode("cp1251")

    def test_a_packed_copy_of_a_file_is_the_same_file(self):
        bad, _good = self.unreadable()
        registry = self.load(data=bad)
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("r.txt", bad)
        again = self.load(data=stream.getvalue(), name="r.zip")
        self.assertEqual(again, registry)
        self.assertEqual(self.balance(self.suspense_account), 20003)

    def test_a_corrected_file_is_not_credited_beside_the_remainder(self):
        bad, good = self.unreadable()
        self.load(data=bad)
        before = self.balance(self.account)
        registry = self.load(data=good)
        self.assertEqual(registry.count_duplicate, 4)
        reasons = registry.line_ids.sorted("sequence").mapped("reason")
        self.assertEqual(
            reasons,
            ["operation_loaded", "in_remainder", "in_remainder", "operation_loaded"],
        )
        self.assertEqual(self.balance(self.account), before)
        self.assertEqual(self.balance(self.suspense_account), 20003)

    def test_a_line_of_a_remainder_in_another_file_is_not_credited_again(self):
        bad, _good = self.unreadable()
        self.load(data=bad)
        before = self.balance(self.account)
        registry = self.load(
            self.pay("1", amount=10001), self.pay("2", amount=10002), number="9"
        )
        self.assertEqual(set(registry.line_ids.mapped("reason")), {"in_remainder"})
        self.assertEqual(self.balance(self.account), before)

    def test_a_corrected_line_that_hid_its_operation_is_not_credited_again(self):
        good = self.write(self.pay("1"), self.pay("2")).decode("cp1251")
        bad = good.replace(";1;", ";;", 1).replace(";100,00;100,00;", ";x;y;", 1)
        self.load(data=bad.encode("cp1251"))
        before = self.balance(self.account)
        registry = self.load(data=good.encode("cp1251"))
        self.assertEqual(registry.line_ids[0].reason, "in_remainder")
        self.assertEqual(self.balance(self.account), before)

    def test_a_file_is_not_loaded_again_through_another_channel(self):
        registry = self.load(self.pay("1"), self.pay("2"))
        other = self.channel.copy({"code": "vtb", "name": "VTB"})
        data = self.write(self.pay("1"), self.pay("2"))
        same = self.registries._load(other, data, "")
        self.assertEqual(same, registry)
        # The bank's second copy differs in a letter, not in its payments.
        data = data.replace(b"V;", b"W;")
        with self.assertRaisesRegex(UserError, "Sberbank"):
            self.registries._load(other, data, "")

    def test_a_damaged_file_is_refused_whole_and_says_which_check_failed(self):
        good = self.write(self.pay("1"), self.pay("2"))
        text = good.decode("cp1251")
        cases = {
            "The number of payments is wrong": text.replace("=2;", "=3;"),
            "The total paid is wrong": text.replace("=2;200,00", "=2;201,00"),
            "The totals line": text.split("=")[0],
            "cut off": text.split("=")[0],
        }
        for sentence, content in cases.items():
            with self.subTest(sentence=sentence):
                with self.assertRaises(UserError) as refusal:
                    self.load(data=content.encode("cp1251"))
                self.assertIn(sentence, str(refusal.exception))
        self.assertFalse(self.registries.search([("channel_id", "=", self.channel.id)]))
        self.assertEqual(self.balance(self.account), 0)

    def test_a_file_of_another_payee_is_refused(self):
        self.channel.payee_inn = "9715357654"
        name = sber_registry.file_name("7707083893", "4" * 20, 1)
        with self.assertRaises(UserError) as refusal:
            self.load(self.pay(), name=name)
        self.assertIn("another payee", str(refusal.exception))

    def test_a_second_channel_may_use_the_same_operation_numbers(self):
        self.load(self.pay("1"))
        other = self.channel.copy({"code": "vtb", "name": "VTB"})
        data = self.write(self.pay("1"), number="7")
        self.registries._load(other, data, "")._post()
        self.assertEqual(self.balance(self.account), 20000)
        self.assertNotEqual(other.transit_account_id, self.channel.transit_account_id)

    def test_a_layout_of_another_contract_is_read(self):
        self.channel.write(
            {
                "layout_fields": 9,
                "layout_operation": 3,
                "layout_account": 4,
                "layout_payer": 5,
            }
        )
        data = self.write(self.pay("1"), layout=self.channel._get_layout())
        self.assertEqual(data.split(b"\r\n")[0].count(b";"), 8)
        self.load(data=data)
        self.assertEqual(self.balance(self.account), 10000)

    def test_a_layout_that_covers_the_amounts_is_refused(self):
        with self.assertRaises(UserError):
            self.channel.layout_account = 10

    def test_recording_in_portions_gives_the_same_result(self):
        registry = self.load(self.pay("1"), self.pay("2", "bad"), post=False)
        with self.enter_registry_test_mode():
            registry._post(isolated=True)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.balance(self.suspense_account), 10000)
        self.assert_whole(registry)

    def test_after_an_interruption_a_closed_account_is_not_credited_again(self):
        registry = self.load(self.pay("1"), post=False)
        posting = self.env["meal.payment.posting"]
        lines = posting._fetch_decided(registry)
        operation = posting._prepare_operation(
            registry, lines[0], self.suspense_account.id
        )
        posting._record([operation], isolated=False)
        self.account.state = "closed"
        registry._post()
        self.assertEqual(registry.line_ids.state, "credited")
        self.assertEqual(registry.line_ids.account_id, self.account)
        self.assertEqual(self.balance(self.account), 10000)
        self.assertEqual(self.balance(self.suspense_account), 0)

    def test_a_registry_not_recorded_can_be_discarded_and_loaded_again(self):
        registry = self.load(self.pay(), post=False)
        self.by(self.accountant, registry).action_discard()
        self.assertFalse(registry.exists())
        registry = self.load(self.pay())
        with self.assertRaises(UserError):
            self.by(self.accountant, registry).action_discard()

    def test_an_interrupted_registry_is_finished_and_not_discarded(self):
        registry = self.load(self.pay("1"), self.pay("2"), post=False)
        posting = self.env["meal.payment.posting"]
        lines = posting._fetch_decided(registry)
        operation = posting._prepare_operation(
            registry, lines[0], self.suspense_account.id
        )
        posting._record([operation], isolated=False)
        with self.assertRaisesRegex(UserError, "interrupted"):
            self.by(self.accountant, registry).action_discard()
        self.assertTrue(registry.exists())

    def test_the_day_of_a_top_up_is_the_banks_not_the_users(self):
        self.channel.tz = "Asia/Kamchatka"
        self.env.user.tz = "America/Los_Angeles"
        with freeze_time("2026-01-06 20:00:00"):
            self.load(self.pay())
        transfer = self.env["meal.transfer"].search(
            [("credit_account_id", "=", self.account.id)]
        )
        self.assertEqual(transfer.business_date, date(2026, 1, 7))

    def test_what_was_not_credited_can_be_downloaded_with_reasons(self):
        registry = self.load(self.pay("1"), self.pay("2", "bad"))
        book = load_workbook(BytesIO(registry._build_problem_file()))
        rows = list(book.active.values)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1][1:3], ("2", "bad"))
        self.assertEqual(rows[1][6], "Wrong account number")

    def test_only_the_accountant_of_the_company_loads_and_records(self):
        registry = self.load(self.pay(), post=False)
        for group in ("group_operator", "group_head", "group_department"):
            user = self._new_user(f"{group}_in", group, self.school)
            for action in ("action_post", "action_check", "action_discard"):
                with self.assertRaises(AccessError):
                    getattr(self.by(user, registry), action)()
        other = self._new_user("acc_other", "group_accountant", self.other_school)
        with self.assertRaises(AccessError):
            self.by(other, registry).action_post()
        with self.assertRaises(AccessError):
            self.by(self.accountant, registry).write({"state": "posted"})
        with self.enter_registry_test_mode():
            self.by(self.accountant, registry).action_post()
        self.assertEqual(self.balance(self.account), 10000)

    def test_the_log_holds_no_name_and_no_account_number(self):
        records = []
        with (
            patch.object(
                logging.Logger, "isEnabledFor", lambda _log, level: level > 10
            ),
            patch.object(
                logging.Logger, "handle", lambda _log, item: records.append(item)
            ),
        ):
            logging.getLogger(__name__).info("at least one line")
            self.load(self.pay("1"), self.pay("2", "0242013139"))
        text = "\n".join(record.getMessage() for record in records).lower()
        self.assertIn("at least one line", text)
        for secret in ("сидоров", self.account.number, "0242013139"):
            self.assertNotIn(secret, text)

    @given(st.data())
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_every_kopeck_of_any_registry_is_somewhere(self, data):
        numbers = [
            self.account.number,
            self.sibling.account_id.number,
            self.stranger.account_id.number,
            "",
            "123",
            "0000000000",
        ]
        payments = data.draw(
            st.lists(
                st.builds(
                    Payment,
                    operation=st.sampled_from(["", *"123456789"]),
                    account=st.sampled_from(numbers),
                    paid=st.integers(-100, 10**6) | st.integers(10**8, 10**9),
                ),
                min_size=1,
                max_size=12,
            )
        )
        payments = [replace(item, transferred=item.paid) for item in payments]
        lines = self.write(*payments).decode("cp1251").split("\r\n")
        for index in data.draw(st.sets(st.integers(0, len(payments) - 1), max_size=3)):
            cells = lines[index].split(";")
            cells[data.draw(st.integers(0, 8))] += data.draw(
                st.sampled_from(["", ";", ";;", "x"])
            )
            lines[index] = ";".join(cells)
        content = "\r\n".join(lines).encode("cp1251")
        with self.env.cr.savepoint() as savepoint:
            registry = self.load(data=content)
            self.assert_whole(registry)
            transit = -self.balance(self.channel.transit_account_id)
            suspense = self.balance(self.suspense_account)
            credited = sum(
                self.balance(item) for item in (self.account + self.sibling.account_id)
            )
            self.assertEqual(transit, suspense + credited)
            self.assertEqual(credited, round(registry.amount_credited * 100))
            self.assertEqual(suspense, round(registry.amount_suspense * 100))
            self.assertEqual(self.balance(self.stranger.account_id), 0)
            savepoint.rollback()
        self.env.invalidate_all()
