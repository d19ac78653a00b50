from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .order_common import BEFORE, LATE, MONDAY, MORNING, TUESDAY, OrderCase

WEDNESDAY = MONDAY + timedelta(days=2)
SATURDAY = MONDAY + timedelta(days=5)
PASSWORD = "portal-password"


class ParentCase(OrderCase):
    """Two families: the mother of `student` (5A) and `sibling` (1B), and the father of
    `classmate`; a grandmother of `student` is told news only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.father = cls.env["res.partner"].create({"name": "Petrov Pavel"})
        cls.grandmother = cls.env["res.partner"].create({"name": "Ivanova Nina"})
        cls.env["school.guardian"].create(
            {"student_id": cls.classmate.id, "partner_id": cls.father.id}
        )
        cls.grandmother_row = cls.env["school.guardian"].create(
            {
                "student_id": cls.student.id,
                "partner_id": cls.grandmother.id,
                "relation": "grandmother",
                "is_legal": False,
                "may_order": False,
                "may_pay": False,
            }
        )
        cls.mother_user = cls._portal_user("mother", cls.mother)
        cls.father_user = cls._portal_user("father", cls.father)
        cls.grandmother_user = cls._portal_user("grandmother", cls.grandmother)
        cls.kosher = cls._variant("Set 2")
        cls.diet = cls._variant("Without milk", is_diet=True)

    @classmethod
    def _portal_user(cls, login, partner):
        user = cls.env["res.users"].create(
            {
                "login": login,
                "password": PASSWORD,
                "partner_id": partner.id,
                "company_id": cls.city.id,
                "company_ids": [Command.set(cls.city.ids)],
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )
        if "meal.terms" in cls.env:  # the portal asks for consent first
            terms = cls.env["meal.terms"]._get_current()
            cls.env["meal.terms.acceptance"]._accept(user, terms, "127.0.0.1")
        return user

    @classmethod
    def _variant(cls, name, **vals):
        return cls.env["meal.variant"].create(
            {"name": name, "company_id": cls.city.id, **vals}
        )

    def _api(self, user=None):
        api = self.env["meal.parent.api"].with_user(user or self.mother_user)
        return api.with_context(allowed_company_ids=self.city.ids)

    def _days(self, first=MONDAY, last=None, student=None, user=None):
        student = student or self.student
        return self._api(user)._get_days(student.id, str(first), str(last or first))

    def _meal(self, student, meal, day=MONDAY):
        meals = self._days(day, student=student)[0]["meals"]
        return next(each for each in meals if each["id"] == meal.id)

    def _change(self, wanted=True, *days, student=None, meal=None, **kwargs):
        dates = [str(day) for day in days or [MONDAY]]
        student = student or self.student
        answers = self._api()._change_meal(
            student.id, (meal or self.lunch).id, wanted, dates=dates, **kwargs
        )
        return [answer["status"] for answer in answers]

    def _state(self, student=None, day=MONDAY, meal=None):
        return self._orders(student or self.student, day, meal or self.lunch).state


@tagged("post_install", "-at_install")
class TestParentReading(ParentCase):
    def test_the_own_children_are_listed(self):
        children = self._api()._get_children()
        self.assertEqual(
            {(child["name"], child["class"], child["may_order"]) for child in children},
            {(self.student.name, "5А", True), (self.sibling.name, "1Б", True)},
        )
        self.assertFalse(self._api(self.grandmother_user)._get_children())

    def test_children_of_others_are_not_reached_by_anything(self):
        lunch, day = self.lunch.id, str(MONDAY)
        calls = (
            ("_get_days", day, day),
            ("_get_choices",),
            ("_change_meal", lunch, True, [day]),
            ("_set_choice", lunch, "order"),
            ("_end_choice", 1),
            ("_report_absence", day, day, "illness"),
            ("_withdraw_absence", 1),
        )
        for user, student in (
            (self.father_user, self.student),
            (self.mother_user, self.stranger),
            (self.grandmother_user, self.student),
        ):
            for name, *values in calls:
                with self._refused(AccessError, "not in your list"):
                    getattr(self._api(user), name)(student.id, *values)
        for nothing in (None, 0, "1", 10**12, True):
            with self._refused(AccessError, "not in your list"):
                self._api()._get_days(nothing, day, day)

    def test_who_has_no_right_to_order_only_looks(self):
        self.grandmother_row.may_pay = True
        self.assertTrue(self._days(user=self.grandmother_user))
        with self._refused(AccessError, "not change them"):
            self._api(self.grandmother_user)._change_meal(
                self.student.id, self.lunch.id, True, [str(MONDAY)]
            )
        self.grandmother_row.active = False
        with self._refused(AccessError, "not in your list"):
            self._days(user=self.grandmother_user)

    def test_a_child_that_has_left_is_gone(self):
        self.env.cr.execute(
            "UPDATE school_student SET state = 'left' WHERE id = %s", [self.student.id]
        )
        self.env.invalidate_all()
        with self._refused(AccessError, "not in your list"):
            self._days()

    def test_a_day_tells_price_order_and_cut_off(self):
        self._generate()
        breakfast = self._meal(self.sibling, self.breakfast)
        self.assertEqual((breakfast["price"], breakfast["own_part"]), (8530, 0))
        self.assertTrue(breakfast["is_ordered"])
        lunch = self._meal(self.student, self.lunch)
        self.assertEqual((lunch["price"], lunch["own_part"]), (12650, 12650))
        self.assertEqual(lunch["state"], "")
        day = self._days()[0]
        self.assertEqual(day["cutoff"], "2026-11-16 06:00:00")
        self.assertTrue(day["may_change"])
        self._at(LATE)
        self.assertFalse(self._days()[0]["may_change"])

    def test_days_off_have_no_meals(self):
        days = self._days(MONDAY, SATURDAY)
        self.assertEqual([day["is_school_day"] for day in days], [True] * 5 + [False])
        self.assertEqual(days[-1]["meals"], [])
        self.assertFalse(days[-1]["may_change"])

    def test_prices_change_within_the_period(self):
        self.tariffs[3].date_to = TUESDAY
        self.env["meal.tariff"].create(
            self._prepare_tariff(self.lunch, self.older, 130, date_from=WEDNESDAY)
        )
        prices = [
            next(m["price"] for m in day["meals"] if m["id"] == self.lunch.id)
            for day in self._days(MONDAY, WEDNESDAY)
        ]
        self.assertEqual(prices, [12650, 12650, 13000])

    def test_only_an_approved_menu_is_shown(self):
        dish = self.env["product.template"].create({"name": "Soup", "is_dish": True})
        menu = self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "age_group_id": self.older.id,
                "line_ids": [
                    Command.create({"meal_type_id": self.lunch.id, "dish_id": dish.id})
                ],
            }
        )
        self.assertEqual(self._meal(self.student, self.lunch)["dishes"], [])
        self.env.cr.execute(
            "UPDATE meal_menu SET state = 'approved' WHERE id = %s", [menu.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._meal(self.student, self.lunch)["dishes"], ["Soup"])
        young = self._meal(self.sibling, self.lunch)
        self.assertEqual(young["dishes"], [])

    def test_the_menu_of_the_ordered_set_is_shown(self):
        usual = self._serve_nuts()
        usual.line_ids.dish_id.name = "Soup"
        own = self._serve_nuts(variant=self.kosher)
        breakfast = self._serve_nuts(variant=self.diet, meal=self.breakfast)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE meal_menu SET state = 'approved' WHERE id = ANY(%s)",
            [(usual + own + breakfast).ids],
        )
        self.env.invalidate_all()
        self.assertEqual(self._meal(self.student, self.lunch)["dishes"], ["Soup"])
        self._change(True, variant_id=self.kosher.id)
        self.assertEqual(self._meal(self.student, self.lunch)["dishes"], ["Cake"])
        self.student.diet_variant_id = self.diet
        self._orders(self.student)._take_off("changed_mind")
        # the diet's menu has no lunch: it is the usual one
        self._change(True)
        self.assertEqual(self._meal(self.student, self.lunch)["dishes"], ["Soup"])

    def test_two_months_cost_few_queries(self):
        self._days(MONDAY, MONDAY + timedelta(days=61))
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._days()
        one = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._days(MONDAY, MONDAY + timedelta(days=61))
        self.assertLessEqual(self.env.cr.sql_log_count - before, one + 3)

    def test_input_is_bounded(self):
        too_long = MONDAY + timedelta(days=62)
        with self._refused(UserError, "62 days"):
            self._days(MONDAY, too_long)
        with self._refused(UserError, "ends before"):
            self._days(TUESDAY, MONDAY)
        for bad in ("", None, 5, "16.11.2026", [], "9999-99-99", "0001-01-01"):
            with self._refused(UserError, "cannot be read"):
                self._api()._get_days(self.student.id, bad, str(MONDAY))


@tagged("post_install", "-at_install")
class TestParentOrders(ParentCase):
    def test_a_meal_is_ordered_and_taken_off(self):
        self.assertEqual(self._change(True, MONDAY, TUESDAY), ["done", "done"])
        order = self._orders(self.student)
        self.assertEqual((order.state, order.origin), ("ordered", "parent"))
        self.assertEqual(order.change_ids.user_id, self.mother_user)
        self.assertEqual(self._change(True), ["same"])
        self.assertEqual(self._change(False), ["done"])
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._change(False), ["same"])

    def test_a_period_leaves_days_off_out(self):
        answers = self._api()._change_meal(
            self.student.id,
            self.lunch.id,
            True,
            date_from=str(MONDAY),
            date_to=str(SATURDAY + timedelta(days=1)),
        )
        self.assertEqual(len(answers), 5)
        self.assertEqual({answer["status"] for answer in answers}, {"done"})

    def test_after_the_cut_off_nothing_changes(self):
        self._change(True)
        self._at(LATE)
        answers = self._api()._change_meal(
            self.student.id, self.lunch.id, False, [str(MONDAY), str(TUESDAY)]
        )
        self.assertEqual([a["status"] for a in answers], ["refused", "same"])
        self.assertIn("until 9:00", answers[0]["message"])
        self.assertIn(self._state(), ("ordered", "cooked"))
        self.assertEqual(self._change(True, meal=self.breakfast), ["refused"])
        self.assertFalse(self._orders(self.student, meal=self.breakfast))

    def test_no_school_no_order(self):
        self.assertEqual(self._change(True, SATURDAY), ["refused"])
        self.assertEqual(self._change(True, MONDAY - timedelta(days=7)), ["refused"])
        self.assertFalse(self._orders(self.student, SATURDAY))

    def test_an_absent_child_is_not_ordered_for(self):
        self._report(self.student)
        self.assertEqual(self._change(True), ["refused"])

    def test_a_set_is_chosen_and_the_usual_one_again(self):
        self.assertEqual(self._change(True, variant_id=self.kosher.id), ["done"])
        order = self._orders(self.student)
        self.assertEqual(order.variant_id, self.kosher)
        self.assertEqual(self._change(True, variant_id=self.kosher.id), ["same"])
        self.assertEqual(self._change(True), ["done"])
        self.assertFalse(order.variant_id)
        self.assertEqual(order.state, "ordered")

    def test_a_usual_set_that_is_refused_leaves_the_chosen_one(self):
        self._change(True, variant_id=self.kosher.id)
        order = self._orders(self.student)
        self._serve_nuts(self.student)
        harmless = self._serve_nuts(variant=self.kosher)
        harmless.line_ids.dish_id.allergen_ids = False
        self.assertEqual(self._change(True), ["refused"])
        self.assertEqual((order.state, order.variant_id), ("ordered", self.kosher))

    def test_a_diet_is_not_chosen(self):
        elsewhere = self.env["meal.variant"].create(
            {"name": "Other", "company_id": self.other_city.id}
        )
        for variant in (self.diet, elsewhere):
            with self._refused(UserError, "cannot be chosen"):
                self._change(True, variant_id=variant.id)
        self.assertFalse(self._orders(self.student))
        self.student.diet_variant_id = self.diet
        with self._refused(UserError, "doctor's note"):
            self._change(True, variant_id=self.kosher.id)
        self.assertEqual(self._change(True), ["done"])
        self.assertEqual(self._orders(self.student).variant_id, self.diet)

    def test_bad_input_is_a_sentence(self):
        with self._refused(UserError, "no such meal"):
            self._api()._change_meal(self.student.id, 10**9, True, [str(MONDAY)])
        for dates in ([], "2026-11-16", [5], [str(MONDAY), "x"]):
            with self._refused(UserError, "cannot be read"):
                self._api()._change_meal(self.student.id, self.lunch.id, True, dates)
        with self._refused(UserError, "62 days"):
            days = [str(MONDAY + timedelta(days=day)) for day in range(63)]
            self._api()._change_meal(self.student.id, self.lunch.id, True, days)
        self.assertFalse(self._orders(self.student))


@tagged("post_install", "-at_install")
class TestParentChoices(ParentCase):
    def _set(self, mode="order", student=None, meal=None, **kwargs):
        student, meal = student or self.student, meal or self.lunch
        return self._api()._set_choice(student.id, meal.id, mode, **kwargs)

    def test_a_standing_choice_orders_what_is_due_and_goes_on(self):
        self._set(weekdays=[1, 3])
        self.assertEqual(self._state(), "ordered")
        self._generate(TUESDAY)
        self._generate(WEDNESDAY)
        self.assertFalse(self._state(day=TUESDAY))
        self.assertEqual(self._state(day=WEDNESDAY), "ordered")
        choice = self._api()._get_choices(self.student.id)[0]
        self.assertEqual((choice["weekdays"], choice["date_to"]), ("13", None))

    def test_a_free_meal_is_declined_and_taken_back(self):
        self._generate()
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "ordered")
        choice = self._set("decline", self.sibling, self.breakfast)
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "cancelled")
        self._generate()
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "cancelled")
        self._generate(TUESDAY)
        self.assertFalse(self._state(self.sibling, TUESDAY, self.breakfast))
        self._api()._end_choice(self.sibling.id, choice)
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "ordered")
        self._generate(TUESDAY)
        self.assertEqual(self._state(self.sibling, TUESDAY, self.breakfast), "ordered")
        self.assertFalse(self._api()._get_choices(self.sibling.id))

    def test_a_standing_order_ends(self):
        choice = self._set()
        self._generate(TUESDAY)
        self._api()._end_choice(self.student.id, choice)
        for day in (MONDAY, TUESDAY):
            self.assertEqual(self._state(day=day), "cancelled")
        with self._refused(UserError, "ended already"):
            self._api()._end_choice(self.student.id, choice)

    def test_a_standing_order_ends_without_the_days_ordered_apart(self):
        self._change(True, TUESDAY)
        choice = self._set()
        self.assertEqual(self._orders(self.student).origin, "choice")
        self._api()._end_choice(self.student.id, choice)
        self.assertEqual(self._state(), "cancelled")
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_a_narrowed_standing_order_takes_the_other_days_off(self):
        self._set()
        self._generate(TUESDAY)
        self.assertEqual(self._state(day=TUESDAY), "ordered")
        self._set(weekdays=[1])
        self.assertEqual(self._state(), "ordered")
        self.assertEqual(self._state(day=TUESDAY), "cancelled")
        self._set(weekdays=[2])
        self.assertEqual(self._state(), "cancelled")
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_who_declines_wants_no_days_ordered_apart(self):
        self._change(True, MONDAY, TUESDAY)
        self._set("decline", weekdays=[2])
        self.assertEqual(self._state(), "ordered")
        self.assertEqual(self._state(day=TUESDAY), "cancelled")

    def test_a_standing_order_of_a_meal_with_an_allergen(self):
        self._serve_nuts(self.student)
        self._set()
        self.assertFalse(self._state())

    def test_a_new_choice_replaces_the_old_one_from_its_day(self):
        self._set(date_from=str(MONDAY))
        self._set(date_from=str(WEDNESDAY), variant_id=self.kosher.id)
        old, new = sorted(
            self._api()._get_choices(self.student.id), key=lambda c: c["date_from"]
        )
        self.assertEqual((old["date_to"], new["set"]), (str(TUESDAY), "Set 2"))

    def test_after_the_cut_off_it_counts_from_tomorrow(self):
        self._at(LATE)
        self._set(date_from=str(MONDAY - timedelta(days=20)))
        choice = self._api()._get_choices(self.student.id)[0]
        self.assertEqual(choice["date_from"], str(TUESDAY))
        self.assertFalse(self._state())
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_the_choice_of_a_sister_is_not_the_brothers(self):
        choice = self._set()
        with self._refused(UserError, "ended already"):
            self._api()._end_choice(self.sibling.id, choice)
        with self._refused(AccessError, "not in your list"):
            self._api(self.father_user)._end_choice(self.student.id, choice)
        self.assertTrue(self._api()._get_choices(self.student.id))

    def test_bad_input_is_a_sentence(self):
        for values, sentence in (
            ({"weekdays": "8"}, "days of the week"),
            ({"weekdays": {"a": 1}}, "days of the week"),
            ({"mode": "perhaps"}, "order the meal or to decline"),
            ({"date_to": "2020-01-01"}, "ends before"),
            ({"date_from": "soon"}, "cannot be read"),
            ({"variant_id": self.diet.id}, "cannot be chosen"),
        ):
            with self._refused(UserError, sentence):
                self._set(**values)
        self.assertFalse(self._api()._get_choices(self.student.id))


@tagged("post_install", "-at_install")
class TestParentAbsences(ParentCase):
    def _absent(self, first=MONDAY, last=None, reason="illness"):
        return self._api()._report_absence(
            self.student.id, str(first), str(last or first), reason
        )

    def test_an_absence_takes_meals_off_and_its_end_brings_them_back(self):
        self._change(True, MONDAY, TUESDAY)
        absence = self._absent(MONDAY, TUESDAY)
        self.assertEqual(absence["message"], "")
        self.assertEqual(self._state(), "cancelled")
        shown = self._days()[0]["absence"]
        self.assertEqual((shown["id"], shown["reason"]), (absence["id"], "illness"))
        self._api()._withdraw_absence(self.student.id, absence["id"])
        self.assertEqual(self._state(), "ordered")
        self.assertFalse(self._days()[0]["absence"])

    def test_after_the_cut_off_it_is_recorded_and_told(self):
        self._change(True)
        self._at(LATE)
        absence = self._absent()
        self.assertIn("cooked already", absence["message"])
        self.assertEqual(self._state(), "freed")
        self.assertTrue(self._days()[0]["absence"])

    def test_without_a_portion_nothing_was_cooked(self):
        self._at(LATE)
        self.assertEqual(self._absent()["message"], "")

    def test_the_days_that_are_past_stay(self):
        absence = self._absent(MONDAY, WEDNESDAY)
        self._at(MORNING + timedelta(days=1))
        self._api()._withdraw_absence(self.student.id, absence["id"])
        absent = self.env["meal.absence"]._absent_ids
        self.assertTrue(absent(self.school, MONDAY))
        self.assertFalse(absent(self.school, TUESDAY))

    def test_what_the_school_has_noted_stays(self):
        absence = self._report(self.student, source="teacher")
        with self._refused(UserError, "call the class teacher"):
            self._api()._withdraw_absence(self.student.id, absence.id)
        self.assertFalse(absence.withdrawn_at)

    def test_the_absence_of_another_child_is_not_withdrawn(self):
        absence = self._report(self.classmate)
        with self._refused(UserError, "over or was withdrawn"):
            self._api()._withdraw_absence(self.student.id, absence.id)
        self.assertFalse(absence.withdrawn_at)

    def test_bad_input_is_a_sentence(self):
        self._absent(WEDNESDAY)
        for values, sentence in (
            ((WEDNESDAY,), "already"),
            ((MONDAY - timedelta(days=3),), "from today on"),
            ((SATURDAY,), "no school days"),
            ((TUESDAY, MONDAY), "ends before"),
            ((MONDAY, MONDAY + timedelta(days=70)), "62 days"),
            ((MONDAY, MONDAY, "unexcused"), "reason"),
        ):
            with self._refused(UserError, sentence):
                self._absent(*values)


@tagged("post_install", "-at_install")
class TestParentRoutes(ParentCase, HttpCase):
    def setUp(self):
        super().setUp()
        self._at(BEFORE)

    def _call(self, path, **params):
        url = f"/school_meal/parent/{path}"
        return self.url_open(url, json={"params": params}).json()

    def _result(self, path, **params):
        answer = self._call(path, **params)
        self.assertIn("result", answer)
        return answer["result"]

    def test_a_mother_goes_through_all_of_it(self):
        self.authenticate(self.mother_user.login, PASSWORD)
        children = self._result("children")
        self.assertEqual(len(children), 2)
        me, lunch, day = self.student.id, self.lunch.id, str(MONDAY)
        child = {"student_id": me}
        changed = self._result(
            "change", **child, meal_id=lunch, wanted=True, dates=[day]
        )
        self.assertEqual(changed[0]["status"], "done")
        days = self._result("days", **child, date_from=day, date_to=day)
        self.assertTrue(days[0]["meals"][1]["is_ordered"])
        choice = self._result("choice", **child, meal_id=lunch, mode="order")
        self.assertEqual(self._result("choices", **child)[0]["id"], choice)
        self.assertTrue(self._result("choice/end", **child, choice_id=choice))
        absence = self._result(
            "absence", **child, date_from=day, date_to=day, reason="illness"
        )
        ended = {"absence_id": absence["id"]}
        self.assertTrue(self._result("absence/withdraw", **child, **ended))

    @mute_logger("odoo.http")
    def test_another_family_is_refused_with_a_sentence(self):
        self.authenticate(self.father_user.login, PASSWORD)
        child = {"student_id": self.student.id}
        day = {"date_from": str(MONDAY), "date_to": str(MONDAY)}
        lunch = {"meal_id": self.lunch.id}
        for path, values in (
            ("days", day),
            ("choices", {}),
            ("change", {**lunch, "wanted": True, **day}),
            ("choice", {**lunch, "mode": "order"}),
            ("choice/end", {"choice_id": 1}),
            ("absence", {**day, "reason": "illness"}),
            ("absence/withdraw", {"absence_id": 1}),
        ):
            error = self._call(path, **child, **values)["error"]["data"]
            self.assertEqual(error["name"], "odoo.exceptions.AccessError")
            self.assertRegex(error["message"], r"^\w.+\.$")
        self.assertFalse(self._orders(self.student))

    @mute_logger("odoo.http")
    def test_strangers_and_forms_are_not_served(self):
        for path in ("children", "days", "change", "choice", "absence"):
            self.authenticate(None, None)
            self.assertEqual(self._call(path)["error"]["code"], 100)
            self.authenticate(self.mother_user.login, PASSWORD)
            answer = self.url_open(
                f"/school_meal/parent/{path}", data={"student_id": 1}
            )
            self.assertGreaterEqual(answer.status_code, 400)
