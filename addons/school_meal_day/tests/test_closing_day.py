from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged

from odoo.addons.school_meal_base.exceptions import LedgerRefusal
from odoo.addons.school_meal_day.domain import day_closing

from .closing_common import AFTERNOON, MONDAY, NEXT_DAY, NOON, ClosingCase
from .order_common import LATE


@tagged("post_install", "-at_install")
class TestClosingDay(ClosingCase):
    # === WHAT IS FROZEN AND BOOKED === #

    def test_an_ordinary_day(self):
        self._give_all()
        self.assertFalse(self._find())
        self._close()
        self.assertEqual(self.day.state, "closed")
        self.assertEqual(self.day.closed_by_id, self.env.user)
        self.assertEqual(self._balance(self.student), -12650)
        self.assertEqual(self._balance(self.sibling), 0)
        self.assertEqual(self._fund(self.regional), -5971)
        self.assertEqual(self._fund(self.municipal), -2559)
        self.assertEqual(self._supplier(), 2 * 12650 + 8530)
        line = self._lines(self.sibling, self.breakfast)
        self.assertEqual(
            (line.outcome, line.price, line.rule_id, line.order_id, line.presence),
            ("issued", 85.30, self.free_rule, self.free, "present"),
        )
        self.assertEqual(
            [(part.source_id, part.amount) for part in line.part_ids],
            [(self.regional, 59.71), (self.municipal, 25.59)],
        )
        transfers = self.env["meal.transfer"].search(
            [
                ("source_model", "=", "meal.day.line"),
                ("school_id", "=", self.school.id),
            ]
        )
        self.assertEqual(len(transfers), 4)
        self.assertEqual(set(transfers.mapped("business_date")), {MONDAY})
        self.assertEqual(transfers.school_id, self.school)

    def test_counts(self):
        self._give_all()
        self._undo(self._give(self.student))
        day = self.day
        self.assertEqual(
            (day.ordered_count, day.issued_count, day.charged_count), (3, 3, 0)
        )
        self._close()
        day.invalidate_recordset()
        self.assertEqual(
            (day.ordered_count, day.issued_count, day.charged_count), (3, 3, 3)
        )
        self.assertEqual(
            (day.amount, day.parent_amount, day.budget_amount), (338.30, 253, 85.30)
        )
        self.assertIn("90207020110110010244", day.money)

    def test_a_student_without_account_gets_one(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        newcomer.enrolment_ids.date_from = MONDAY - timedelta(days=30)
        self._give_all()
        self._give(newcomer)
        self.day._find_exceptions().action_pay()
        self._close()
        self.assertEqual(self._balance(newcomer), -12650)

    # === WHEN AND BY WHOM === #

    def test_not_before_it_is_over(self):
        self._give_all()
        with self._refused(UserError, "is not over yet"):
            self.day._close()
        self.school.closing_from = 11.5
        self.day._close()
        self.assertEqual(self.day.state, "closed")

    def test_nothing_is_decided_about_tomorrow(self):
        tomorrow = self.env["meal.day"]._get_or_make(
            self.school, MONDAY + timedelta(days=1)
        )
        with self._refused(UserError, "has not come yet"):
            tomorrow.action_check()
        self.assertFalse(tomorrow.exception_ids)

    def test_closed_once(self):
        self._give_all()
        self._close()
        transfers = self._count_transfers()
        with self._refused(UserError, "is closed already"):
            self.day._close()
        self.assertEqual(self._count_transfers(), transfers)

    def test_not_with_exceptions_to_decide(self):
        with self._refused(UserError, "3 exceptions to decide"):
            self._close()
        self.assertEqual(self.day.state, "open")
        self.assertFalse(self.day.line_ids)

    def test_roles(self):
        self._make_roles()
        self._give_all()
        self._at(AFTERNOON)
        for role in ("teacher", "canteen", "cashier", "nobody", "portal"):
            with self.subTest(role=role), self._refused(AccessError, ""):
                self._as(role, self.day).action_close()
        self.assertEqual(self.day.state, "open")
        for role in ("operator", "head", "department", "accountant"):
            with self.subTest(role=role), self.env.cr.savepoint() as savepoint:
                self._as(role, self.day).action_close()
                self.assertEqual(self.day.closed_by_id, self.roles[role])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_not_the_day_of_another_school(self):
        self._make_roles()
        other = self.env["meal.day"]._get_or_make(self.second_school, MONDAY)
        with self._refused(AccessError, ""):
            self._as("operator", other).action_close()

    # === ALL OR NOTHING === #

    def test_a_refusal_of_the_ledger_leaves_nothing(self):
        self._give_all()
        refusal = LedgerRefusal("unknown_account", "There is no such account.")
        ledger = self.registry["meal.ledger"]
        write_many = ledger._write_many

        def refuse_last(this, operations):
            answers = write_many(this, operations)
            return [*answers[:-1], refusal]

        self.patch(ledger, "_write_many", refuse_last)
        transfers = self._count_transfers()
        with self._refused(UserError, "Nothing was booked"):
            self._close()
        self.assertEqual(self._count_transfers(), transfers)
        self.assertEqual(self.day.state, "open")
        self.assertFalse(self.day.line_ids)

    def test_a_price_that_does_not_add_up_is_refused(self):
        self._give_all()
        prepare = self.registry["meal.day"]._prepare_lines

        def cheat(this, facts):
            rows = prepare(this, facts)
            rows[0]["price"] += 1
            return rows

        self.patch(self.registry["meal.day"], "_prepare_lines", cheat)
        with self._refused(UserError, "does not add up"):
            self._close()
        self.assertFalse(self.day.line_ids)

    def test_a_lost_portion_is_refused(self):
        self._give_all()
        prepare = self.registry["meal.day"]._prepare_lines
        self.patch(
            self.registry["meal.day"],
            "_prepare_lines",
            lambda this, facts: prepare(this, facts)[:-1],
        )
        with self._refused(UserError, "does not add up"):
            self._close()

    # === DAYS THAT ARE NOT TAUGHT === #

    def test_a_remote_day_is_not_billed(self):
        self._give_all()
        self._period("remote", classes=self.class_5a)
        found = self._find()
        self.assertEqual(
            set(found),
            {("not_taught", self.student), ("not_taught", self.classmate)},
        )
        with self._refused(UserError, "does not fit"):
            found["not_taught", self.student].action_pay()
        self.day.exception_ids.action_usual()
        self._close()
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._lines(self.student).outcome, "not_payable")

    def test_a_freed_portion_of_a_remote_day_is_not_billed(self):
        self._at(LATE)
        self._report(self.student)
        self.assertEqual(self.lunches[0].state, "freed")
        self._at(NOON)
        self._period("remote", classes=self.class_5a)
        found = self._find()
        self.assertNotIn(("freed", self.student), found)
        with self._refused(UserError, "does not fit"):
            found["not_taught", self.student].action_charge_parent()
        self.day.exception_ids.action_usual()
        self._close()
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._lines(self.student).outcome, "not_claimed")

    def test_a_day_without_lessons_is_charged_to_nobody_whatever_is_decided(self):
        self._give_all()
        self._period("remote", classes=self.class_5a)
        self.day.action_check()
        self.day.exception_ids.action_usual()
        settle = day_closing.Day.settle
        self.patch(
            day_closing.Day,
            "settle",
            lambda day, decisions: [
                portion._replace(outcome="issued", payer="parent")
                for portion in settle(day, decisions)
            ],
        )
        with self._refused(UserError, "had no lessons"):
            self._close()
        self.assertEqual(self.day.state, "open")
        self.assertFalse(self.day.line_ids)

    def test_presence_that_came_meanwhile_makes_it_begin_anew(self):
        self._give_all()
        self._at(AFTERNOON)
        values = {
            "student_id": self.student.id,
            "school_id": self.school.id,
            "class_id": self.class_5a.id,
            "date_from": MONDAY - timedelta(days=1),
            "date_to": MONDAY + timedelta(days=1),
            "source": "teacher",
        }
        absences = self.env["meal.absence"]
        known = absences.create(values)
        self.day._check_nothing_arrives()
        for arrive in (
            lambda: absences.create(values),
            lambda: known.write({"withdrawn_at": AFTERNOON}),
            lambda: self.env["meal.attendance"]._confirm(self.class_5a, MONDAY),
        ):
            self.patch(self.registry, "cursor", lambda arrive=arrive: self._see(arrive))
            with self._refused(ConcurrencyError, "arrived before"):
                self.day._check_nothing_arrives()

    @contextmanager
    def _see(self, arrive):
        """A look from outside at what the transaction itself does not see."""
        with self.env.cr.savepoint() as savepoint:
            arrive()
            self.env.flush_all()
            yield self.env.cr
            savepoint.rollback()
        self.env.invalidate_all()

    def test_students_of_the_day_are_those_of_the_day(self):
        """Who came or left since does not change how many were present."""
        students = self.env["school.student"].search(
            [("school_id", "=", self.school.id), ("class_id", "!=", False)]
        )
        students.enrolment_ids.date_from = MONDAY - timedelta(days=30)
        self.env.flush_all()
        self.day.invalidate_recordset()
        count = self.day.student_count
        self.assertEqual(count, len(students))
        self._report(self.student)
        self._at(NEXT_DAY)
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        newcomer.enrolment_ids.date_from = NEXT_DAY.date()
        self.classmate.enrolment_ids.write({"date_to": MONDAY, "end_reason": "left"})
        self.day.invalidate_recordset()
        self.assertEqual(self.day.student_count, count)
        self.assertEqual(self.day.present_count, count - 1)

    def test_who_was_present_does_not_change_after_closing(self):
        """What is reported later is known later: the closed day keeps its number."""
        absence = self._report(self.classmate)
        self._give(self.student)
        self._give(self.sibling, self.breakfast)
        self.day._find_exceptions().action_usual()
        self._close()
        self.day.invalidate_recordset()
        counts = self.day.student_count, self.day.present_count
        self.assertEqual(counts[0] - counts[1], 1)
        self._at(NEXT_DAY)
        for change in (
            lambda: self._report(self.student),
            lambda: self.env["meal.attendance"]._confirm(self.class_5a, MONDAY),
            absence._withdraw,
            lambda: self.sibling.enrolment_ids.write({"date_from": NEXT_DAY.date()}),
        ):
            change()
            self.day.invalidate_recordset()
            self.assertEqual((self.day.student_count, self.day.present_count), counts)

    def test_no_price(self):
        self._give_all()
        self.tariffs.filtered(
            lambda t: t.meal_type_id == self.lunch and t.age_group_id == self.older
        ).date_to = MONDAY - timedelta(days=1)
        found = self._find()
        self.assertEqual(
            set(found), {("no_price", self.student), ("no_price", self.classmate)}
        )
        self.tariffs.create(
            self._prepare_tariff(self.lunch, self.older, 130, date_from=MONDAY)
        )
        self.assertFalse(self._find())
        self._close()
        self.assertEqual(self._balance(self.student), -13000)
