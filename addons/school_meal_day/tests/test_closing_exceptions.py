from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .closing_common import MONDAY, NOON, ClosingCase
from .order_common import LATE


@tagged("post_install", "-at_install")
class TestClosingExceptions(ClosingCase):
    def _decide_rest(self):
        self.day._find_exceptions().filtered(lambda e: not e.outcome).action_usual()

    def test_not_claimed(self):
        found = self._find()
        self.assertEqual(
            {key: each.usual_outcome for key, each in found.items()},
            {
                ("not_claimed", self.student): "charge_parent",
                ("not_claimed", self.classmate): "charge_parent",
                ("not_claimed", self.sibling): "no_charge",
            },
        )
        found["not_claimed", self.classmate].action_write_off()
        self._decide_rest()
        self._close()
        self.assertEqual(
            [
                self._lines(self.student).outcome,
                self._lines(self.classmate).outcome,
                self._lines(self.sibling, self.breakfast).outcome,
            ],
            ["charged_unclaimed", "written_off", "not_claimed"],
        )
        self.assertEqual(self._balance(self.student), -12650)
        self.assertEqual(self._balance(self.classmate), 0)
        self.assertEqual(self._fund(self.regional), 0)
        self.assertEqual(self._supplier(), 12650)

    def test_issued_in_fact(self):
        exception = self._find()["not_claimed", self.sibling]
        exception.action_issued()
        event = self.env["meal.issue.event"].search(
            [("student_id", "=", self.sibling.id)]
        )
        self.assertEqual(
            (event.action, event.source, event.order_id, event.verdict),
            ("given", "typed", self.free, "ok"),
        )
        self.assertEqual(exception.resolved_by_id, self.env.user)
        self._decide_rest()
        self._close()
        self.assertEqual(self._lines(self.sibling, self.breakfast).event_id, event)
        self.assertEqual(self._fund(self.regional), -5971)

    def test_issued_in_fact_and_then_not(self):
        exception = self._find()["not_claimed", self.sibling]
        exception.action_issued()
        event = self.env["meal.issue.event"].search(
            [("student_id", "=", self.sibling.id)]
        )
        self._undo(event)
        self.assertFalse(self._find()["not_claimed", self.sibling].outcome)

    def test_issued_in_fact_once_and_for_good(self):
        exception = self._find()["not_claimed", self.sibling]
        exception.action_issued()
        for change in (
            exception.action_issued,
            exception.action_write_off,
            exception.action_no_charge,
            exception.action_undecide,
        ):
            with self._refused(UserError, "is recorded"):
                change()
        self.assertEqual(exception.outcome, "issued")
        self.assertEqual(self.day.issued_count, 1)

    def test_nobody_pays_for_an_unclaimed_free_portion(self):
        with self._refused(UserError, "eats free"):
            self._find()["not_claimed", self.sibling].action_charge_parent()

    def test_a_decision_stays_and_what_is_solved_goes(self):
        found = self._find()
        found["not_claimed", self.student].action_write_off()
        self._give(self.classmate)
        again = self._find()
        self.assertNotIn(("not_claimed", self.classmate), again)
        self.assertEqual(again["not_claimed", self.student].outcome, "write_off")
        again["not_claimed", self.student].action_undecide()
        self.assertFalse(again["not_claimed", self.student].resolved_by_id)

    def test_second_portion(self):
        self._give_all()
        event = self._give(self.sibling, self.breakfast)
        exception = self._find()["second", self.sibling]
        self.assertEqual(exception.event_id, event)
        with self._refused(UserError, "does not fit"):
            exception.action_pay()
        exception.action_charge_parent()
        self._close()
        first, second = self._lines(self.sibling, self.breakfast)
        self.assertEqual((first.portion, second.portion), (1, 2))
        self.assertEqual(second.part_ids.source_id, self.parent_source)
        self.assertEqual(self._fund(self.regional), -5971)
        self.assertEqual(self._balance(self.sibling), -8530)

    def test_issued_without_an_order(self):
        self._give_all()
        self._give(self.student, self.breakfast)
        self._give(self.classmate, self.breakfast)
        found = self._find()
        found["not_ordered", self.student].action_pay()
        found["not_ordered", self.classmate].action_no_charge()
        self._close()
        self.assertEqual(self._balance(self.student), -12650 - 9810)
        self.assertEqual(self._balance(self.classmate), -12650)
        self.assertEqual(
            self._lines(self.classmate, self.breakfast).outcome, "not_payable"
        )

    def test_taken_off_but_issued(self):
        self._at(LATE)
        self._report(self.student)
        self.assertEqual(self.lunches[0].state, "freed")
        self.assertEqual(self._find()["freed", self.student].usual_outcome, "write_off")
        self._at(NOON)
        self._give_all()
        found = self._find()
        self.assertNotIn(("freed", self.student), found)
        found["taken_off_issued", self.student].action_pay()
        self._close()
        self.assertEqual(self._lines(self.student).outcome, "issued")
        self.assertEqual(self._lines(self.student).order_id, self.lunches[0])

    def test_a_freed_portion_that_nobody_took(self):
        self._at(LATE)
        self._report(self.student)
        self._at(NOON)
        self._give(self.classmate)
        self._give(self.sibling, self.breakfast)
        self._decide_rest()
        self._close()
        self.assertEqual(self._lines(self.student).outcome, "written_off")
        self.assertEqual(self._balance(self.student), 0)

    def test_passed_on(self):
        other = self._new_student(self.class_5a, "Orlov", "Oleg")
        other.enrolment_ids.date_from = MONDAY - timedelta(days=30)
        self._at(LATE)
        self._report(self.student)
        order = self.lunches[0]._pass_on(other)
        self._at(NOON)
        self._give(self.classmate)
        self._give(other)
        self._give(self.sibling, self.breakfast)
        self.assertFalse(self._find())
        self._close()
        self.assertEqual(self._lines(self.student).outcome, "passed_on")
        self.assertEqual(self._lines(other).order_id, order)
        self.assertEqual(self._balance(other), -12650)
        self.assertEqual(self._balance(self.student), 0)

    def test_absent_but_issued(self):
        self._give_all()
        self.day.action_check()
        # Reported after the meal: the portion was eaten, the order stays.
        self.env["meal.absence"].create(
            {
                "student_id": self.student.id,
                "school_id": self.school.id,
                "class_id": self.class_5a.id,
                "date_from": MONDAY,
                "date_to": MONDAY,
                "source": "teacher",
            }
        )
        found = self._find()
        self.assertEqual(set(found), {("absent_issued", self.student)})
        found["absent_issued", self.student].action_no_charge()
        self._close()
        line = self._lines(self.student)
        self.assertEqual((line.outcome, line.presence), ("not_payable", "absent"))
        self.assertEqual(self._balance(self.student), 0)

    def test_a_student_of_another_school(self):
        guest = self._new_student(
            self._new_class(self.second_school, 5, "В"), "Gostev", "Gleb"
        )
        self._give_all()
        self._give(guest)
        self._find()["wrong_school", guest].action_pay()
        self._close()
        self.assertEqual(self._balance(guest), -12650)
        self.assertEqual(self._lines(guest).school_id, self.school)

    def test_fed_at_two_schools_is_paid_by_budgets_once(self):
        guest_class = self._new_class(self.second_school, 1, "В")
        guest = self._new_student(guest_class, "Gostev", "Gleb")
        self._give_all()
        self._give(guest, self.breakfast)
        self._give(guest, self.breakfast, school=self.second_school)
        self._find()["wrong_school", guest].action_pay()
        self._close()
        self._at(NOON)
        second = self.env["meal.day"]._get_or_make(self.second_school, MONDAY)
        found = self._find(second)
        self.assertEqual(set(found), {("second", guest)})
        found["second", guest].action_no_charge()
        self._close(second)
        first, other = self._lines(guest, self.breakfast)
        self.assertEqual((first.portion, other.portion), (1, 2))
        self.assertEqual(other.outcome, "not_payable")

    def test_a_student_of_another_city_is_not_charged(self):
        self._give_all()
        self.patch(
            self.registry["meal.day"],
            "_read_events",
            _with_stranger(self.registry["meal.day"]._read_events, self.stranger),
        )
        exception = self._find()["wrong_school", self.stranger]
        self.assertEqual(exception.usual_outcome, "no_charge")
        with self._refused(UserError, "does not fit"):
            exception.action_pay()

    def test_unknown_card_and_guest(self):
        self._give_all()
        event = self._give(None, verdict="unknown_card", card="04AABBCCDD")
        self._give(None, verdict="guest")
        found = self._find()
        empty = self.env["school.student"]
        self.assertEqual(set(found), {("unknown_card", empty), ("guest", empty)})
        self.assertEqual(found["unknown_card", empty].event_id, event)
        self.day.exception_ids.action_usual()
        self._close()
        self.assertEqual(len(self.day.line_ids), 3)

    def test_the_student_behind_an_unknown_card(self):
        self._give(self.classmate)
        self._give(self.sibling, self.breakfast)
        self._give(None, verdict="unknown_card", card="04AABBCCDD")
        exception = self._find()["unknown_card", self.env["school.student"]]
        wizard = self.env["meal.day.decision"].create(
            {"exception_ids": exception.ids, "student_id": self.student.id}
        )
        self.assertTrue(wizard.is_nameless)
        wizard.action_decide()
        self.assertFalse(self._find())
        self.assertEqual(self.day.issued_count, 3)
        self._close()
        self.assertEqual(self._balance(self.student), -12650)

    def test_no_student_behind_a_card_whose_portion_was_taken_back(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        self._give_all()
        event = self._give(None, verdict="unknown_card", card="04AABBCCDD")
        exception = self._find()["unknown_card", self.env["school.student"]]
        self._undo(event)
        wizard = self.env["meal.day.decision"].create(
            {"exception_ids": exception.ids, "student_id": newcomer.id}
        )
        with self._refused(UserError, "already been taken back"):
            wizard.action_decide()
        self.assertFalse(
            self.env["meal.issue.event"].search([("student_id", "=", newcomer.id)])
        )

    def test_allergen_needs_a_note(self):
        self._give_all()
        event = self._give(self.student, self.breakfast)
        # Recorded by the serving hatch, which knows the menu.
        self.env.cr.execute("ALTER TABLE meal_issue_event DISABLE TRIGGER USER")
        self._sql(
            "UPDATE meal_issue_event SET verdict = 'allergen' WHERE id = %s"
            " RETURNING id",
            event.id,
        )
        self.env.cr.execute("ALTER TABLE meal_issue_event ENABLE TRIGGER USER")
        found = self._find()
        exception = found["allergen", self.student]
        self.assertFalse(exception.usual_outcome)
        with self._refused(UserError, "one by one"):
            exception.action_usual()
        with self._refused(UserError, "needs a note"):
            exception.action_pay()
        exception._decide("pay", "The dish was given without nuts")
        found["not_ordered", self.student].action_no_charge()
        self._close()
        # The strictest decision about the portion counts.
        self.assertEqual(
            self._lines(self.student, self.breakfast).outcome, "not_payable"
        )

    def test_usual_outcomes_are_shown_and_confirmed(self):
        action = self.day.action_apply_usual()
        wizard = self.env["meal.day.usual"].with_context(**action["context"]).create({})
        self.assertEqual((wizard.usual_count, wizard.left_count), (3, 0))
        self.assertIn("Charge the parent", wizard.summary)
        self.assertFalse(any(self.day.exception_ids.mapped("outcome")))
        self._give(self.student, self.breakfast)  # came after it was shown
        self.day._find_exceptions()
        wizard.action_apply()
        self.assertEqual(
            self.day.exception_ids.filtered(lambda e: not e.outcome).kind,
            "not_ordered",
        )

    def test_roles_decide(self):
        self._make_roles()
        exception = self._find()["not_claimed", self.student]
        for role in ("teacher", "canteen", "cashier", "nobody", "portal"):
            with self.subTest(role=role), self._refused(AccessError, ""):
                self._as(role, exception).action_write_off()
        self.assertFalse(exception.outcome)
        self._as("head", exception).action_write_off()
        self.assertEqual(exception.resolved_by_id, self.roles["head"])
        with self._refused(AccessError, ""):
            self._as("operator", exception).write({"outcome": "no_charge"})


def _with_stranger(read_events, stranger):
    """A row of the past: a student who moved to another municipality since."""

    def read(this):
        rows = read_events(this)
        for row in list(rows.values())[:1]:
            row.student_id = stranger.id
            row.class_id = stranger.class_id.id
            row.home_school_id = stranger.school_id.id
        return rows

    return read
