from psycopg2 import IntegrityError
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .closing_common import ClosingCase


@tagged("post_install", "-at_install")
class TestClosingFrozen(ClosingCase):
    """What a closed day says does not change, whoever tries."""

    def setUp(self):
        super().setUp()
        self._give_all()
        self._close()
        self.line = self._lines(self.student)

    def _refused_by_database(self, sentence, query, *args):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex((CheckViolation, IntegrityError), sentence),
            self.env.cr.savepoint(),
        ):
            self._sql(query, *args)
            self._commit_checks()

    def test_lines(self):
        for change in ("price = 1", "outcome = 'not_claimed'", "portion = 9"):
            self._refused_by_database(
                "never changes",
                f"UPDATE meal_day_line SET {change} WHERE id = %s RETURNING id",
                self.line.id,
            )
        self._refused_by_database(
            "never changes",
            "DELETE FROM meal_day_line WHERE id = %s RETURNING id",
            self.line.id,
        )

    def test_parts(self):
        part = self.line.part_ids
        self._refused_by_database(
            "never changes",
            "UPDATE meal_day_part SET amount = 1 WHERE id = %s RETURNING id",
            part.id,
        )
        self._refused_by_database(
            "never changes",
            "DELETE FROM meal_day_part WHERE id = %s RETURNING id",
            part.id,
        )

    def test_a_line_is_replaced_by_a_correction_only(self):
        self._refused_by_database(
            "replaced by a correction only",
            "UPDATE meal_day_line SET is_current = false WHERE id = %s RETURNING id",
            self.line.id,
        )

    def test_parts_are_the_price(self):
        self._refused_by_database(
            "the sources pay",
            "INSERT INTO meal_day_part (line_id, source_id, amount, transfer_uuid)"
            " VALUES (%s, %s, 1, 'x') RETURNING id",
            self.line.id,
            self.regional.id,
        )

    def test_budgets_pay_once(self):
        line = self._lines(self.sibling, self.breakfast)
        self._refused_by_database(
            "subsidised_once",
            """
            INSERT INTO meal_day_line (
                day_id, school_id, company_id, date, student_id, meal_type_id,
                age_group_id, portion, revision, is_current, presence, outcome,
                rule_id, tariff_id, price)
            SELECT day_id, school_id, company_id, date, student_id, meal_type_id,
                   age_group_id, 2, 0, true, presence, outcome, rule_id, tariff_id,
                   price
              FROM meal_day_line WHERE id = %s RETURNING id
            """,
            line.id,
        )

    def test_orders(self):
        with self._refused(UserError, "closed"):
            self.lunches[0]._take_off("changed_mind")
        self._refused_by_database(
            "is closed",
            "UPDATE meal_order SET state = 'cancelled' WHERE id = %s RETURNING id",
            self.lunches[0].id,
        )
        self._refused_by_database(
            "meal_day_line_order_id_fkey",
            "DELETE FROM meal_order WHERE id = %s RETURNING id",
            self.lunches[0].id,
        )
        self._refused_by_database(
            "is closed",
            """
            INSERT INTO meal_order (student_id, date, meal_type_id, school_id,
                                    company_id, age_group_id, state, origin)
            SELECT student_id, date, %s, school_id, company_id, age_group_id, state,
                   origin FROM meal_order WHERE id = %s RETURNING id
            """,
            self.breakfast.id,
            self.lunches[0].id,
        )

    def test_other_columns_of_orders_may_be_filled(self):
        """By the upgrade to a version that adds them."""
        self._sql(
            "UPDATE meal_order SET origin = 'teacher' WHERE id = %s RETURNING id",
            self.lunches[0].id,
        )

    def test_decisions(self):
        with self._refused(UserError, "by a correction only"):
            self.day.exception_ids.create(
                {
                    "day_id": self.day.id,
                    "kind": "not_claimed",
                    "order_id": self.lunches[0].id,
                }
            ).action_write_off()

    # === WHAT ARRIVES AFTER CLOSING === #

    def test_a_late_event_is_recorded_and_shown(self):
        event = self._give(self.sibling, self.lunch)
        late = self.day.exception_ids
        self.assertEqual(
            (late.kind, late.event_id, late.student_id, late.school_id),
            ("late_event", event, self.sibling, self.school),
        )
        self.assertEqual(len(self._lines(self.sibling)), 0)
        with self._refused(UserError, "needs a note"):
            late.action_no_charge()
        late._decide("no_charge", "The tablet was tried out")
        self.assertEqual(late.outcome, "no_charge")

    def test_a_late_event_becomes_a_correction(self):
        self._give(self.sibling, self.lunch)
        late = self.day.exception_ids
        action = late.action_correct()
        correction = self.env["meal.correction"].browse(action["res_id"])
        self.assertEqual(correction.line_ids.outcome, "issued")
        correction.action_book()
        self._commit_checks()
        self.assertEqual(self._balance(self.sibling), -11000)
        self.assertTrue(late.outcome)
        self.assertEqual(self._lines(self.sibling).event_id, late.event_id)

    def test_a_late_event_does_not_take_the_place_of_another(self):
        """A portion that was given out, and charged to nobody, stays known."""
        first = self._lines(self.student).event_id
        self.env["meal.correction"]._make(
            self._lines(self.student), "Gave it back", outcome="not_claimed"
        )
        self._give(self.student)
        late = self.day.exception_ids.filtered(lambda each: each.kind == "late_event")
        late.action_correct()
        self.day.correction_ids.action_book()
        self._commit_checks()
        lines = self._lines(self.student)
        self.assertEqual(lines.event_id, first + late.event_id)
        self.assertEqual(lines.mapped("outcome"), ["not_claimed", "issued"])
        self.assertEqual(self._balance(self.student), -12650)

    def test_a_late_event_is_decided_anew_until_it_is_corrected(self):
        self._give(self.sibling, self.lunch)
        late = self.day.exception_ids
        draft = self.env["meal.correction"].browse(late.action_correct()["res_id"])
        late._decide("no_charge", "The tablet was tried out")
        with self._refused(UserError, "is decided already"):
            draft.action_book()
        with self._refused(UserError, "is decided already"):
            late.action_correct()
        self.assertEqual(self._balance(self.sibling), 0)
        late.action_undecide()
        draft.action_book()
        self._commit_checks()
        for outcome in ("no_charge", "pay"):
            with self._refused(UserError, "is closed"):
                late._decide(outcome, "After all")
        self.assertEqual(late.outcome, "pay")
        self.assertEqual(self._balance(self.sibling), -11000)

    def test_a_late_event_is_corrected_once(self):
        self._give(self.sibling, self.lunch)
        late = self.day.exception_ids
        first = late.action_correct()["res_id"]
        self.assertEqual(late.action_correct()["res_id"], first)
        correction = self.env["meal.correction"].browse(first)
        # A second document, however somebody came to make it.
        second = self.env["meal.correction"].create(
            {
                "day_id": self.day.id,
                "reason": "Again",
                "line_ids": [
                    Command.create(
                        {
                            "exception_id": late.id,
                            "student_id": self.sibling.id,
                            "meal_type_id": self.lunch.id,
                            "outcome": "issued",
                        }
                    )
                ],
            }
        )
        correction.action_book()
        self._commit_checks()
        for change in (
            second.action_book,
            late.action_correct,
        ):
            with self._refused(UserError, "is decided already"):
                change()
        for change in (
            late.action_undecide,
            lambda: late._decide("no_charge", "By mistake"),
        ):
            with self._refused(UserError, "is closed"):
                change()
        self.assertEqual(late.outcome, "pay")
        self.assertEqual(self._balance(self.sibling), -11000)
        self.assertEqual(len(self._lines(self.sibling, self.lunch)), 1)

    def test_only_a_late_event_is_corrected(self):
        other = self.env["meal.day.exception"].create(
            {"day_id": self.day.id, "kind": "guest"}
        )
        with self._refused(UserError, "did not arrive after closing"):
            other.action_correct()
        corrections = self.env["meal.correction"].search([("day_id", "=", self.day.id)])
        self.assertFalse(corrections)

    def test_an_issue_is_one_portion(self):
        """Whatever the code does, the database lets an event count once."""
        line = self._lines(self.student)
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "event_once"),
        ):
            self._sql(
                """
                INSERT INTO meal_day_line (
                       day_id, school_id, company_id, date, student_id, meal_type_id,
                       age_group_id, portion, revision, is_current, event_id, presence,
                       outcome, price)
                SELECT day_id, school_id, company_id, date, student_id, meal_type_id,
                       age_group_id, 2, 0, true, event_id, presence, 'not_payable', 0
                  FROM meal_day_line WHERE id = %s RETURNING id
                """,
                line.id,
            )
        self.assertEqual(self._lines(self.student), line)

    def test_an_issue_undone_after_closing(self):
        self._undo(self._lines(self.student).event_id)
        late = self.day.exception_ids
        self.assertEqual((late.kind, late.student_id), ("late_event", self.student))
        late.action_correct()
        self.day.correction_ids.action_book()
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._lines(self.student).outcome, "not_claimed")

    def test_a_day_of_the_first_order(self):
        days = self.env["meal.day"].search([("school_id", "=", self.school.id)])
        self.assertEqual(days, self.day)
        self.assertEqual(self.day.company_id, self.city)


@tagged("post_install", "-at_install")
class TestClosedDayValues(ClosingCase):
    def test_price_follows_from_the_outcome(self):
        self._give_all()
        prepare = self.registry["meal.day"]._prepare_lines

        def cheat(this, facts):
            rows = prepare(this, facts)
            for row in rows:
                row["outcome"] = "not_claimed"
            return rows

        self.patch(self.registry["meal.day"], "_prepare_lines", cheat)
        with (
            mute_logger("odoo.sql_db"),
            self._refused((IntegrityError, ValidationError), "price_exact"),
        ):
            self._close()
