from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.school_meal_day.tests.closing_common import NEXT_DAY, NOON
from odoo.addons.school_meal_day.tests.order_common import LATE, MONDAY, SUNDAY

from .entitle_common import EntitlementCase

TUESDAY = MONDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEntitlementCategories(EntitlementCase):
    def test_nothing_is_free_without_a_decision(self):
        self.assertEqual(self._categories(self.sibling, MONDAY), set())
        self._grant(self.sibling, self.hot, MONDAY)
        self.assertEqual(
            self._categories(self.sibling, MONDAY), {("grades_1_4", self.breakfast.id)}
        )
        self.assertEqual(self._categories(self.sibling, SUNDAY), set())
        self.assertEqual(self._categories(self.student, MONDAY), set())

    def test_without_a_regulation_everything_is_as_before(self):
        before = self.regulation.date_from - timedelta(days=1)
        self.assertEqual(self._categories(self.sibling, before), {"grades_1_4"})
        first = self._new_class(self.other_school, 1, "А")
        child = self._new_student(first, "Orlov", "Oleg")
        self.assertEqual(self._categories(child, MONDAY), {"grades_1_4"})

    def test_a_former_version_still_governs_its_days(self):
        self._grant(self.sibling, self.hot, date(2026, 9, 2))
        self.env.flush_all()
        self._sql(
            "UPDATE benefit_regulation SET state = 'replaced', date_to = %s"
            " WHERE id = %s RETURNING id",
            date(2026, 10, 31),
            self.regulation.id,
        )
        self.assertEqual(self._categories(self.sibling, date(2026, 9, 1)), set())
        # ended without another one: what was decided stays, nothing is free again
        self.assertEqual(
            self._categories(self.sibling, MONDAY), {("grades_1_4", self.breakfast.id)}
        )
        first = self.sibling.class_id
        newcomer = self._new_student(first, "Novikova", "Nina")
        self.assertEqual(self._categories(newcomer, MONDAY), set())
        # the next version leaves the category out: still nobody eats by grade alone
        self.regulation.copy({"date_from": MONDAY, "state": "in_force", "number": "2"})
        self.assertEqual(self._categories(newcomer, MONDAY), set())
        # and before the first one it was
        self.assertEqual(
            self._categories(self.sibling, date(2026, 8, 31)), {"grades_1_4"}
        )

    def test_codes_that_nobody_governs_stay(self):
        self._sql(
            "UPDATE benefit_category SET meal_category_id = %s WHERE id = %s"
            " RETURNING id",
            self.bused_category.id,
            self.hot.id,
        )
        self.assertEqual(self._categories(self.sibling, MONDAY), {"grades_1_4"})

    def test_two_categories_never_pay_one_portion(self):
        self._grant(self.sibling, self.hot)
        health = self._grant(self.sibling, self.ovz)
        self.assertEqual(
            self._categories(self.sibling, MONDAY),
            {("t_ovz", self.breakfast.id), ("t_ovz", self.lunch.id)},
        )
        health._end("ground_lost", MONDAY)
        self.assertEqual(
            self._categories(self.sibling, TUESDAY),
            {("grades_1_4", self.breakfast.id)},
        )

    def test_an_additional_category_gives_what_is_left(self):
        bused = self._add_category(
            "bused",
            meal_category_id=self.bused_category.id,
            meals=self.breakfast + self.lunch,
            combination="additional",
            sequence=1,  # whatever its place
        )
        self._grant(self.sibling, self.hot)
        self._grant(self.sibling, bused)
        self.assertEqual(
            self._categories(self.sibling, MONDAY),
            {("grades_1_4", self.breakfast.id), ("t_bused", self.lunch.id)},
        )

    def test_none_while_taught_elsewhere(self):
        self._grant(self.student, self.ovz)
        self._study("home", MONDAY, MONDAY)
        self.assertEqual(self._categories(self.student, MONDAY), set())
        self.assertTrue(self._categories(self.student, TUESDAY))

    def test_money_and_milk_are_no_meals(self):
        milk = self._add_category("milk", kind="milk", grade_to=4)
        self._grant(self.sibling, milk)
        self._study("home", date(2026, 9, 1), date(2026, 10, 31))
        self._grant(self.student, self.money)
        self.assertEqual(self._categories(self.sibling, MONDAY), set())
        self.assertEqual(self._categories(self.student, MONDAY), set())

    def test_two_queries_whatever_the_number(self):
        students = self.student + self.sibling + self.classmate
        self._grant(students, self.ovz)
        self.env.flush_all()
        students._get_meal_categories(MONDAY)  # the cache is warm
        with self.assertQueryCount(2):
            self.assertEqual(len(students._get_meal_categories(MONDAY)), 3)
        with self.assertQueryCount(2):
            self.student._get_meal_categories(MONDAY)


@tagged("post_install", "-at_install")
class TestEntitlementOrders(EntitlementCase):
    def setUp(self):
        super().setUp()
        self.lunches = self._order(self.student + self.classmate)

    def _state(self, student, meal=None):
        order = self._orders(student, meal=meal or self.breakfast)
        return order and (order.state, order.change_ids.sorted("id")[-1].reason)

    def test_an_order_comes_with_the_decision(self):
        self._generate()
        self.assertFalse(self._orders(self.sibling))
        self._grant(self.sibling, self.hot, MONDAY)
        order = self._orders(self.sibling)
        self.assertEqual((order.state, order.is_entitled), ("ordered", True))
        self.assertEqual(order.meal_type_id, self.breakfast)

    def test_not_before_its_first_day(self):
        self._grant(self.sibling, self.hot, TUESDAY)
        self._generate()
        self.assertFalse(self._orders(self.sibling))

    def test_an_order_goes_with_the_end(self):
        entitlement = self._grant(self.sibling, self.hot)
        self.assertEqual(self._state(self.sibling)[0], "ordered")
        [end] = entitlement._end("withdrawn", SUNDAY)
        self.assertEqual(self._state(self.sibling), ("cancelled", "not_entitled"))
        end._revoke("It was another child")
        self.assertEqual(self._state(self.sibling)[0], "ordered")
        self.assertEqual(self.lunches.mapped("state"), ["ordered"] * 2)

    def test_in_the_pots_it_is_freed(self):
        entitlement = self._grant(self.sibling, self.hot)
        self._at(LATE)
        self.school._pass_cutoffs(MONDAY)
        self.assertEqual(self._state(self.sibling)[0], "cooked")
        entitlement._end("ground_lost", SUNDAY)
        self.assertEqual(self._state(self.sibling), ("freed", "not_entitled"))
        # what a family ordered is theirs
        self.assertEqual(self.lunches.mapped("state"), ["cooked"] * 2)

    def test_many_at_once_cost_the_same_queries(self):
        entitlements = self._grant(self.sibling, self.hot)
        classmates = self.env["school.student"].union(
            *(
                self._new_student(self.class_1b, f"Kid{chr(1072 + n)}", "Petr")
                for n in range(20)
            )
        )
        classmates.enrolment_ids.date_from = date(2026, 9, 1)
        entitlements |= self._grant(classmates, self.hot)
        self.assertEqual(len(self._orders(classmates)), 20)
        self.env.flush_all()
        with self.assertQueryCount(40):
            entitlements._end("withdrawn", SUNDAY)
        states = self._orders(classmates + self.sibling).mapped("state")
        self.assertEqual(states, ["cancelled"] * 21)


@tagged("post_install", "-at_install")
class TestEntitlementMoney(EntitlementCase):
    """Monday is closed: `student` ate a lunch of 126.50, `sibling` the free breakfast
    of 85.30."""

    def setUp(self):
        super().setUp()
        self.hot_right = self._grant(self.sibling, self.hot)
        self.lunches = self._order(self.student + self.classmate)
        self._generate()
        self.free = self._orders(self.sibling)
        self.day = self.env["meal.day"]._get_or_make(self.school, MONDAY)
        self._at(NOON)
        self._give_all()
        self._close()
        self._at(NEXT_DAY)

    def _titles(self, student):
        transfers = self.env["meal.transfer"].search(
            [
                "|",
                ("debit_account_id", "=", student.account_id.id),
                ("credit_account_id", "=", student.account_id.id),
            ]
        )
        return list(self.env["meal.statement"]._get_titles(transfers).values())

    def _check_ledger(self, student=0, sibling=0):
        """What the two families, the budgets and the supplier have adds up."""
        self._commit_checks()
        self.assertEqual(self._balance(self.student), student)
        self.assertEqual(self._balance(self.sibling), sibling)
        budgets = self._fund(self.regional) + self._fund(self.municipal)
        total = student + sibling + self._balance(self.classmate) + budgets
        self.assertEqual(self._supplier(), 2 * 12650 + 8530)
        self.assertEqual(total, -self._supplier())
        return budgets

    def test_a_late_decision_gives_the_money_back(self):
        self.assertEqual(self._check_ledger(student=-12650), -8530)
        self._grant(self.student, self.ovz, TUESDAY, effective_on=MONDAY)
        self.assertEqual(self._check_ledger(student=0), -8530 - 12650)
        line = self._lines(self.student)
        self.assertEqual((line.revision, line.rule_id), (1, self.ovz_rule))
        self.assertIn("Benefit by order", line.correction_id.reason)
        self.assertTrue(
            any("Benefit by order" in title for title in self._titles(self.student))
        )
        # the neighbour's portion is nobody's business here
        self.assertEqual(self._lines(self.classmate).revision, 0)

    def test_a_repeat_changes_nothing(self):
        right = self._grant(self.student, self.ovz, TUESDAY, effective_on=MONDAY)
        count = self._count_transfers()
        span = {right: (right.date_from, right.date_end)}
        right._follow_days(span, {right: "Again"})
        self.entitlements._create_from_decisions(right.decision_id)
        self.assertEqual(self._count_transfers(), count)

    def test_a_decision_from_today_on_touches_no_closed_day(self):
        count = self._count_transfers()
        self._grant(self.student, self.ovz, TUESDAY)
        self.assertEqual(self._count_transfers(), count)

    def test_a_mistake_is_charged_and_given_back(self):
        [end] = self.hot_right._end("mistake", SUNDAY)
        self.assertEqual(self._check_ledger(student=-12650, sibling=-8530), 0)
        line = self._lines(self.sibling, self.breakfast)
        self.assertIn("Granted by mistake", line.correction_id.reason)
        self.assertFalse(line.rule_id)
        end._revoke("The papers were found")
        self.assertEqual(self._check_ledger(student=-12650, sibling=0), -8530)
        line = self._lines(self.sibling, self.breakfast)
        self.assertIn("The papers were found", line.correction_id.reason)
        self.assertEqual(line.revision, 2)

    def test_an_end_of_today_charges_nothing_of_the_past(self):
        count = self._count_transfers()
        self.hot_right._end("ground_lost", TUESDAY)
        self.assertEqual(self._count_transfers(), count)

    def test_another_decision_with_effect_in_the_past(self):
        first = self.hot_right.decision_id
        [application] = first.application_id
        other = self._sign(application, TUESDAY, supersedes_id=first.id)
        other = self.entitlements._create_from_decisions(other)
        self.assertEqual(self.hot_right.date_end, MONDAY)
        self.assertEqual(other.date_from, TUESDAY)
        self.assertEqual(self._check_ledger(student=-12650), -8530)
        again = self.entitlements._follow_superseded(first)
        self.assertFalse(again)

    def test_a_refusal_in_place_of_a_grant(self):
        first = self.hot_right.decision_id
        refusal = self.env["benefit.decision"].create(
            {
                "application_id": first.application_id.id,
                "student_id": self.sibling.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "category_id": self.hot.id,
                "result": "refused",
                "refusal_ground": "authority",
                "date": TUESDAY,
                "effective_on": MONDAY,
                "user_id": self.env.uid,
                "supersedes_id": first.id,
            }
        )
        [end] = self.entitlements._follow_superseded(first)
        self.assertEqual((end.ground, end.last_day), ("replaced", SUNDAY))
        self.assertEqual(self._check_ledger(student=-12650, sibling=-8530), 0)
        self.assertFalse(self.entitlements._follow_superseded(refusal))
