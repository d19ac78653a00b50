from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MONDAY
from .menu_common import MenuCase


@tagged("post_install", "-at_install")
class TestCycle(MenuCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _approved_by(self, role, cycle):
        self._as(role, cycle).action_approve()
        return cycle.state == "approved" and cycle.approved_by_id == self.roles[role]

    def test_head_and_department_approve_and_nobody_else(self):
        cycle = self._new_cycle(
            approve=False, school_ids=[Command.set(self.school.ids)]
        )
        for role in ("operator", "canteen", "teacher", "accountant"):
            with self.subTest(role=role), self._refused(AccessError, "Only the head"):
                self._as(role, cycle).action_approve()
        self.assertTrue(self._approved_by("head", cycle))

    def test_a_head_approves_no_menu_of_other_schools(self):
        cycle = self._new_cycle(approve=False)
        with self._refused(AccessError, "the education department approves"):
            self._as("head", cycle).action_approve()
        cycle.school_ids = self.school + self.second_school
        with self._refused(AccessError, "the education department approves"):
            self._as("head", cycle).action_approve()
        self.assertTrue(self._approved_by("department", cycle))

    def test_the_status_is_not_written_by_hand(self):
        cycle = self._as("operator", self._new_cycle(approve=False))
        with self._refused(AccessError, "with the button"):
            cycle.write({"state": "approved"})
        made = cycle.with_context(default_state="approved").create(
            {
                "name": "X",
                "age_group_id": self.young.id,
                "date_from": date(2026, 9, 1),
                "state": "approved",
                "approved_by_id": self.roles["head"].id,
            }
        )
        self.assertEqual(made.state, "draft")
        self.assertFalse(made.approved_by_id)

    def test_an_approved_cycle_changes_only_after_it_is_taken_back(self):
        cycle = self._as("operator", self._new_cycle())
        line = cycle.line_ids[0]
        attempts = (
            lambda: cycle.write({"name": "Winter"}),
            lambda: cycle.write({"line_ids": [Command.delete(line.id)]}),
            lambda: line.write({"dish_id": self.tea.id}),
            lambda: line.unlink(),
            lambda: line.copy(),
            lambda: cycle.unlink(),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(attempt=number), self._refused(UserError, "is approved"):
                attempt()
        self.assertEqual(len(cycle.line_ids), 30)
        wizard = cycle.env["meal.approval.reopen"].create(
            {"res_model": cycle._name, "res_ids": str(cycle.id), "reason": "No fish"}
        )
        wizard.action_take_back()
        self.assertEqual(cycle.state, "draft")
        self.assertIn("No fish", cycle.message_ids[0].body)
        self.assertEqual(
            cycle.message_ids[0].author_id, self.roles["operator"].partner_id
        )
        cycle.write({"name": "Winter"})

    def test_the_canteen_takes_nothing_back(self):
        cycle = self._new_cycle()
        with self._refused(AccessError, "takes this back to draft"):
            self._as("canteen", cycle)._take_back("I like")
        self.assertEqual(cycle.state, "approved")

    def test_every_day_has_dishes_before_approval(self):
        cycle = self._new_cycle(approve=False)
        cycle._get_day(7).unlink()
        with self._refused(UserError, "no dishes on day 7"):
            cycle.action_approve()
        self.assertEqual(cycle.state, "draft")

    def test_days_are_those_of_the_cycle(self):
        cycle = self._new_cycle(approve=False)
        for day in (0, 11):
            with self._refused(ValidationError, f"there is no day {day}"):
                cycle.line_ids[0].day_number = day
        with self._refused(ValidationError, "but only 5 days"):
            cycle.day_count = 5

    def test_a_day_is_copied_over_another(self):
        cycle = self._new_cycle(approve=False)
        cycle._get_day(2)[0].dish_id = self.tea
        wizard = self.env["meal.cycle.copy.day"].create(
            {"cycle_id": cycle.id, "source_day": 2, "target_day": 5}
        )
        wizard.action_copy()
        self.assertEqual(cycle._get_day(5).dish_id, cycle._get_day(2).dish_id)
        self.assertEqual(len(cycle._get_day(5)), 3)
        wizard.target_day = 11
        with self._refused(UserError, "has the days 1 to 10"):
            wizard.action_copy()

    def test_totals_and_deviations_are_told(self):
        cycle = self._new_cycle()
        self.assertGreater(cycle.deviation_count, 0)
        self.assertIn("Rice porridge", cycle.summary)
        self.assertIn("is served again after 1 day", cycle.summary)
        self.assertIn("not confirmed", cycle.summary)

    def test_nutrients_of_lines_follow_the_card(self):
        cycle = self._new_cycle()
        line = cycle._get_day(1)[0]
        self.assertEqual((line.output_g, line.energy_kcal), (200, 200))
        self.porridge.dish_output_ids.energy_kcal = 250
        self.assertEqual(line.energy_kcal, 250)


@tagged("post_install", "-at_install")
class TestGeneration(MenuCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.friday = MONDAY + timedelta(days=4)

    def _generate(self, schools=None, date_from=MONDAY, date_to=None, role="operator"):
        return self._as(role, self.env["meal.menu"])._generate(
            self._as(role, schools or self.school), date_from, date_to or self.friday
        )

    def test_days_of_the_cycle_are_counted_by_school_days(self):
        self._new_cycle()
        first = date(2026, 9, 1)
        menus = self._generate(date_from=first, date_to=date(2026, 9, 16))
        self.assertEqual(
            menus.sorted("date").mapped("cycle_day"), [*range(1, 11), 1, 2]
        )
        self.assertFalse(menus.filtered(lambda menu: menu.date.weekday() > 4))

    def test_a_vacation_and_a_holiday_move_the_cycle_on(self):
        self._new_cycle()
        before = self.env["meal.menu"]._get_cycle_days(
            self.school, MONDAY, self.friday
        )[self.young.id, False]
        self.env["school.calendar.period"].create(
            {
                "name": "Autumn",
                "kind": "vacation",
                "company_id": self.city.id,
                "date_from": date(2026, 10, 26),
                "date_to": date(2026, 10, 28),
            }
        )
        after = self.env["meal.menu"]._get_cycle_days(self.school, MONDAY, self.friday)[
            self.young.id, False
        ]
        shifted = [(number - 3 - 1) % 10 + 1 for _cycle, number in before.values()]
        self.assertEqual([number for _cycle, number in after.values()], shifted)
        # 4 November is a public holiday: nothing is served, nothing is lost.
        holiday = self._generate(date_from=date(2026, 11, 3), date_to=date(2026, 11, 5))
        self.assertEqual(holiday.mapped("date"), [date(2026, 11, 3), date(2026, 11, 5)])
        early, late = holiday.mapped("cycle_day")
        self.assertEqual(late, early % 10 + 1)

    def test_menus_have_the_dishes_of_their_day_with_what_they_give(self):
        cycle = self._new_cycle()
        menu = self._generate(date_to=MONDAY)
        lines = cycle._get_day(menu.cycle_day)
        self.assertEqual(menu.line_ids.dish_id, lines.dish_id)
        self.assertEqual(menu.line_ids.cycle_dish_id, lines.dish_id)
        self.assertEqual(menu.line_ids.mapped("output_g"), [200, 30, 200])
        self.assertEqual(menu.line_ids.mapped("price"), [45.67, 5.1, 0])
        self.assertEqual(menu.line_ids.school_id, self.school)
        self.assertEqual(menu.line_ids[0].section_id, self.hot_dish)
        self.assertEqual(menu.state, "draft")

    def test_menus_that_exist_stay(self):
        self._new_cycle()
        own = self._new_menu(MONDAY)
        menus = self._generate()
        self.assertEqual(len(menus), 4)
        self.assertEqual(len(own.line_ids), 2)
        self.assertFalse(self._generate())

    def test_the_cycle_of_the_school_goes_before_that_of_all(self):
        self._new_cycle()
        own = self._new_cycle(
            name="Own", days=5, school_ids=[Command.set(self.school.ids)]
        )
        self._new_cycle(name="Draft", approve=False, date_from=date(2026, 10, 1))
        self.assertEqual(self._generate().cycle_id, own)
        other = self.env["meal.menu"]._generate(self.second_school, MONDAY, MONDAY)
        self.assertEqual(other.cycle_id.name, "Autumn")
        self.assertFalse(
            self.env["meal.menu"]._generate(self.other_school, MONDAY, self.friday)
        )

    def test_a_cycle_ends_when_it_ends(self):
        self._new_cycle(date_to=MONDAY)
        self.assertEqual(self._generate().mapped("date"), [MONDAY])

    def test_ages_and_sets_have_menus_of_their_own(self):
        variant = self.env["meal.variant"].create(
            {"name": "Without milk", "company_id": self.city.id}
        )
        self._new_cycle()
        self._new_cycle(age_group_id=self.older.id)
        self._new_cycle(variant_id=variant.id)
        menus = self._generate(date_to=MONDAY)
        self.assertEqual(len(menus), 3)
        self.assertEqual(
            menus.filtered(lambda m: m.age_group_id == self.older).line_ids[0].output_g,
            250,
        )

    def test_the_nightly_job_makes_the_coming_school_days(self):
        self._new_cycle()
        schools = self.school + self.second_school + self.other_school
        menus = self.env["meal.menu"]._generate_ahead(schools, date(2026, 12, 25), 10)
        days = menus.filtered(lambda menu: menu.school_id == self.school).mapped("date")
        self.assertEqual(len(days), 10)
        self.assertEqual(min(days), date(2026, 12, 28))
        self.assertNotIn(date(2027, 1, 4), days)  # the holidays
        self.assertEqual(menus.school_id, self.school + self.second_school)

    def test_nobody_makes_menus_of_a_school_they_do_not_work_at(self):
        self._new_cycle()
        for role in ("canteen", "operator"):
            with self.subTest(role=role), self._refused(AccessError, "."):
                self._generate(self.second_school, role=role)
        for role in ("head", "teacher", "accountant"):
            with self.subTest(role=role), self._refused(AccessError, "."):
                self._generate(role=role)
        self.assertTrue(self._generate(role="canteen"))

    def test_the_wizard_says_when_there_is_no_cycle(self):
        wizard = self._as("operator", self.env["meal.menu.generate"]).create(
            {"date_from": MONDAY, "date_to": self.friday}
        )
        with self._refused(UserError, "no approved cyclic menu"):
            wizard.action_generate()
        self._new_cycle()
        domain = wizard.action_generate()["domain"]
        self.assertEqual(self.env["meal.menu"].search_count(domain), 5)
        wizard.date_to = MONDAY - timedelta(days=1)
        with self._refused(UserError, "Choose a period"):
            wizard.action_generate()
