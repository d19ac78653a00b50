from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .order_common import BEFORE, LATE, MONDAY, TUESDAY
from .parent_common import PASSWORD, SATURDAY, WEDNESDAY, ParentCase


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
