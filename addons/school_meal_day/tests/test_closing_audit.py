from odoo.tests import tagged

from .closing_common import NEXT_DAY, ClosingCase


@tagged("post_install", "-at_install")
class TestClosingAudit(ClosingCase):
    """Every check of the nightly audit finds what a hand with rights has done."""

    def setUp(self):
        super().setUp()
        self._give(self.student)
        self._give(self.sibling, self.breakfast)
        self.day._find_exceptions().action_usual()
        self._close()
        self.line = self._lines(self.student)
        self._at(NEXT_DAY)

    def _break(self, query, *args, tables=("meal_day_line", "meal_day_part")):
        """Change rows as somebody with rights on the database can."""
        for table in tables:
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self._sql(query, *args)
        for table in tables:
            self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def _assert_found(self, *names):
        self.env.flush_all()
        checks = self.env["meal.audit"]._audit_checks()
        found = {
            name: check() for name, check in checks.items() if name.startswith("day_")
        }
        school = self.school.id
        own = {
            name
            for name, rows in found.items()
            if any(row["school_id"] == school for row in rows)
        }
        self.assertEqual(own, set(names))
        self.env["meal.audit"]._run()
        incidents = self.env["meal.incident"].search(
            [("kind", "in", names), ("school_id", "=", school)]
        )
        self.assertEqual(set(incidents.mapped("kind")), set(names))

    def test_nothing(self):
        self._assert_found()

    def test_nothing_after_a_correction(self):
        self.env["meal.correction"]._make(self.line, "Was ill", outcome="not_claimed")
        self._assert_found()

    def test_price(self):
        self._break(
            "UPDATE meal_day_line SET price = 1 WHERE id = %s RETURNING id",
            self.line.id,
        )
        self._assert_found("day_price", "day_tariff")

    def test_part_without_its_entry(self):
        self._break(
            "UPDATE meal_day_part SET transfer_uuid = 'gone' WHERE line_id = %s"
            " RETURNING id",
            self.line.id,
        )
        self._assert_found("day_entry", "day_stray")

    def test_entry_of_another_account(self):
        self._break(
            "UPDATE meal_day_part SET source_id = %s WHERE line_id = %s RETURNING id",
            self.regional.id,
            self.line.id,
        )
        self._assert_found("day_entry")

    def test_entry_given_back_beside_a_correction(self):
        self.ledger._reverse(self.line.part_ids.transfer_uuid, uuid="by-hand")
        self._assert_found("day_entry")

    def test_entry_that_was_not_given_back(self):
        self._break(
            "UPDATE meal_day_line SET is_current = false WHERE id = %s RETURNING id",
            self.line.id,
        )
        self._assert_found("day_entry", "day_revision", "day_order")

    def test_two_revisions_that_count(self):
        self.env["meal.correction"]._make(self.line, "Was ill", outcome="not_claimed")
        self._commit_checks()
        self.env.cr.execute(
            "DROP INDEX meal_day_line_current_uniq, meal_day_line_event_once"
        )
        self._break(
            "UPDATE meal_day_line SET is_current = true WHERE id = %s RETURNING id",
            self.line.id,
        )
        self._assert_found("day_entry", "day_revision")

    def test_order_changed_after_closing(self):
        self._break(
            "UPDATE meal_order SET state = 'cancelled' WHERE id = %s RETURNING id",
            self.line.order_id.id,
            tables=("meal_order",),
        )
        self._assert_found("day_order")

    def test_charged_without_an_event(self):
        self._break(
            "UPDATE meal_day_line SET event_id = NULL WHERE id = %s RETURNING id",
            self.line.id,
        )
        self._assert_found("day_unfounded", "day_late")

    def test_charged_without_a_decision(self):
        line = self._lines(self.classmate)
        self.assertEqual(line.outcome, "charged_unclaimed")
        self._break(
            "DELETE FROM meal_day_exception WHERE order_id = %s RETURNING id",
            line.order_id.id,
        )
        self._assert_found("day_unfounded")

    def test_price_list_changed_after_closing(self):
        self._break(
            "UPDATE meal_tariff SET price = 5 WHERE id = %s RETURNING id",
            self.line.tariff_id.id,
        )
        self._assert_found("day_tariff")

    def test_late_event(self):
        self._give(self.student)
        self._assert_found("day_late")
        self.day.exception_ids.filtered(lambda e: e.kind == "late_event")._decide(
            "no_charge", "The tablet was tried out"
        )
        self._assert_found()

    def test_issued_without_an_order(self):
        self._break(
            "UPDATE meal_day_line SET order_id = NULL WHERE id = %s RETURNING id",
            self.line.id,
        )
        self._assert_found("day_issued", "day_order")
