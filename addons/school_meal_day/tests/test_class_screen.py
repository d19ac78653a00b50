from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .order_common import BEFORE, LATE, MONDAY, TUESDAY
from .screen_common import ScreenCase

FRIDAY_BEFORE = MONDAY - timedelta(days=3)


@tagged("post_install", "-at_install")
class TestClassScreenData(ScreenCase):
    def test_it_shows_the_class_today_and_the_next_day(self):
        self._order(self.student)
        screen = self._screen()
        self.assertEqual(screen["class"]["name"], "5А")
        self.assertEqual(
            [student["id"] for student in screen["students"]],
            (self.student + self.classmate).ids,
        )
        today, following = screen["days"]
        self.assertEqual(
            (today["date"], following["date"]), ("2026-11-16", "2026-11-17")
        )
        self.assertEqual(today["meals"], (self.breakfast + self.lunch).ids)
        self.assertEqual((today["cutoff_time"], today["is_late"]), ("9:00", False))
        self.assertEqual(self._cell(self.student)["orders"], {self.lunch.id: "ordered"})
        self.assertEqual(self._cell(self.student, TUESDAY)["orders"], {})

    def test_after_the_cut_off_it_says_so(self):
        self._at(LATE)
        self.assertTrue(self._screen()["days"][0]["is_late"])
        self.assertFalse(self._screen()["may_order_late"])
        self.assertTrue(self._screen("operator")["may_order_late"])

    def test_on_a_day_off_only_the_next_school_day_is_there(self):
        self._at(BEFORE)  # a Sunday
        days = self._screen()["days"]
        self.assertEqual([day["date"] for day in days], [str(MONDAY)])
        self.assertFalse(days[0]["is_today"])

    def test_nothing_says_who_pays(self):
        """A free meal looks like any other; money is not there at all."""
        self.class_1b.teacher_id = self.teacher
        self._generate()
        screen = self._screen(school_class=self.class_1b)
        cell = screen["cells"][str(MONDAY)][self.sibling.id]
        self.assertEqual(cell["orders"], {self.breakfast.id: "ordered"})
        text = str(screen)
        for word in ("entitled", "origin", "price", "balance", "categor"):
            self.assertNotIn(word, text)

    def test_health_is_shown_to_those_who_may_read_it(self):
        milk = self.env["school.allergen"].create({"name": "Milk", "code": "milk-t"})
        diet = self.env["meal.variant"].create(
            {"name": "Without milk", "is_diet": True, "company_id": self.city.id}
        )
        self.student.write({"allergen_ids": milk.ids, "diet_variant_id": diet.id})
        self._order(self.student)
        teacher, operator = self._screen(), self._screen("operator")
        self.assertNotIn("ilk", str(teacher))
        self.assertEqual(operator["students"][0]["health"], "Milk")
        cell = operator["cells"][str(MONDAY)][self.student.id]
        self.assertEqual(cell["sets"], {self.lunch.id: "Without milk"})
        logged = self.env["school.access.log"].search(
            [("student_id", "=", self.student.id), ("kind", "=", "health")]
        )
        self.assertEqual(logged.user_id, self.roles["operator"])

    def test_the_cost_does_not_grow_with_the_class(self):
        self._screen()
        self.env.invalidate_all()
        with self._count() as few:
            self._screen()
        for number in range(33):
            student = self._new_student(self.class_5a, "Ivanov", "I" + "v" * number)
            self._order(student)
        self.env.flush_all()
        self.env.invalidate_all()
        with self._count() as many:
            self._screen()
        self.assertLessEqual(many[0], few[0])

    def _count(self):
        case = self

        class Counter(list):
            def __enter__(self):
                self.append(case.env.cr.sql_log_count)
                return self

            def __exit__(self, *args):
                self[0] = case.env.cr.sql_log_count - self[0]

        return Counter()


@tagged("post_install", "-at_install")
class TestClassScreenPresence(ScreenCase):
    """Presence comes through the school's hook, as access control will override it."""

    def _know(self, presence):
        """Let another source, like access control, say who is at school."""
        school = type(self.env["school.school"])
        base = school._get_presence

        def _get_presence(school, date):
            return {**base(school, date), **(presence if date == MONDAY else {})}

        self.patch(school, "_get_presence", _get_presence)

    def _known(self, student, day=MONDAY):
        cell = self._cell(student, day)
        return cell["absent"], cell["known"]

    def test_who_is_absent_by_another_source_is_shown_so(self):
        self._know({self.student.id: "absent", self.classmate.id: "present"})
        self.assertEqual(self._known(self.student), ("", "absent"))
        self.assertEqual(self._known(self.student, TUESDAY), ("", ""))
        self.assertEqual(self._known(self.classmate), ("", ""))
        absent = self._command("presence", self.student, value="unknown")
        self.assertEqual(self._statuses(absent), ["done"])
        self.assertEqual(self._known(self.student), ("unknown", ""))

    def test_who_came_in_spite_of_a_report_is_shown_so(self):
        self._report(self.student)
        self.assertEqual(self._known(self.student), ("illness", ""))
        self._know({self.student.id: "present"})
        self.assertEqual(self._known(self.student), ("illness", "present"))

    def test_a_confirmed_class_says_nothing_new(self):
        self._report(self.classmate)
        self._run(self._command("confirm"))
        self.assertEqual(self._known(self.student), ("", ""))
        self.assertEqual(self._known(self.classmate), ("illness", ""))

    def test_presence_costs_one_query_a_day(self):
        self._report(self.classmate)
        self._run(self._command("confirm"))
        self.env.flush_all()
        # access control asks once more
        count = 1 + ("attendance.day" in self.env)
        with self.assertQueryCount(count):
            self.school._get_presence(MONDAY)


@tagged("post_install", "-at_install")
class TestClassScreenAccess(ScreenCase):
    def test_a_teacher_reaches_the_own_classes_only(self):
        for school_class in (self.class_1b, self.class_other):
            with self._refused(AccessError, "not yours"):
                self._screen(school_class=school_class)

    def test_a_teacher_who_also_serves_sees_the_school_but_not_its_classes(self):
        group = self.env.ref("school_meal_base.group_canteen")
        self.teacher.write({"group_ids": [(4, group.id)]})
        self.school.user_ids += self.teacher
        with self._refused(AccessError, "not yours"):
            self._screen(school_class=self.class_1b)

    def test_operator_and_head_reach_the_classes_of_their_school(self):
        for role in ("operator", "head"):
            for school_class in (self.class_5a, self.class_1b):
                self.assertTrue(self._screen(role, school_class))
            with self._refused(AccessError, "not yours"):
                self._screen(role, self.class_other)

    def test_others_have_no_class_screen(self):
        for role in ("canteen", "cashier", "department", "accountant"):
            with self._refused(AccessError, "not yours"):
                self._screen(role)
            screen = self._as(role, self.env["meal.class.screen"])
            with self._refused(AccessError, "for class teachers"):
                screen._prepare_page()
        for role in ("nobody", "portal", "public"):
            with self.assertRaises(AccessError):
                self._screen(role)

    def test_a_teacher_of_several_classes_chooses(self):
        self.class_1b.teacher_id = self.teacher
        screen = self._as("teacher", self.env["meal.class.screen"])
        self.assertEqual(screen._get_classes(), self.class_1b + self.class_5a)

    def test_commands_reach_no_student_of_another_class(self):
        command = self._command("order", self.sibling, self.breakfast)
        self.assertEqual(self._statuses(command), ["refused"])
        absent = self._command("presence", self.stranger, value="illness")
        self.assertEqual(self._statuses(absent), ["refused"])
        served = self._command("served", self.sibling, self.breakfast)
        self.assertEqual(self._statuses(served), ["refused"])
        self.assertFalse(self._orders(self.sibling))
        self.assertFalse(self._absences(self.stranger))
        self.assertFalse(self._given(self.sibling))

    def test_nobody_calls_the_service_from_outside(self):
        """Methods without an underscore could be called by any user over RPC."""
        for name in ("meal.class.screen", "meal.parent.api"):
            own = set(dir(type(self.env[name]))) - set(dir(type(self.env["base"])))
            self.assertFalse([each for each in own if not each.startswith("_")])

    def test_commands_of_others_are_not_known_to_me(self):
        command = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(command), ["done"])
        again = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        again["uuid"] = command["uuid"]
        self.assertEqual(self._statuses(again, role="head"), ["done"])


@tagged("post_install", "-at_install")
class TestClassScreenMenu(ScreenCase):
    def test_a_class_leads_to_its_screen(self):
        action = self._as("teacher", self.class_5a).action_open_class_screen()
        self.assertEqual(action["url"], f"/school_meal/class/{self.class_5a.id}")

    def test_the_first_thing_a_teacher_sees_is_the_class(self):
        """The first menu opens by itself; a page of its own must not be that of others,
        who would never get to their lists."""
        screen = self.env.ref("school_meal_day.class_screen_action")
        kitchen = self.env.ref("school_meal_day.kitchen_board_action")
        self.assertEqual(self._get_first_action("teacher"), screen)
        for role in ("operator", "head", "manager"):
            self.assertNotIn(self._get_first_action(role), (screen, kitchen))

    def _get_first_action(self, role):
        menus = self._as(role, self.env["ir.ui.menu"])
        visible = menus.browse(menus._visible_menu_ids())
        menu = menus.browse(self.env.ref("school_meal_base.menu_root").id)
        while menu and not menu.sudo().action:
            children = visible.sudo().filtered(
                lambda child, menu=menu: child.parent_id == menu
            )
            menu = children.sorted(lambda child: (child.sequence, child.id))[:1]
        return menu.sudo().action

    def test_a_user_without_a_class_is_told_so(self):
        user = new_test_user(
            self.env,
            "new_teacher",
            groups="school_meal_base.group_teacher",
            company_id=self.city.id,
            company_ids=[(6, 0, self.city.ids)],
        )
        screen = self.env["meal.class.screen"].with_user(user)
        page = screen.with_context(allowed_company_ids=self.city.ids)._prepare_page()
        self.assertFalse(page["data"])
