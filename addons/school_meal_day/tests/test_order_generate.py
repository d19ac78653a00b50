from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .order_common import LATE, MONDAY, MORNING, TUESDAY, OrderCase

GENERATED = (None, "ordered", "generated", False)


@tagged("post_install", "-at_install")
class TestOrderGenerate(OrderCase):
    def test_the_entitled_are_ordered_for(self):
        self.assertEqual(self._generate(), 1)
        order = self._orders(self.sibling)
        self.assertEqual(order.meal_type_id, self.breakfast)
        self.assertEqual(order.state, "ordered")
        self.assertEqual(order.origin, "entitled")
        self.assertTrue(order.is_entitled)
        self.assertEqual(order.class_id, self.class_1b)
        self.assertEqual(order.age_group_id, self.young)
        self.assertEqual(order.company_id, self.city)
        self.assertEqual(self._history(order), [GENERATED])
        self.assertFalse(self._orders(self.student))

    def test_again_nothing_happens(self):
        self._generate()
        self.assertEqual(self._generate(), 0)
        self.assertEqual(self._history(self._orders(self.sibling)), [GENERATED])

    def test_choices_of_the_paying(self):
        self._choose(self.student, weekdays="1")
        self._generate()
        order = self._orders(self.student)
        self.assertEqual((order.origin, order.is_entitled), ("choice", False))
        self._generate(TUESDAY)
        self.assertFalse(self._orders(self.student, TUESDAY))

    def test_the_latest_choice_counts(self):
        self._choose(self.student)
        self._choose(self.student, "decline", date_from=MONDAY)
        self._generate()
        self.assertFalse(self._orders(self.student))
        self._at(MORNING - timedelta(days=3))
        self._generate(MONDAY - timedelta(days=3))
        self.assertTrue(self._orders(self.student, MONDAY - timedelta(days=3)))

    def test_a_declined_free_meal_goes_and_comes_back(self):
        self._generate()
        choice = self._choose(self.sibling, "decline", meal_type_id=self.breakfast.id)
        self._generate()
        order = self._orders(self.sibling)
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].reason, "choice")
        choice.date_to = MONDAY - timedelta(days=1)
        self._generate()
        self.assertEqual(order.state, "ordered")

    def test_a_diet_goes_before_a_choice(self):
        diet, other = self.env["meal.variant"].create(
            [
                {"name": "No gluten", "is_diet": True, "company_id": self.city.id},
                {"name": "Set 2", "company_id": self.city.id},
            ]
        )
        self._choose(self.sibling, meal_type_id=self.breakfast.id, variant_id=other.id)
        self._generate()
        order = self._orders(self.sibling)
        self.assertEqual(order.variant_id, other)
        self.assertEqual(order.origin, "entitled")
        self.sibling.diet_variant_id = diet
        self._generate()
        self.assertEqual(order.variant_id, diet)
        self.assertEqual(order.change_ids[-1].variant_id, diet)

    def test_a_diet_changes_what_people_ordered(self):
        order = self._order(self.student)
        self.student.diet_variant_id = self.env["meal.variant"].create(
            {"name": "No gluten", "is_diet": True, "company_id": self.city.id}
        )
        self._generate()
        self.assertEqual(order.variant_id, self.student.diet_variant_id)
        self.assertEqual(order.origin, "operator")

    def test_a_choice_with_an_allergen_is_not_ordered(self):
        self._choose(self.student)
        self._choose(self.classmate)
        menu = self._serve_nuts(self.student)
        self.assertEqual(self._generate(), 2)  # the classmate's and a free one
        order = self._orders(self.student)
        self.assertEqual((order.state, order.health_check), ("cancelled", "withheld"))
        self.assertEqual(self._history(order), [(None, "cancelled", "allergen", False)])
        self.assertEqual(self._orders(self.classmate).state, "ordered")
        self._generate()
        self.assertEqual(len(order.change_ids), 1)
        menu.line_ids.dish_id.allergen_ids = False
        self._generate()
        self.assertEqual(order.state, "ordered")
        menu.line_ids.dish_id.allergen_ids = self.student.allergen_ids
        self._generate()
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].reason, "allergen")
        menu.line_ids.dish_id.allergen_ids = False
        self._generate()
        self.assertEqual(order.state, "ordered")

    def test_what_an_allergen_withholds_is_found(self):
        self._make_roles()
        choice = self._choose(self.student)
        self._choose(self.classmate)
        self._serve_nuts(self.student)
        self._generate()

        def withheld():
            return self._as("operator", self.order_model).search(
                [("health_check", "=", "withheld"), ("date", "=", MONDAY)]
            )

        order = self._orders(self.student)
        self.assertEqual(withheld(), order)
        choice.unlink()  # nobody wants it any more
        self._generate()
        order.invalidate_recordset()
        self.assertFalse(withheld())
        self.assertEqual(order.state, "cancelled")
        self._choose(self.student)
        self._generate()
        order.invalidate_recordset()
        self.assertEqual(withheld(), order)

    def test_the_absent_are_not_withheld(self):
        self._choose(self.student)
        self._serve_nuts(self.student)
        self._report(self.student)
        self._generate()
        self.assertFalse(self._orders(self.student))

    def test_who_sees_that_an_allergen_withholds(self):
        self._make_roles()
        self._choose(self.student)
        self._serve_nuts(self.student)
        self._generate()
        order = self._orders(self.student)
        for role in ("cashier", "teacher"):
            as_role = self._as(role, order)
            self.assertEqual(as_role.state, "cancelled")
            for name in ("health_check", "variant_id"):
                with self.assertRaises(AccessError):
                    as_role.read([name])
            with self.assertRaises(AccessError):
                as_role.change_ids.read(["reason"])

    def test_a_free_meal_with_an_allergen_is_ordered_and_shown(self):
        menu = self._serve_nuts(self.sibling, meal=self.breakfast, age_group=self.young)
        self._generate()
        order = self._orders(self.sibling)
        self.assertEqual((order.state, order.health_check), ("ordered", "allergen"))
        # a set that does not suit gives way to the usual one
        menu.line_ids.dish_id.allergen_ids = False
        variant = self.env["meal.variant"].create(
            {"name": "Set 2", "company_id": self.city.id}
        )
        self._serve_nuts(meal=self.breakfast, age_group=self.young, variant=variant)
        self._choose(
            self.sibling, meal_type_id=self.breakfast.id, variant_id=variant.id
        )
        self._generate()
        order.invalidate_recordset()
        self.assertFalse(order.variant_id)
        self.assertFalse(order.health_check)

    def test_days_without_lessons(self):
        saturday = MONDAY - timedelta(days=2)
        self._at(MORNING - timedelta(days=3))
        self.assertEqual(self._generate(saturday), 0)
        self._at(MORNING)
        for kind in ("vacation", "quarantine", "remote", "day_off"):
            with self.subTest(kind=kind):
                period = self._period(kind)
                self.assertEqual(self._generate(), 0)
                period.unlink()
        self.assertEqual(self._generate(), 1)

    def test_a_class_in_quarantine(self):
        self._choose(self.student)
        self._period("quarantine", classes=self.class_1b)
        self._generate()
        self.assertTrue(self._orders(self.student))
        self.assertFalse(self._orders(self.sibling))

    def test_a_day_that_becomes_a_holiday_and_a_school_day_again(self):
        self._generate()
        manual = self._order(self.student)
        period = self._period("quarantine", schools=self.school)
        self._generate()
        orders = self._orders(self.sibling) + manual
        self.assertEqual(set(orders.mapped("state")), {"cancelled"})
        self.assertEqual(
            set(orders.change_ids[-1:].mapped("reason")), {"no_school_day"}
        )
        period.unlink()
        self._generate()
        self.assertEqual(set(orders.mapped("state")), {"ordered"})

    def test_what_a_person_took_off_stays_off(self):
        self._generate()
        order = self._orders(self.sibling)
        order._take_off("changed_mind")
        self.assertEqual(self._generate(), 0)
        self.assertEqual(order.state, "cancelled")
        self._period("quarantine").unlink()
        self._generate()
        self.assertEqual(order.state, "cancelled")

    def test_the_absent_are_not_ordered_for(self):
        self._report(self.sibling)
        self.assertEqual(self._generate(), 0)

    def test_an_absence_that_was_there_unseen(self):
        self._generate()
        order = self._orders(self.sibling)
        absence = self.env["meal.absence"].create(
            {
                "student_id": self.sibling.id,
                "school_id": self.school.id,
                "date_from": MONDAY,
                "date_to": MONDAY,
                "source": "access",
            }
        )
        self._generate()
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].absence_id, absence)
        absence._withdraw()
        self.assertEqual(order.state, "ordered")

    def test_only_the_enrolled(self):
        self.sibling.enrolment_ids.write({"date_from": TUESDAY})
        self.assertEqual(self._generate(), 0)
        self.assertEqual(self._generate(TUESDAY), 1)

    def test_students_without_a_class(self):
        self.sibling.class_id = False
        self.assertEqual(self._generate(), 0)

    def test_nothing_after_the_cut_off(self):
        self._at(LATE)
        self.assertEqual(self._generate(), 0)
        self.assertFalse(self._orders(self.sibling))

    def test_a_new_student_is_added(self):
        self._generate()
        self._new_student(self.class_1b, "Novikov", "Nikita")
        self.assertEqual(self._generate(), 1)

    def test_meals_without_a_price_are_not_ordered_by_a_rule_for_all_meals(self):
        self.free_rule.meal_type_ids = False
        self.assertEqual(self._generate(), 2)
        meals = self._orders(self.sibling).meal_type_id
        self.assertEqual(meals, self.breakfast + self.lunch)

    def test_an_entitlement_that_ends(self):
        self._generate()
        self.free_rule.date_to = date(2026, 11, 15)
        self._generate()
        order = self._orders(self.sibling)
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].reason, "not_entitled")
        self.free_rule.date_to = False
        self._generate()
        self.assertEqual(order.state, "ordered")

    def test_each_school_by_its_own_clock(self):
        """Monday 05:00 in Moscow is 09:00 in Novokuznetsk: too late there."""
        self._at(MORNING.replace(hour=2, minute=30))
        self._new_student(
            self._new_class(self.other_school, 1, "А"), "Li", "Anna"
        ).enrolment_ids.write({"date_from": date(2026, 9, 1)})
        self.env["meal.funding.rule"].create(
            {
                "name": "Grades 1-4",
                "company_id": self.other_city.id,
                "category_id": self.grades_1_4.id,
                "meal_type_ids": [(6, 0, self.breakfast.ids)],
                "date_from": date(2026, 9, 1),
                "is_ordered_automatically": True,
            }
        )
        both = self.school + self.other_school
        self.assertEqual(self._generate(schools=both), 1)
        self.assertEqual(self._generate(TUESDAY, schools=both), 2)


@tagged("post_install", "-at_install")
class TestOrderMoves(OrderCase):
    def test_another_class(self):
        self._generate()
        order = self._orders(self.sibling)
        self.sibling.class_id = self._new_class(self.school, 2, "В")
        self._generate()
        self.assertEqual(order.class_id.letter, "В")
        self.assertEqual(
            self._history(order)[1:],
            [
                ("ordered", "cancelled", "class_moved", False),
                ("cancelled", "ordered", "class_moved", False),
            ],
        )
        self.assertEqual(order.change_ids[1].class_id, self.class_1b)
        self.assertEqual(order.change_ids[2].class_id, order.class_id)

    def test_a_future_order_follows_at_once(self):
        order = self._order(self.student, TUESDAY)
        self.student.class_id = self._new_class(self.school, 6, "В")
        self.assertEqual(order.state, "ordered")
        self.assertEqual(order.class_id.letter, "В")

    def _move_to_school(self):
        new_class = self._new_class(self.second_school, 5, "Г")
        self.student._transfer(self.second_school, new_class, MONDAY)

    def test_another_school(self):
        self._at(MORNING)
        order = self._order(self.student, TUESDAY)
        absence = self._report(self.student, TUESDAY + timedelta(days=1))
        self._move_to_school()
        self.assertEqual(order.school_id, self.second_school)
        self.assertEqual(order.state, "ordered")
        self.assertEqual(
            [
                (row.school_id, row.from_state, row.to_state, row.reason)
                for row in order.change_ids[1:]
            ],
            [
                (self.school, "ordered", "cancelled", "class_moved"),
                (self.second_school, "cancelled", "ordered", "class_moved"),
            ],
        )
        self.assertEqual(absence.school_id, self.second_school)
        self.assertEqual(absence.class_id, self.student.class_id)
        self._generate(TUESDAY)
        self.assertEqual(order.school_id, self.second_school)

    def test_the_former_school_generates_first(self):
        order = self._order(self.student, TUESDAY)
        enrolment = self.student.enrolment_ids
        new_class = self._new_class(self.second_school, 5, "Г")
        enrolment.write({"school_id": self.second_school.id, "class_id": new_class.id})
        self._generate(TUESDAY)
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].reason, "class_moved")
        self._generate(TUESDAY, self.second_school)
        self.assertEqual((order.state, order.school_id.code), ("ordered", "025"))

    def test_cooked_at_the_former_school(self):
        order = self._order(self.student)
        self._at(LATE)
        self._move_to_school()
        self.assertEqual((order.state, order.school_id), ("freed", self.school))
        self.assertEqual(order.change_ids[-1].reason, "class_moved")
        self.assertTrue(order.change_ids[-1].is_late)
        _orders, refusals = self._place(self.student)
        self.assertEqual(refusals, [(self.student, "other_school")])

    def test_a_leaver(self):
        self._at(MORNING)
        today = self._order(self.student)
        tomorrow = self._order(self.student, TUESDAY)
        self.student._leave(MONDAY, "left", None, uuid="leave-1")
        self.assertEqual(today.state, "ordered", "the last day at the school")
        self.assertEqual(tomorrow.state, "cancelled")
        self.assertEqual(tomorrow.change_ids[-1].reason, "left")

    def test_who_left_yesterday(self):
        self._at(MORNING)
        order = self._order(self.student)
        self._at(LATE)
        self.student._leave(MONDAY - timedelta(days=3), "left", None, uuid="leave-1")
        self.assertEqual(order.state, "freed")
        self.assertEqual(order.change_ids[-1].reason, "left")

    def test_the_latest_choice_that_holds_on_each_day_counts(self):
        wednesday = TUESDAY + timedelta(days=1)
        self._choose(self.student, "decline", date_to=TUESDAY)
        self._choose(self.student, date_from=MONDAY, weekdays="13")
        self._choose(self.classmate)
        self._choose(self.classmate, "decline")  # of one day the newer one
        read = self.order_model._read_choices
        days, students = [MONDAY, TUESDAY, wednesday], self.student + self.classmate
        self.assertEqual(
            [(choice.day, choice.mode) for choice in read(days, self.student.ids)],
            [(MONDAY, "order"), (TUESDAY, "decline"), (wednesday, "order")],
        )
        of_all = read(days, students.ids)
        one_by_one = [each for day in days for each in read([day], students.ids)]
        self.assertEqual(of_all, one_by_one)
        modes = {each.mode for each in of_all if each.student == self.classmate.id}
        self.assertEqual(modes, {"decline"})
