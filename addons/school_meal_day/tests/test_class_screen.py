from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .order_common import BEFORE, LATE, MONDAY, MORNING, TUESDAY
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
class TestClassScreenCommands(ScreenCase):
    def test_meals_are_ordered_and_taken_off(self):
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["done"])
        order = self._orders(self.student)
        self.assertEqual((order.state, order.origin), ("ordered", "teacher"))
        self.assertEqual(order.change_ids.user_id, self.teacher)
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["done"])
        self.assertEqual(order.state, "cancelled")

    def test_the_operator_leaves_the_own_name(self):
        self._run(self._command("order", self.student, self.lunch), role="operator")
        self.assertEqual(self._orders(self.student).origin, "operator")

    def test_a_repeat_changes_nothing(self):
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["done"])
        self._orders(self.student)._take_off("changed_mind")
        self.assertEqual(self._statuses(on), ["done"])
        self.assertEqual(self._orders(self.student).state, "cancelled")
        self.assertEqual(self._statuses(on, on), ["done", "done"])

    def test_a_refusal_is_repeated_too(self):
        self._report(self.student)
        on = self._command("order", self.student, self.lunch)
        first = self._run(on)
        self.assertEqual(first[0][0], "refused")
        self.assertIn("reported absent", first[0][1])
        self.assertEqual(self._run(on), first)

    def test_what_others_have_changed_is_left_and_told(self):
        order = self._order(self.student, origin="parent")
        order._take_off("changed_mind")
        on = self._command("order", self.student, self.lunch, seen="")
        self.assertEqual(self._statuses(on), ["conflict"])
        self.assertEqual(order.state, "cancelled")
        insist = self._command("order", self.student, self.lunch, seen="cancelled")
        self.assertEqual(self._statuses(insist), ["done"])
        self.assertEqual(order.state, "ordered")

    def test_the_cut_off_is_no_change_by_others(self):
        order = self._order(self.student)
        self._at(LATE)
        self.school._close_ordering(MONDAY)
        self.assertEqual(order.state, "cooked")
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["done"])
        self.assertEqual(order.state, "freed")
        self.assertTrue(order.change_ids[-1].is_late)

    def test_a_teacher_orders_nothing_after_the_cut_off(self):
        self._at(LATE)
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["refused"])
        self.assertFalse(self._orders(self.student))
        later = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(later, role="operator"), ["done"])
        self.assertEqual(self._history(self._orders(self.student))[0][3], True)

    def test_a_portion_that_was_eaten_stays(self):
        order = self._order(self.student)
        self._run(self._command("served", self.student, self.lunch))
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["refused"])
        self.assertEqual(order.state, "ordered")

    def test_presence_takes_portions_off_and_brings_them_back(self):
        order = self._order(self.student)
        absent = self._command("presence", self.student, value="illness")
        self.assertEqual(self._statuses(absent), ["done"])
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._cell(self.student)["absent"], "illness")
        absence = self._absences(self.student)
        self.assertEqual((absence.source, absence.user_id), ("teacher", self.teacher))
        here = self._command("presence", self.student, value="", seen="illness")
        self.assertEqual(self._statuses(here), ["done"])
        self.assertEqual(order.state, "ordered")
        self.assertFalse(self._cell(self.student)["absent"])

    def test_one_day_of_a_longer_absence_keeps_the_others(self):
        self._report(self.student, FRIDAY_BEFORE, TUESDAY)
        here = self._command("presence", self.student, value="", seen="illness")
        self.assertEqual(self._statuses(here), ["done"])
        absent = self.env["meal.absence"]._absent_ids
        for day in (FRIDAY_BEFORE, TUESDAY):
            self.assertEqual(absent(self.school, day), {self.student.id})
        self.assertFalse(absent(self.school, MONDAY))
        kept = self._absences(self.student)
        self.assertEqual(set(kept.mapped("source")), {"parent"})

    def test_another_reason_replaces_the_first(self):
        self._report(self.student, reason="unknown", source="teacher")
        change = self._command("presence", self.student, value="family", seen="unknown")
        self.assertEqual(self._statuses(change), ["done"])
        self.assertEqual(self._cell(self.student)["absent"], "family")

    def test_a_parent_was_faster(self):
        self._report(self.student, reason="illness")
        absent = self._command("presence", self.student, value="unknown", seen="")
        self.assertEqual(self._statuses(absent), ["conflict"])
        self.assertEqual(self._cell(self.student)["absent"], "illness")

    def test_the_class_is_confirmed(self):
        self._report(self.classmate)
        self.assertEqual(self._statuses(self._command("confirm")), ["done"])
        confirmed = self._screen()["days"][0]["confirmed"]
        self.assertEqual(confirmed, {"at": "7:00", "by": self.teacher.name})
        self.assertEqual(
            self.school._get_presence(MONDAY),
            {self.student.id: "present", self.classmate.id: "absent"},
        )
        early = self._command("confirm", day=TUESDAY)
        self.assertEqual(self._statuses(early), ["refused"])

    def test_only_the_days_of_the_screen_are_changed(self):
        for day in (FRIDAY_BEFORE, TUESDAY + timedelta(days=1)):
            on = self._command("order", self.student, self.lunch, day=day)
            self.assertEqual(self._statuses(on), ["refused"])
            self.assertFalse(self._orders(self.student, day))

    def test_a_closed_day_is_not_changed(self):
        self._order(self.student)
        day = self.env["meal.day"].sudo()._get_or_make(self.school, MONDAY)
        day.state = "closed"
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["refused"])
        self.assertEqual(self._orders(self.student).state, "ordered")
        self.assertTrue(self._screen()["days"][0]["is_closed"])

    def test_nonsense_is_refused_and_the_rest_goes_on(self):
        good = self._command("order", self.student, self.lunch)
        bad = [None, 5, {}, {**good, "uuid": "x"}, {**good, "date": "16.11.2026"}]
        bad += [{**good, "student": "1"}, {**good, "value": "yes"}]
        statuses = self._statuses(*bad, good)
        self.assertEqual(statuses, ["refused"] * len(bad) + ["done"])

    def test_too_much_at_once_is_refused(self):
        with self._refused(UserError, "Too many changes"):
            self._run(*[self._command("confirm")] * 601)
        with self._refused(UserError, "nothing to save"):
            model = self._as("teacher", self.env["meal.class.screen"])
            model._run(self.class_5a, "all")

    def test_a_whole_class_costs_no_more_than_a_child(self):
        students = self.student + self.classmate
        for number in range(20):
            students += self._new_student(self.class_5a, "Ivanov", "I" + "v" * number)
        self._run(self._command("order", students[0], self.lunch, day=TUESDAY))
        counts = []
        for several in (students[:1], students[1:]):
            before = self.env.cr.sql_log_count
            orders = [self._command("order", one, self.breakfast) for one in several]
            self.assertEqual(set(self._statuses(*orders)), {"done"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_old_commands_are_forgotten(self):
        self._run(self._command("confirm"))
        store = self.env["meal.class.command"]
        mine = [("user_id", "=", self.teacher.id)]
        store._gc_commands()
        self.assertTrue(store.search(mine))
        store.search(mine).at = MORNING - timedelta(days=61)
        store._gc_commands()
        self.assertFalse(store.search(mine))


@tagged("post_install", "-at_install")
class TestTray(ScreenCase):
    def test_served_portions_are_issue_events(self):
        order = self._order(self.student)
        served = self._command("served", self.student, self.lunch)
        served["at"] = "2026-11-16T03:30:00Z"
        self.assertEqual(self._statuses(served), ["done"])
        event = self._given(self.student)
        self.assertEqual(event.event_key, f"u{served['uuid']}")
        self.assertEqual(
            (event.source, event.verdict, event.order_id, event.user_id),
            ("tray", "ok", order, self.teacher),
        )
        self.assertEqual(str(event.occurred_at), "2026-11-16 03:30:00")
        self.assertEqual(self._cell(self.student)["served"], {self.lunch.id: True})

    def test_once_however_often_it_is_sent(self):
        self._order(self.student)
        served = self._command("served", self.student, self.lunch)
        self._run(served)
        self._run(served)
        another = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(another), ["same"])
        self.assertEqual(len(self._given(self.student)), 1)

    def test_a_mistake_is_taken_back_and_given_again(self):
        self._order(self.student)
        self._run(self._command("served", self.student, self.lunch))
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["done"])
        self.assertFalse(self._given(self.student))
        again = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(again), ["done"])
        self.assertEqual(self._given(self.student).verdict, "ok")

    def test_a_portion_without_an_order_is_recorded_as_one(self):
        served = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(served), ["done"])
        self.assertEqual(self._given(self.student).verdict, "not_ordered")

    def test_a_portion_given_by_card_is_undone_at_the_tablet(self):
        self._order(self.student)
        tablet = self.env["school.device"].create(
            {"name": "T", "kind": "serving", "school_id": self.school.id}
        )
        event = {
            "sequence": 1,
            "date": str(MONDAY),
            "meal": "lunch",
            "action": "given",
            "source": "tap",
            "student": self.student.id,
        }
        self.env["meal.issue.event"]._record(self.school, [event], device=tablet)
        self.assertEqual(self._cell(self.student)["tapped"], {self.lunch.id: True})
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["refused"])
        self.assertTrue(self._given(self.student))

    def test_a_portion_with_an_allergen_is_given_for_a_reason_only(self):
        self._order(self.student + self.classmate)
        self._serve_nuts(self.student)
        self.assertEqual(self._cell(self.student)["stops"], {self.lunch.id: True})
        self.assertEqual(self._cell(self.classmate)["stops"], {})
        self.assertNotIn("nuts", str(self._screen()))
        both = [
            self._command("served", student, self.lunch)
            for student in (self.student, self.classmate)
        ]
        (status, message), mate = self._run(*both)
        self.assertEqual((status, mate[0]), ("refused", "done"))
        self.assertIn("STOP", message)
        self.assertNotIn("nuts", message)
        self.assertTrue(self._given(self.classmate))
        self.assertFalse(self._given(self.student))
        bad = self._command("served", self.student, self.lunch, reason="surplus")
        self.assertEqual(self._statuses(bad), ["refused"])
        self.assertFalse(self._given(self.student))
        good = self._command("served", self.student, self.lunch, reason="other_dish")
        self.assertEqual(self._statuses(good), ["done"])
        event = self._given(self.student)
        self.assertEqual((event.verdict, event.reason), ("allergen", "other_dish"))
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["done"])

    def test_a_phone_that_was_offline_is_taken_over_days_later(self):
        self._order(self.student)
        self._at(LATE + timedelta(days=2))
        served = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(served), ["done"])
        self.assertEqual(self._given(self.student).date, MONDAY)
        ahead = self._command(
            "served", self.student, self.lunch, day=MONDAY + timedelta(days=3)
        )
        self.assertEqual(self._statuses(ahead), ["refused"])
        self._at(LATE + timedelta(days=9))
        late = self._command("served", self.classmate, self.lunch)
        self.assertEqual(self._statuses(late), ["refused"])


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
