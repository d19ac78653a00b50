from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SchoolMealCase

SEPTEMBER = date(2026, 9, 1)


@tagged("post_install", "-at_install")
class TestStudentMoves(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_5b = cls._new_class(cls.school, 5, "Б")
        cls.class_second = cls._new_class(cls.second_school, 5, "А")
        (cls.student + cls.sibling + cls.classmate).enrolment_ids.date_from = SEPTEMBER

    def _history(self, student):
        return [
            (row.class_name, row.date_from, row.date_to, row.reason, row.end_reason)
            for row in student.enrolment_ids.sorted("date_from")
        ]

    # === HISTORY === #

    def test_a_new_student_has_one_open_enrolment(self):
        [(name, _start, end, reason, _end_reason)] = self._history(self.student)
        self.assertEqual((name, end, reason), ("5А", False, "admission"))

    def test_a_change_of_class_closes_the_day_before_and_opens_the_next(self):
        self.student._transfer(self.school, self.class_5b, date(2026, 11, 10))
        self.assertEqual(
            self._history(self.student),
            [
                ("5А", SEPTEMBER, date(2026, 11, 9), "admission", "class"),
                ("5Б", date(2026, 11, 10), False, "class", False),
            ],
        )

    def test_a_plain_write_of_the_class_is_history_too(self):
        self.student.class_id = self.class_5b
        self.assertEqual(len(self.student.enrolment_ids), 2)
        self.student.phone = "+7"
        self.assertEqual(len(self.student.enrolment_ids), 2)

    def test_two_changes_on_one_day_leave_one_period(self):
        for school_class in (self.class_5b, self.class_1b):
            self.student._transfer(self.school, school_class, date(2026, 11, 10))
        self.assertEqual([row[0] for row in self._history(self.student)], ["5А", "1Б"])

    def test_account_and_money_follow_to_another_school(self):
        self._top_up(self.account, 5000)
        number = self.account.number
        day = date(2026, 11, 10)
        self.student._transfer(self.second_school, self.class_second, day)
        self.assertEqual(self.account.school_id, self.second_school)
        self.assertEqual((self.account.number, self.account.posted), (number, 50.0))
        self.assertEqual(self._history(self.student)[-1][3], "school")

    def test_another_municipality_is_refused(self):
        with self._refused(ValidationError, "another municipality"):
            self.student._transfer(
                self.other_school, self.class_other, date(2026, 11, 10)
            )

    def test_the_wizard_transfers_a_list(self):
        students = self.student + self.classmate
        wizard = Form(
            self.env["school.student.transfer"].with_context(
                active_model="school.student", active_ids=students.ids
            )
        )
        wizard.class_id = self.class_5b
        wizard.save().action_transfer()
        self.assertEqual(students.class_id, self.class_5b)

    # === LEAVING === #

    def _leave_wizard(self, students):
        return (
            self.env["school.student.leave"]
            .with_context(active_model="school.student", active_ids=students.ids)
            .create({})
        )

    def test_nobody_leaves_or_is_archived_with_money_and_no_choice(self):
        self._top_up(self.account, 5000)
        with self._refused(ValidationError, "still money"):
            self.student.state = "left"
        with self._refused(ValidationError, "still money"):
            self.student.active = False
        with self._refused(UserError, "choose what happens"):
            self._leave_wizard(self.student).action_leave()
        self.assertEqual(self.student.state, "enrolled")

    def test_a_refund_goes_to_the_payout_account(self):
        self._top_up(self.account, 5000)
        payout = self.env["meal.account"]._system("payout", self.city)
        before = payout._balance()
        wizard = self._leave_wizard(self.student)
        wizard.line_ids.disposition = "refund"
        wizard.action_leave()
        self.assertEqual(payout._balance() - before, 5000)
        self.assertEqual((self.account.posted, self.account.state), (0.0, "closed"))
        self.assertEqual(self.student.state, "left")
        self.assertFalse(self.student.class_id)
        self.assertEqual(self._history(self.student)[-1][4], "left")

    def test_a_repeated_click_pays_once(self):
        self._top_up(self.account, 5000)
        payout = self.env["meal.account"]._system("payout", self.city)
        before = payout._balance()
        wizard = self._leave_wizard(self.student)
        wizard.line_ids.disposition = "refund"
        wizard.action_leave()
        wizard.action_leave()
        self.assertEqual(payout._balance() - before, 5000)

    def test_money_goes_to_a_sibling(self):
        self._top_up(self.account, 5000)
        wizard = self._leave_wizard(self.student)
        wizard.line_ids.disposition = "sibling"
        self.assertFalse(wizard.line_ids.sibling_id, "money is given by a choice")
        wizard.line_ids.sibling_id = self.sibling
        wizard.action_leave()
        self.assertEqual(self.account.posted, 0.0)
        self.assertEqual(self.sibling.account_id.posted, 50.0)

    def test_money_never_goes_to_a_stranger(self):
        self._top_up(self.account, 5000)
        with self._refused(UserError, "brother or sister"):
            self.student._leave(
                date(2026, 11, 20), "left", "sibling", self.classmate, uuid="leave-1"
            )
        self.assertEqual((self.account.posted, self.student.state), (50.0, "enrolled"))

    def test_money_that_is_kept_is_blocked_and_can_be_paid_out_later(self):
        self._top_up(self.account, 5000)
        wizard = self._leave_wizard(self.student)
        wizard.line_ids.disposition = "keep"
        wizard.action_leave()
        self.assertEqual((self.account.posted, self.account.state), (50.0, "blocked"))
        later = self._leave_wizard(self.student)
        later.line_ids.disposition = "refund"
        later.action_leave()
        self.assertEqual((self.account.posted, self.account.state), (0.0, "closed"))

    def test_a_debt_is_kept_and_not_forgiven(self):
        self.ledger._charge(
            self.account, 700, uuid="debt", forced=True, reason="served"
        )
        with self._refused(UserError, "owes money"):
            self.student._leave(date(2026, 11, 20), "left", "refund", uuid="leave-2")
        self.student._leave(date(2026, 11, 20), "left", "keep", uuid="leave-3")
        self.assertEqual(self.account.posted, -7.0)

    def test_nobody_leaves_in_the_middle_of_a_purchase(self):
        self._top_up(self.account, 5000)
        self.ledger._authorise(self.account, 1000, uuid="hold-1", expires_in=15)
        with self._refused(UserError, "not finished"):
            self.student._leave(date(2026, 11, 20), "left", "refund", uuid="leave-4")

    def test_a_leaver_without_money_just_leaves(self):
        self._leave_wizard(self.student).action_leave()
        self.assertEqual((self.student.state, self.account.state), ("left", "closed"))

    def test_a_leaver_who_returns_goes_on_with_the_same_account(self):
        self.student._leave(date(2026, 11, 10), "left", None, uuid="leave-5")
        self.student._transfer(self.school, self.class_5b, date(2026, 11, 16))
        self.assertEqual((self.student.state, self.account.state), ("enrolled", "open"))
        self.assertEqual(self._history(self.student)[-1][3], "return")
        self.assertFalse(self.student.leave_disposition)

    def test_leaving_and_coming_back_on_one_day_takes_the_leaving_back(self):
        day = date(2026, 11, 10)
        self.student._leave(day, "left", None, uuid="leave-6")
        with self._refused(ValidationError, "cannot return before"):
            self.student._transfer(self.school, self.class_5a, date(2026, 11, 9))
        self.student._transfer(self.school, self.class_5b, day)
        self.assertEqual(
            [row[:3] for row in self._history(self.student)],
            [("5А", SEPTEMBER, date(2026, 11, 9)), ("5Б", day, False)],
        )

    # === DATES === #

    def test_a_change_before_the_present_period_is_refused_and_erases_nothing(self):
        day = date(2026, 11, 10)
        self.student._transfer(self.school, self.class_5b, day)
        before = self._history(self.student)
        with self._refused(ValidationError, "enrolled as now since"):
            self.student._leave(date(2026, 11, 9), "left", None, uuid="leave-7")
        with self._refused(ValidationError, "enrolled as now since"):
            self.student._transfer(self.school, self.class_1b, date(2026, 8, 1))
        self.assertEqual(self._history(self.student), before)

    def test_a_change_on_the_day_of_admission_corrects_the_admission(self):
        student = self._new_student(self.class_5a, "Kim", "Yan")
        student._transfer(self.school, self.class_5b, self._today())
        self.assertEqual(
            self._history(student), [("5Б", self._today(), False, "admission", False)]
        )

    def test_a_change_of_the_future_is_refused(self):
        # two days: it may be tomorrow already where the school or the user is
        day = self._today() + timedelta(days=2)
        with self._refused(UserError, "still to come"):
            self.student._transfer(self.school, self.class_5b, day)
        with self._refused(UserError, "still to come"):
            self.student._leave(day, "left", None, uuid="leave-8")
        self.assertEqual(self.student.class_id, self.class_5a)
        self.assertEqual(self.account.state, "open")

    def test_the_database_refuses_two_periods_on_one_day(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["school.enrolment"].create(
                {
                    "student_id": self.student.id,
                    "school_id": self.school.id,
                    "date_from": date(2026, 8, 1),
                    "date_to": SEPTEMBER,
                }
            )

    # === WHAT ENDS WITH THE ENROLMENT === #

    def _add_card(self):
        return self.env["school.card"].create(
            {"student_id": self.student.id, "uid": "40AFBFD4", "state": "active"}
        )

    def test_a_status_written_by_code_ends_card_account_and_enrolment_too(self):
        card = self._add_card()
        self.student.state = "left"
        self.assertEqual((card.state, self.account.state), ("blocked", "closed"))
        self.assertFalse(self.student.enrolment_ids.filtered(lambda r: not r.date_to))

    def test_an_enrolled_student_cannot_be_archived(self):
        with self._refused(ValidationError, "Leave school"):
            self.student.active = False
        self.student.state = "left"
        self.student.active = False

    def test_a_school_with_enrolled_students_cannot_be_archived(self):
        with self._refused(ValidationError, "still enrolled at School 24"):
            self.school.active = False
        self.second_school.active = False

    def test_no_text_in_the_context_archives_a_class_with_students(self):
        with self._refused(ValidationError, "Transfer them"):
            self.class_5a.with_context(school_year_rollover=True).active = False

    # === SCHOOL YEAR === #

    def _rollover(self, year=2027):
        self.env["school.class"].search([]).school_year_start = 2026
        return self.env["school.year.rollover"].create(
            {"school_ids": [(6, 0, self.school.ids)], "year_start": year}
        )

    def test_classes_rise_a_grade_and_history_keeps_the_old_names(self):
        class_6a = self._new_class(self.school, 6, "А")
        self._rollover().action_rollover()
        self.assertEqual((self.class_5a.name, class_6a.name), ("6А", "7А"))
        self.assertEqual(self.class_5a.school_year_start, 2027)
        self.assertEqual(
            [row[:3] for row in self._history(self.student)],
            [
                ("5А", SEPTEMBER, date(2027, 8, 31)),
                ("6А", date(2027, 9, 1), False),
            ],
        )

    def test_other_schools_stay(self):
        self._rollover().action_rollover()
        self.assertEqual(self.class_second.name, "5А")

    def test_a_second_run_refuses_and_changes_nothing(self):
        wizard = self._rollover()
        wizard.action_rollover()
        again = wizard.copy()
        with self._refused(UserError, "already begun"):
            again.action_rollover()
        self.assertEqual(self.class_5a.name, "6А")

    def test_grade_11_goes_to_the_graduation_list(self):
        class_11 = self._new_class(self.school, 11, "А")
        graduate = self._new_student(class_11, "Orlov", "Oleg")
        action = self._rollover().action_rollover()
        self.assertFalse(class_11.active)
        self.assertEqual(graduate.state, "enrolled")
        wizard = (
            self.env["school.student.leave"]
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.line_ids.student_id, graduate)
        wizard.action_leave()
        self.assertEqual(self._history(graduate)[-1][4], "graduated")

    def test_a_class_in_the_way_is_named_before_anything_changes(self):
        wizard = self._rollover()
        self._new_class(self.school, 6, "А", school_year_start=2027)
        with self._refused(UserError, "already exist.*6А"):
            wizard.action_rollover()
        self.assertEqual(self.class_5a.name, "5А")

    def test_a_wrong_year_is_refused(self):
        with self._refused(UserError, "Check the year"):
            self._rollover(year=2031).action_rollover()

    def test_a_class_made_in_august_is_of_the_coming_year(self):
        for day, year in (("2027-05-31", 2026), ("2027-08-20", 2027)):
            with freeze_time(day):
                made = self._new_class(self.school, 1, "Г")
                self.assertEqual(made.school_year_start, year)
        with freeze_time("2027-08-20"):
            self.assertEqual(made.display_name, "1Г (2027/2028)")

    def test_a_class_made_after_the_rollover_is_of_the_new_year(self):
        with freeze_time("2027-05-28"):
            self._rollover().action_rollover()
            made = self._new_class(self.school, 1, "А")
        self.assertEqual(made.school_year_start, 2027)

    def test_a_second_run_leaves_a_class_of_the_old_year_alone(self):
        wizard = self._rollover()
        wizard.action_rollover()
        made = self._new_class(self.school, 1, "А", school_year_start=2026)
        again = wizard.copy()
        self.assertFalse(again.line_ids)
        with self._refused(UserError, "already begun"):
            again.action_rollover()
        self.assertEqual(made.name, "1А")

    def test_a_late_rollover_keeps_admissions(self):
        wizard = self._rollover(year=2026)
        self.env["school.class"].search([]).school_year_start = 2025
        wizard.action_rollover()
        self.assertEqual(
            self._history(self.student), [("6А", SEPTEMBER, False, "admission", False)]
        )

    def test_who_leaves_in_summer_after_the_rollover_left_the_old_class(self):
        self._rollover().action_rollover()
        day = date(2026, 11, 20)
        self.student._leave(day, "left", None, uuid="leave-9")
        self.classmate._transfer(self.school, self.class_5b, day)
        self.assertEqual(
            self._history(self.student), [("5А", SEPTEMBER, day, "admission", "left")]
        )
        self.assertEqual(
            [row[:2] for row in self._history(self.classmate)],
            [("5А", SEPTEMBER), ("6Б", day)],
        )
