from datetime import date, datetime

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .compensation_common import ACCOUNT, OCTOBER, SEPTEMBER, CompensationCase

PAY = "Pay the compensation by this day (item 27)"


@tagged("post_install", "-at_install")
class TestCompensationMonth(CompensationCase):
    def test_every_day_is_explained(self):
        self._vacation(date(2026, 9, 28), date(2026, 10, 4))
        self._stay(date(2026, 9, 7), date(2026, 9, 9))
        self._stay(date(2026, 9, 11), date(2026, 9, 11), "recreation")
        self._stay(date(2026, 9, 14), date(2026, 9, 14), "rehabilitation")
        for day, reason in ((16, "illness"), (18, "unexcused"), (21, "home")):
            self.env["meal.absence"].create(
                {
                    "student_id": self.student.id,
                    "school_id": self.school.id,
                    "date_from": date(2026, 9, day),
                    "date_to": date(2026, 9, day),
                    "reason": reason,
                    "source": "operator",
                }
            )
        [line] = self._calculate()
        reasons = self._reasons(line)
        self.assertEqual(len(reasons), 30)
        expected = {
            1: "not_taught", 2: "counted", 4: "counted", 5: "weekend",
            7: "hospital", 8: "hospital", 9: "hospital", 10: "not_taught",
            11: "recreation", 14: "rehabilitation", 16: "excused", 18: "unexcused",
            21: "counted", 23: "counted", 25: "counted", 28: "vacation",
            30: "vacation",
        }  # fmt: skip
        self.assertEqual({day: reasons[day] for day in expected}, expected)
        self.assertEqual(line.day_count, 5)
        self.assertEqual(line.amount, 752.50)
        self.assertEqual(line.partner_id, self.mother)
        self.assertEqual(line.bank_account, ACCOUNT)
        self.assertFalse(line.problem)

    def test_a_holiday_is_not_paid(self):
        with freeze_time(datetime(2026, 12, 1, 9)):
            [line] = self._calculate(date(2026, 11, 1)).filtered(
                lambda line: not line.is_correction
            )
        self.assertEqual(self._reasons(line)[4], "holiday")

    def test_rates_change_inside_the_month(self):
        self.rate.copy({"date_from": date(2026, 9, 16), "amount": 160.01})
        [line] = self._calculate()
        # 2 4 7 9 11 14 | 16 18 21 23 25 28 30
        self.assertEqual(line.amount, round(6 * 150.50 + 7 * 160.01, 2))

    def test_taught_at_school_on_some_days(self):
        self._pay_for(self.classmate)
        self._teach_at_home(self.classmate, form="remote", date_from=date(2026, 9, 14))
        [line] = self._calculate().filtered(
            lambda line: line.student_id == self.classmate
        )
        reasons = self._reasons(line)
        self.assertEqual((reasons[1], reasons[11]), ("onsite", "onsite"))
        self.assertEqual((reasons[14], reasons[15]), ("counted", "counted"))

    def test_quarantine_of_the_class_does_not_stop_lessons_at_home(self):
        self.env["school.calendar.period"].create(
            {
                "kind": "quarantine",
                "company_id": self.city.id,
                "school_ids": self.school.ids,
                "date_from": date(2026, 9, 7),
                "date_to": date(2026, 9, 13),
            }
        )
        reasons = self._reasons(self._calculate())
        self.assertEqual((reasons[7], reasons[12]), ("counted", "weekend"))

    def test_a_free_meal_is_not_compensated_too(self):
        self._insert_meal(date(2026, 9, 9))
        self.assertEqual(self._reasons(self._calculate())[9], "meal")

    def test_days_before_and_after_the_right(self):
        self.right._end("form_changed", date(2026, 9, 20))
        reasons = self._reasons(self._calculate())
        self.assertEqual((reasons[18], reasons[21]), ("counted", "after_end"))

    def test_no_rate_no_money_and_a_warning(self):
        self.rate.date_from = date(2026, 9, 10)
        [line] = self._calculate()
        reasons = self._reasons(line)
        self.assertEqual((reasons[9], reasons[11]), ("no_rate", "counted"))
        self.assertIn("No rate", line.warning)
        self.assertIn("No rate", line.month_id.warnings)

    def test_a_move_inside_the_municipality_shares_the_month(self):
        other = self._new_class(self.second_school, 5, "А")
        self.student._transfer(self.second_school, other, date(2026, 9, 17))
        [here] = self._calculate()
        [there] = self._calculate(school=self.second_school)
        self.assertEqual(self._reasons(here)[18], "other_school")
        self.assertEqual(self._reasons(there)[16], "other_school")
        self.assertEqual(here.day_count + there.day_count, 13)
        self._as("second", here.month_id).action_approve()
        self._as("second", there.month_id).action_approve()

    def test_a_late_decision_is_paid_with_the_month_of_the_decision(self):
        self._teach_at_home(self.classmate)
        self._pay_for(self.classmate, date(2026, 9, 28), decided=date(2026, 10, 2))
        self.assertEqual(self._approve().student_id, self.student)
        lines = self._calculate(OCTOBER).filtered(
            lambda line: line.student_id == self.classmate
        )
        self.assertEqual(
            sorted(lines.mapped("period")), [date(2026, 9, 1), date(2026, 10, 1)]
        )
        late = lines.filtered("is_correction")
        self.assertEqual(late.day_count, 3)  # 28, 29 and 30 September
        self.assertEqual(late.previous_total, 0)

    def test_late_for_remote_learning(self):
        remote = self._add_category(
            "remote", kind="money", is_onsite=False, is_remote=True, start_rule="remote"
        )
        self._teach_at_home(self.classmate, form="remote")
        self._pay_for(
            self.classmate,
            date(2026, 10, 6),
            category=remote,
            remote_since=date(2026, 9, 1),
        )
        lines = self._calculate(OCTOBER)
        [line] = lines.filtered(lambda line: line.student_id == self.classmate)
        self.assertEqual(self._reasons(line)[5], "before_start")
        self.assertIn("25.2", line.warning)

    # === APPROVAL === #

    def test_four_eyes(self):
        self._calculate()
        month = self._month()
        with self._refused(UserError, "somebody else approves"):
            self._as("accountant", month).action_approve()
        self.assertEqual(month.state, "calculated")
        self._as("head", month).action_approve()
        self.assertEqual(month.state, "approved")
        self.assertEqual(month.approved_by_id, self.roles["head"])

    def test_nobody_makes_a_month_that_is_approved(self):
        vals = {"school_id": self.school.id, "month": SEPTEMBER}
        months = self._as("accountant", self.env["compensation.month"])
        forged = {"state": "paid", "approved_by_id": self.roles["head"].id}
        context = {f"default_{name}": value for name, value in forged.items()}
        for month in (
            months.create({**vals, **forged}),
            months.with_context(**context).create({**vals, "month": OCTOBER}),
        ):
            self.assertEqual(month.state, "draft")
            self.assertFalse(month.approved_by_id)

    def test_defaults_of_a_client_make_no_approved_lines(self):
        month = self._as("accountant", self._month()).with_context(
            default_is_frozen=True, default_state="due"
        )
        month.action_calculate()
        self.assertEqual(month.line_ids.mapped("state"), ["draft"])
        self.assertFalse(month.line_ids.filtered("is_frozen"))
        self.assertFalse(month.line_ids.day_ids.filtered("is_frozen"))

    def test_only_the_accountant_calculates(self):
        for role in ("operator", "head", "department"):
            with self._refused(AccessError, "by the accountant"):
                self._as(role, self._month()).action_calculate()
        self.assertFalse(self._month().line_ids)

    def test_facts_that_changed_since_are_calculated_first(self):
        self._calculate()
        self._stay(date(2026, 9, 7), date(2026, 9, 9))
        with self._refused(UserError, "calculate it again"):
            self._as("second", self._month()).action_approve()
        self.assertFalse(self._month().move_id)

    def test_months_are_approved_in_order(self):
        self._calculate()
        with self._refused(UserError, "Approve School 24, .* first"):
            self._approve(OCTOBER)
        self._as("second", self._month()).action_approve()
        self._approve(OCTOBER)

    def test_a_month_that_is_not_over(self):
        with freeze_time(datetime(2026, 10, 30, 9)):
            self._approve()
            month = self._calculate(OCTOBER).month_id
            with self._refused(UserError, "not over"):
                self._as("second", month).action_approve()
        with (
            freeze_time(datetime(2026, 11, 1, 9)),
            self._refused(UserError, "before it was over"),
        ):
            self._as("second", month).action_approve()
        self.assertEqual(month.state, "calculated")

    def test_the_accrual_stands_in_the_general_ledger(self):
        [line] = self._approve()
        self.assertEqual(line.amount, 1956.50)
        owed, items = self._owed()
        self.assertEqual(owed, 1956.50)
        self.assertEqual(line.move_line_id, items)
        self.assertEqual(items.partner_id, self.mother)
        self.assertEqual(items.date, date(2026, 9, 30))
        cost = items.move_id.line_ids - items
        self.assertEqual(cost.account_id.internal_group, "expense")
        self.assertEqual(
            cost.analytic_distribution, {str(self.school.analytic_account_id.id): 100}
        )
        self.assertNotIn("Ivanov", " ".join(items.move_id.line_ids.mapped("name")))

    def test_without_accounts_nothing_is_approved(self):
        self.env["meal.gl.mapping"].search(
            [("kind", "=", "compensation"), ("company_id", "=", self.city.id)]
        ).unlink()
        self._calculate()
        with self._refused(RedirectWarning, "ledger set-up"):
            self._as("second", self._month()).action_approve()
        self.assertEqual(self._month().state, "calculated")
        self.assertFalse(self._month().line_ids.day_ids.filtered("is_frozen"))

    # === FROZEN === #

    def test_an_approved_month_never_changes(self):
        [line] = self._approve()
        month = line.month_id
        with self._refused(UserError, "corrected by the next"):
            self._as("accountant", month).action_calculate()
        with self._refused(UserError, "never deleted"):
            self._as("accountant", month).unlink()
        with self._refused(UserError, "never changed"):
            line.total = 1
        with self._refused(UserError, "another date"):
            self.rate.amount = 1
        self.assertEqual(line.total, 1956.50)

    @mute_logger("odoo.sql_db")
    def test_not_even_by_sql(self):
        [line] = self._approve()
        for statement in (
            "UPDATE compensation_line SET amount = 1, total = 1 WHERE id = %s",
            "DELETE FROM compensation_line WHERE id = %s",
            "UPDATE compensation_day SET amount = 1 WHERE line_id = %s AND is_counted",
            "UPDATE compensation_day SET is_frozen = false WHERE line_id = %s",
            "DELETE FROM compensation_day WHERE line_id = %s",
        ):
            with self._refused(CheckViolation, "never changed"):
                self.env.cr.execute(statement, [line.id])

    @mute_logger("odoo.sql_db")
    def test_a_day_is_paid_once(self):
        [line] = self._approve()
        twin = line.day_ids.filtered("is_counted")[0]
        other = line.copy_data()[0]
        other = self.env["compensation.line"].create(
            {**other, "month_id": self._month(OCTOBER).id, "is_frozen": False}
        )
        day = twin.copy({"line_id": other.id, "is_frozen": False})
        with self._refused(UniqueViolation, "paid_once"):
            day.is_frozen = True
            day.flush_recordset()

    # === CORRECTIONS === #

    def test_a_late_certificate_is_corrected_in_the_next_month(self):
        [line] = self._approve()
        self._stay(date(2026, 9, 7), date(2026, 9, 11))
        lines = self._approve(OCTOBER)
        fix = lines.filtered("is_correction")
        self.assertEqual((fix.period, fix.previous_id), (SEPTEMBER, line))
        self.assertEqual((fix.total, fix.previous_total), (1505.00, 1956.50))
        self.assertEqual(fix.amount, -451.50)
        # both calculations are kept
        self.assertEqual(line.total, 1956.50)
        self.assertEqual(len(line.day_ids), 30)
        self.assertEqual(len(fix.day_ids), 30)
        self.assertFalse(line.is_current or any(line.day_ids.mapped("is_current")))
        changed = fix.day_ids.filtered("is_changed")
        self.assertEqual([day.date.day for day in changed], [7, 9, 11])
        self.assertFalse(self._audit())

    def test_a_certificate_taken_back_is_corrected_once_more(self):
        self._approve()
        stay = self._stay(date(2026, 9, 7), date(2026, 9, 11))
        self._approve(OCTOBER)
        stay.active = False
        with freeze_time(datetime(2026, 12, 2, 9)):
            lines = self._approve(date(2026, 11, 1))
        fix = lines.filtered("is_correction")
        self.assertEqual(fix.amount, 451.50)
        self.assertFalse(self._audit())

    def test_nothing_changed_nothing_corrected(self):
        self._approve()
        self.assertFalse(self._calculate(OCTOBER).filtered("is_correction"))

    def test_a_backdated_move_after_the_approval(self):
        """The school that has paid the days corrects them first; then the other one
        pays them, and nobody waits for it."""
        self._teach_at_home(self.classmate, "135")
        self._pay_for(self.classmate)
        classes = self._new_class(self.second_school, 5, "А")
        self.classmate._transfer(self.second_school, classes, SEPTEMBER)
        self._approve()
        self.student._transfer(self.second_school, classes, date(2026, 9, 16))
        there = self._calculate(school=self.second_school)
        [line] = there.filtered(lambda line: line.student_id == self.student)
        reasons = self._reasons(line)
        self.assertEqual((reasons[14], reasons[16]), ("other_school", "paid_elsewhere"))
        self.assertIn("another school", line.warning)
        there = self._approve(school=self.second_school)
        self.assertEqual(sum(there.mapped("amount")), 1956.50)  # the classmate's
        [back] = self._approve(OCTOBER)
        self.assertEqual((back.period, back.amount), (SEPTEMBER, -7 * 150.50))
        there = self._approve(OCTOBER, self.second_school)
        fix = there.filtered("is_correction")
        self.assertEqual((fix.student_id, fix.amount), (self.student, 7 * 150.50))
        self.assertFalse(self._audit())

    def test_more_children_take_no_more_queries(self):
        month = self._month(OCTOBER)

        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            month._work_out()
            return self.cr.sql_log_count - before

        count()  # what is cached once
        alone = count()
        self._teach_at_home(self.classmate)
        self._pay_for(self.classmate)
        self.env.flush_all()
        self.assertLessEqual(count(), alone)

    def test_an_end_that_came_late(self):
        self._approve()
        self.right._end("form_changed", date(2026, 9, 20))
        lines = self._approve(OCTOBER)
        [fix] = lines
        self.assertTrue(fix.is_correction)  # no right in October: no line of its own
        self.assertEqual(fix.amount, round(-5 * 150.50, 2))

    # === DEADLINES === #

    def test_the_20th_moves_to_the_working_day_before(self):
        self.assertEqual(self._month(SEPTEMBER).due_date, date(2026, 10, 20))
        with freeze_time(datetime(2026, 12, 1, 9)):
            november = self._month(date(2026, 11, 1))
        self.assertEqual(november.due_date, date(2026, 12, 18))  # the 20th is a Sunday

    def test_months_open_by_themselves_and_accountants_are_reminded(self):
        months = self.env["compensation.month"]
        with freeze_time(datetime(2026, 12, 1, 3)):
            months._cron_prepare()
            november = months.search(self._get_november())
            self.assertEqual(november.school_id, self.school)
            self.assertFalse(november.activity_ids)
        with freeze_time(datetime(2026, 12, 14, 3)):
            months._cron_prepare()
            months._cron_prepare()
        activities = november.activity_ids
        self.assertEqual(set(activities.mapped("date_deadline")), {date(2026, 12, 18)})
        self.assertIn(self.roles["accountant"], activities.user_id)
        self.assertEqual(len(activities), len(activities.user_id))
        # no text of the job's language: the name of the type is translated
        self.assertFalse(any(activities.mapped("summary")))
        self.assertEqual(set(activities.mapped("display_name")), {PAY})

    def test_the_school_that_a_child_left_opens_its_month_too(self):
        months = self.env["compensation.month"]
        other = self._new_class(self.second_school, 5, "А")
        with freeze_time(datetime(2026, 11, 17, 9)):
            self.student._transfer(self.second_school, other, date(2026, 11, 17))
        with freeze_time(datetime(2026, 12, 1, 3)):
            months._cron_prepare()
        opened = months.search(self._get_november())
        self.assertEqual(opened.school_id, self.school + self.second_school)

    def test_a_month_opens_for_a_correction_alone(self):
        months = self.env["compensation.month"]
        self.right._end("form_changed", date(2026, 10, 31))
        self._approve()
        self._approve(OCTOBER)
        november = self._get_november()
        with freeze_time(datetime(2026, 12, 1, 3)):
            months._cron_prepare()
            self.assertFalse(months.search(november))
            self._stay(date(2026, 9, 7), date(2026, 9, 11))
            months._cron_prepare()
            self.assertEqual(months.search(november).school_id, self.school)

    def test_nothing_is_made_to_see_that_there_is_nothing(self):
        """A school where nothing is left to pay gets no month, not even for a while."""
        self.right._end("form_changed", date(2026, 10, 31))
        self._approve()
        self._approve(OCTOBER)
        self.env.flush_all()
        self.env.cr.execute("SELECT last_value FROM compensation_month_id_seq")
        before = self.env.cr.fetchone()
        with freeze_time(datetime(2026, 12, 1, 3)):
            self.env["compensation.month"]._cron_prepare()
        self.env.flush_all()
        self.env.cr.execute("SELECT last_value FROM compensation_month_id_seq")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_only_rights_of_the_school_are_read(self):
        self._teach_at_home(self.classmate)
        self._pay_for(self.classmate)
        other = self._new_class(self.second_school, 5, "А")
        self.classmate._transfer(self.second_school, other, SEPTEMBER)
        source = self.env["compensation.calculation"]
        found = source._find_entitlements(
            self.school, SEPTEMBER, date(2026, 9, 30), date(2026, 9, 30)
        )
        self.assertEqual(found.student_id, self.student)

    def _get_november(self):
        return [
            ("month", "=", date(2026, 11, 1)),
            ("company_id", "=", self.city.id),
        ]

    def _insert_meal(self, day):
        """A frozen portion that a budget paid for."""
        fields = {
            "school_id": self.school.id,
            "company_id": self.city.id,
            "date": day,
            "student_id": self.student.id,
            "meal_type_id": self.lunch.id,
            "age_group_id": self.older.id,
            "presence": "present",
            "outcome": "issued",
            "price": 126.50,
            "rule_id": self.free_rule.id,
            "portion": 1,
            "revision": 0,
            "is_current": True,
            "day_id": self.env["meal.day"]._get_or_make(self.school, day).id,
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO meal_day_line (%s) VALUES (%s)",
                SQL(", ").join(map(SQL.identifier, fields)),
                SQL(", ").join(SQL("%s", value) for value in fields.values()),
            )
        )

    def _audit(self):
        checks = self.env["meal.audit"]._audit_checks()
        self.env.flush_all()
        return [
            finding
            for name, check in checks.items()
            if name.startswith("compensation")
            for finding in check()
        ]
