from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .closing_common import MONDAY, NEXT_DAY, ClosingCase

TODAY = TUESDAY = date(2026, 11, 17)


@tagged("post_install", "-at_install")
class TestClosingCorrection(ClosingCase):
    def setUp(self):
        super().setUp()
        self._give_all()
        self._close()
        self._at(NEXT_DAY)
        self.line = self._lines(self.student)

    def _correct(self, *lines, reason="Was ill", **vals):
        """Draft a correction; a line is (frozen portion or student, outcome)."""
        return self.env["meal.correction"].create(
            {
                "day_id": self.day.id,
                "reason": reason,
                "line_ids": [
                    Command.create(
                        {"day_line_id": each.id, "outcome": outcome}
                        if each._name == "meal.day.line"
                        else {
                            "student_id": each.id,
                            "meal_type_id": self.lunch.id,
                            "outcome": outcome,
                        }
                    )
                    for each, outcome in lines
                ],
                **vals,
            }
        )

    def _book(self, correction):
        correction.action_book()
        self._commit_checks()

    def test_money_comes_back_today(self):
        correction = self._correct((self.line, "not_claimed"))
        self.assertEqual(self._balance(self.student), -12650)
        self._book(correction)
        self.assertEqual(correction.state, "done")
        self.assertEqual((correction.date, correction.user_id), (TODAY, self.env.user))
        self.assertTrue(correction.name)
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._supplier(), 12650 + 8530)
        old, new = self._lines(self.student, history=True)
        self.assertEqual(old, self.line)
        self.assertFalse(old.is_current)
        self.assertEqual(
            (new.revision, new.is_current, new.outcome, new.price, new.correction_id),
            (1, True, "not_claimed", 0, correction),
        )
        back = self.env["meal.transfer"].search([], limit=1)
        self.assertEqual((back.business_date, back.reason), (TODAY, "correction"))
        self.assertEqual(back.reversal_of_id.uuid, old.part_ids.transfer_uuid)

    def test_budgets_get_theirs_back(self):
        line = self._lines(self.sibling, self.breakfast)
        self._book(self._correct((line, "not_claimed")))
        self.assertEqual(self._fund(self.regional), 0)
        self.assertEqual(self._fund(self.municipal), 0)
        self.assertEqual(self._supplier(), 2 * 12650)

    def test_a_correction_of_a_correction(self):
        self._book(self._correct((self.line, "not_claimed")))
        self._book(self._correct((self._lines(self.student), "charged_unclaimed")))
        self._book(self._correct((self._lines(self.student), "issued")))
        lines = self._lines(self.student, history=True)
        self.assertEqual(lines.mapped("revision"), [0, 1, 2, 3])
        self.assertEqual(lines.mapped("is_current"), [False, False, False, True])
        self.assertEqual(self._balance(self.student), -12650)

    def test_a_student_who_was_not_on_the_day(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        correction = self._correct((newcomer, "issued"))
        self._book(correction)
        self.assertEqual(self._balance(newcomer), -12650)
        self.assertEqual(self._lines(newcomer).revision, 0)
        self.assertEqual(self._lines(newcomer).presence, "present")

    def test_a_budget_pays_once(self):
        line = self._lines(self.sibling, self.breakfast)
        correction = self.env["meal.correction"].create(
            {
                "day_id": self.day.id,
                "reason": "Ate twice",
                "line_ids": [
                    Command.create(
                        {
                            "student_id": self.sibling.id,
                            "meal_type_id": self.breakfast.id,
                            "outcome": "issued",
                        }
                    )
                ],
            }
        )
        self._book(correction)
        self.assertEqual(self._fund(self.regional), -5971)
        self.assertEqual(self._balance(self.sibling), -8530)
        self.assertTrue(line.is_current)

    def test_priced_as_on_the_day_of_the_meal(self):
        lunch = self.tariffs.filtered(
            lambda t: t.meal_type_id == self.lunch and t.age_group_id == self.older
        )
        lunch._succeed(150, TODAY, "Decision 7")
        self._book(self._correct((self.line, "charged_unclaimed")))
        self.assertEqual(self._lines(self.student).price, 126.50)

    def _add_lunch_rule(self):
        return self.env["meal.funding.rule"].create(
            {
                "name": "Lunch of 5A",
                "company_id": self.city.id,
                "meal_type_ids": [Command.set(self.lunch.ids)],
                "date_from": date(2026, 9, 1),
                "line_ids": [
                    Command.create(
                        {
                            "source_id": self.regional.id,
                            "mode": "amount",
                            "amount": 76.89,
                        }
                    )
                ],
            }
        )

    def test_a_decision_with_effect_in_the_past(self):
        """What an add-on with benefits does: the price list knows better now."""
        rule = self._add_lunch_rule()
        lines = self._lines(self.student) + self._lines(self.sibling, self.breakfast)
        corrections = self.env["meal.correction"]._make(lines, "Benefit from 01.09")
        self._commit_checks()
        self.assertEqual(len(corrections), 1)
        self.assertEqual(corrections.line_ids.student_id, self.student)
        self.assertEqual(self._lines(self.student).rule_id, rule)
        self.assertEqual(self._balance(self.student), -4961)
        self.assertEqual(self._fund(self.regional), -5971 - 7689)
        again = self.env["meal.correction"]._make(
            self._lines(self.student), "Benefit from 01.09"
        )
        self.assertFalse(again)
        return corrections

    def test_what_parents_pay_by_decision_stays_theirs(self):
        """A portion without an order, charged to the parents when the day was closed,
        does not become the budget's when it is priced anew."""
        day = self.env["meal.day"]._get_or_make(self.school, TUESDAY)
        self._give(self.student, day=TUESDAY)
        self._find(day)["not_ordered", self.student].action_charge_parent()
        day.exception_ids.filtered(lambda e: not e.outcome).action_usual()
        self._at(NEXT_DAY + timedelta(days=1))
        day._close()
        line = self._lines(self.student).filtered(lambda ln: ln.day_id == day)
        self.assertEqual(line.payer, "parent")
        self._add_lunch_rule()
        self.assertFalse(self.env["meal.correction"]._make(line, "Benefit"))
        self.assertEqual(self._fund(self.regional), -5971)
        # Another outcome is another decision: then the rules say who pays.
        for outcome, payer in (("not_claimed", False), ("issued", "rules")):
            self.env["meal.correction"]._make(line, "Looked at", outcome=outcome)
            line = self._lines(self.student).filtered(lambda ln: ln.day_id == day)
            self.assertEqual(line.payer, payer)
        self._commit_checks()
        self.assertEqual(self._fund(self.regional), -5971 - 7689)

    # === THE STATEMENT === #

    def _titles(self, student, day=MONDAY, **context):
        statement = self.env["meal.statement"].with_context(lang="en_US", **context)
        statement = statement._get_statement(student.account_id, day, TODAY)
        return [line["title"] for line in statement["lines"]]

    def test_the_statement(self):
        self.assertEqual(
            self._titles(self.student),
            ["Timesheet: lunch, middle and upper school, parents 126.50"],
        )
        self._book(self._correct((self.line, "not_claimed")))
        self.assertEqual(
            self._titles(self.student, TODAY),
            ["Timesheet correction for 16.11: lunch – Was ill"],
        )

    def test_the_statement_tells_the_whole_price(self):
        self.test_a_decision_with_effect_in_the_past()
        self.assertEqual(
            self._titles(self.student, TODAY),
            ["Timesheet correction for 16.11: lunch – Benefit from 01.09"] * 2,
        )
        line = self._lines(self.student)
        title = self.env["meal.statement"]._get_payers(line)
        self.assertEqual(title, "parents + subsidy")

    def test_a_mother_reads_the_statement(self):
        account = self.student.account_id
        statement = self.env["meal.statement"]._get_statement(account, MONDAY, TODAY)
        self.assertEqual(statement["closing"], -12650)
        self.assertEqual(statement["lines"][0]["debit"], 12650)

    # === REFUSED === #

    def test_booked_once(self):
        correction = self._correct((self.line, "not_claimed"))
        self._book(correction)
        transfers = self._count_transfers()
        correction.action_book()
        self.assertEqual(self._count_transfers(), transfers)
        self.assertEqual(len(self._lines(self.student, history=True)), 2)

    def test_two_of_one_portion(self):
        first = self._correct((self.line, "not_claimed"))
        second = self._correct((self.line, "written_off"))
        self._book(first)
        with self._refused(UserError, "corrected meanwhile"):
            second.action_book()
        self.assertEqual(second.state, "draft")
        self.assertEqual(len(self._lines(self.student, history=True)), 2)

    def test_nothing_new(self):
        with self._refused(UserError, "says the same already"):
            self._correct((self.line, "issued")).action_book()

    def test_nothing_at_all(self):
        with self._refused(UserError, "which portions"):
            self._correct().action_book()

    def test_an_open_day(self):
        other = self.env["meal.day"]._get_or_make(self.school, TODAY)
        with self._refused(UserError, "is open"):
            self._correct(day_id=other.id)

    def test_a_portion_of_another_day(self):
        other = self.env["meal.day"]._get_or_make(self.school, MONDAY + timedelta(9))
        self._sql(
            "UPDATE meal_day SET state = 'closed' WHERE id = %s RETURNING id", other.id
        )
        other.invalidate_recordset()
        with self._refused(ValidationError, "choose a portion of"):
            self._correct((self.line, "not_claimed"), day_id=other.id)

    def test_a_student_of_another_city(self):
        with self._refused(ValidationError, "choose a portion of"):
            self._correct((self.stranger, "issued"))

    def test_a_day_without_lessons_is_not_billed(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        self._period("quarantine", classes=self.class_5a)
        for outcome in ("issued", "charged_unclaimed"):
            with self._refused(UserError, "had no lessons"):
                self._correct((newcomer, outcome)).action_book()
        self.assertEqual(self._balance(newcomer), 0)

    def test_who_eats_free_pays_for_nothing_unclaimed(self):
        line = self._lines(self.sibling, self.breakfast)
        with self._refused(UserError, "eats free"):
            self._correct((line, "charged_unclaimed")).action_book()
        newcomer = self._new_student(self.class_1b, "Novikov", "Nikita")
        correction = self._correct((newcomer, "charged_unclaimed"))
        correction.line_ids.meal_type_id = self.breakfast
        with self._refused(UserError, "eats free"):
            correction.action_book()
        self.assertTrue(line.is_current)
        self.assertEqual(self._balance(self.sibling), 0)

    def test_a_meal_is_charged_unclaimed_once(self):
        with self._refused(UserError, "is charged already"):
            self._correct((self.student, "charged_unclaimed")).action_book()
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        with self._refused(UserError, "is charged already"):
            self._correct(
                (newcomer, "issued"), (newcomer, "charged_unclaimed")
            ).action_book()
        self.assertEqual(self._balance(self.student), -12650)
        self._book(self._correct((newcomer, "charged_unclaimed")))
        self.assertEqual(self._balance(newcomer), -12650)

    def test_no_portion_moves_into_a_booked_document(self):
        booked = self._correct((self.line, "not_claimed"))
        self._book(booked)
        other = self._correct((self._lines(self.classmate), "not_claimed"))
        with self._refused(UserError, "does not change"):
            other.line_ids.write({"correction_id": booked.id})
        self.assertEqual(len(booked.line_ids), 1)

    def test_a_booked_document_stays(self):
        correction = self._correct((self.line, "not_claimed"))
        self._book(correction)
        for change in (
            lambda: correction.write({"reason": "Other"}),
            lambda: correction.line_ids.write({"outcome": "issued"}),
            lambda: correction.line_ids.unlink(),
            lambda: correction.unlink(),
            lambda: correction.line_ids.copy({"day_line_id": False}),
        ):
            with self._refused(UserError, "does not change"):
                change()

    def test_money_given_back_by_hand_is_not_given_back_twice(self):
        uuid = self.line.part_ids.transfer_uuid
        self.ledger._reverse(uuid, uuid="by-hand")
        with self._refused(UserError, "More cannot be returned"):
            self._correct((self.line, "not_claimed")).action_book()
        self.assertTrue(self.line.is_current)
        self.assertEqual(self._balance(self.student), 0)

    def test_roles(self):
        self._make_roles()
        correction = self._correct((self.line, "not_claimed"))
        for role in ("teacher", "canteen", "cashier", "head", "department", "nobody"):
            with self.subTest(role=role), self._refused(AccessError, ""):
                self._as(role, correction).action_book()
        self.assertEqual(correction.state, "draft")
        with self._refused(AccessError, "by its button"):
            self._as("operator", correction).write({"state": "done"})
        mine = self._as("operator", self.env["meal.correction"]).create(
            {
                "day_id": self.day.id,
                "reason": "Was ill",
                "user_id": self.env.uid,
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {"day_line_id": self.line.id, "outcome": "not_claimed"}
                    )
                ],
            }
        )
        self.assertEqual((mine.user_id, mine.date), (self.roles["operator"], TODAY))
        mine.action_book()
        self.assertEqual(mine.state, "done")

    def test_not_at_another_school(self):
        self._make_roles()
        other = self.env["meal.day"]._get_or_make(self.second_school, MONDAY)
        self._sql(
            "UPDATE meal_day SET state = 'closed' WHERE id = %s RETURNING id", other.id
        )
        other.invalidate_recordset()
        corrections = self._as("operator", self.env["meal.correction"])
        with self._refused(AccessError, ""):
            corrections.create({"day_id": other.id, "reason": "Was ill"})
        self.assertFalse(other.correction_ids)

    def test_not_with_the_exception_of_another_day(self):
        other = self.env["meal.day"]._get_or_make(self.second_school, MONDAY)
        exception = self.env["meal.day.exception"].create(
            {"day_id": other.id, "kind": "late_event"}
        )
        correction = self._correct((self.line, "not_claimed"))
        with self._refused(ValidationError, "choose a portion of"):
            correction.line_ids.exception_id = exception
