import io

from PyPDF2 import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .order_common import BEFORE, LATE, MONDAY, MORNING, TUESDAY, OrderCase


class KitchenCase(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def setUp(self):
        super().setUp()
        self._at(BEFORE)
        self.set_2 = self.env["meal.variant"].create(
            {"name": "Set 2", "company_id": self.city.id}
        )

    def _take(self, kind):
        return self.env["meal.snapshot"]._take(self.school, MONDAY, kind)

    def _fill(self):
        """Forecast: lunch for 5A twice; then one less, one of another set in 1B."""
        self._order(self.student + self.classmate)
        forecast = self._take("forecast")
        self._report(self.classmate)
        self._order(self.sibling, variant=self.set_2)
        return forecast

    def _page(self, role="canteen", school=None):
        board = self._as(role, self.env["meal.kitchen.board"])
        return board._prepare_page((school or self.school).id)

    def _lunch(self, day=0):
        meals = self._page()["days"][day]["meals"]
        return next(meal for meal in meals if meal["name"] == self.lunch.name)


@tagged("post_install", "-at_install")
class TestKitchenBoard(KitchenCase):
    def test_forecast_order_and_now_stand_beside_each_other(self):
        self._fill()
        total = self._lunch()["total"]
        self.assertEqual((total["forecast"], total["order"]), (2, None))
        self.assertEqual((total["now"], total["change"], total["free"]), (2, 0, 0))
        self._take("order")
        self._orders(self.student)._take_off("changed_mind")
        total = self._lunch()["total"]
        self.assertEqual((total["order"], total["now"], total["change"]), (2, 1, -1))

    def test_replacements_are_counted(self):
        self._order(self.student + self.classmate + self.sibling)
        self.assertEqual(self._page()["days"][0]["replacements"], {})
        self._serve_nuts(self.student, self.sibling)
        self.assertEqual(self._page()["days"][0]["replacements"], {self.lunch.id: 1})
        page = self.env["ir.qweb"]._render(
            "school_meal_day.kitchen_board",
            {**self._page(), "with_classes": False},
        )
        self.assertIn("kb-replace", str(page))

    def test_portions_of_who_is_not_at_school_are_counted(self):
        self._order(self.student + self.classmate)
        self.assertEqual(self._page()["days"][0]["away"], {})
        gone = {self.student.id: "absent", self.sibling.id: "absent"}
        school = type(self.env["school.school"])
        self.patch(school, "_get_presence", lambda school, date: gone)
        self.assertEqual(self._page()["days"][0]["away"], {self.lunch.id: 1})
        page = self.env["ir.qweb"]._render(
            "school_meal_day.kitchen_board",
            {**self._page(), "with_classes": False},
        )
        self.assertIn("kb-away", str(page))
        self.assertIn("of students who are not at school: <b>1</b>", str(page))

    def test_rows_are_of_ages_sets_and_classes(self):
        self._fill()
        lunch = self._lunch()
        self.assertEqual(lunch["name"], "Lunch")
        rows = {
            key: [(row["name"], row["forecast"], row["now"]) for row in lunch[key]]
            for key in ("ages", "sets", "classes")
        }
        self.assertEqual(rows["sets"], [("Set 2", 0, 1)])
        self.assertEqual(rows["classes"], [("1Б", 0, 1), ("5А", 2, 1)])
        self.assertEqual(
            rows["ages"], [(self.young.name, 0, 1), (self.older.name, 2, 1)]
        )

    def test_freed_portions_are_cooked_and_free(self):
        self._order(self.student + self.classmate)
        self._at(LATE)
        self._report(self.classmate)
        total = self._lunch()["total"]
        self.assertEqual((total["now"], total["free"]), (2, 1))
        self.assertTrue(self._page()["days"][0]["is_late"])

    def test_today_and_the_next_school_day(self):
        self.assertEqual([day["date"] for day in self._page()["days"]], [MONDAY])
        self._at(MORNING)
        days = self._page()["days"]
        self.assertEqual([day["date"] for day in days], [MONDAY, TUESDAY])
        self.assertEqual([day["is_today"] for day in days], [True, False])

    def test_a_correction_is_the_order_from_then_on(self):
        self._order(self.student + self.classmate)
        self._take("order")
        self._orders(self.student)._take_off("changed_mind")
        self._take("correction")
        total = self._lunch()["total"]
        self.assertEqual((total["order"], total["now"], total["change"]), (1, 1, 0))

    def test_for_whom_it_is(self):
        for role in ("canteen", "operator", "head", "manager"):
            self.assertEqual(self._page(role)["school"], self.school)
        for role in ("canteen", "operator", "head"):
            with self._refused(AccessError, "do not work at this school"):
                self._page(role, self.second_school)
        for role in ("teacher", "cashier", "accountant", "nobody", "portal"):
            with self.assertRaises(AccessError):
                self._page(role)

    def test_no_child_is_named(self):
        self._fill()
        page = str(self._page())
        for student in self.student + self.sibling + self.classmate:
            self.assertNotIn(student.last_name, page)


@tagged("post_install", "-at_install")
class TestSnapshotSheet(KitchenCase, HttpCase):
    def _text(self, content):
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _open(self, role, path):
        user = self.roles[role]
        self.authenticate(user.login, user.login)
        return self.url_open(path, allow_redirects=False)

    def test_the_sheet_has_totals_differences_and_reasons(self):
        self._fill()
        order = self._take("order")
        text = self._text(order._render_sheet())
        for part in (
            "Order for 16.11.2026",
            "Portions in all: 2",
            "Lunch",
            "Set 2",
            "1Б – 1",
            "1 (−1)",
            "1 (+1)",
            "Absence",
            self.school.name,
            "15.11.2026 12:00",
        ):
            self.assertIn(part, text)
        self.assertNotIn(self.student.last_name, text)

    def test_the_sheet_has_the_replacements_as_the_screen_has(self):
        self._order(self.student + self.classmate)
        for kind in ("forecast", "order"):
            self.assertNotIn("To replace", self._text(self._take(kind)._render_sheet()))
        self._serve_nuts(self.student, self.sibling)
        self._orders(self.classmate)._take_off("changed_mind")
        snapshots = self.env["meal.snapshot"].search([("date", "=", MONDAY)])
        snapshots = snapshots.filtered(lambda one: one.school_id == self.school)
        snapshots |= self._take("correction")
        self.assertEqual(len(snapshots), 3)
        for snapshot in snapshots:
            text = self._text(self._as("canteen", snapshot)._render_sheet())
            self.assertIn("as of 15.11.2026 12:00: Lunch – 1", text)

    def test_a_large_school_goes_over_pages(self):
        letters = "БВГДЕЖЗИКЛМНОП"
        children = self.env["school.student"]
        for grade in range(2, 8):
            for letter in letters:
                school_class = self._new_class(self.school, grade, letter)
                children += self._new_student(school_class, "Ivanov", "Ivan")
        enrolments = self.env["school.enrolment"]
        enrolments.search([("student_id", "in", children.ids)]).date_from = MONDAY
        self._order(children)
        content = self._take("forecast")._render_sheet()
        self.assertGreater(len(PdfReader(io.BytesIO(content)).pages), 1)
        self.assertIn("7П", self._text(content))

    def test_an_empty_day_has_a_sheet_too(self):
        text = self._text(self._take("forecast")._render_sheet())
        self.assertIn("Portions in all: 0", text)

    @mute_logger("odoo.http")
    def test_who_may_read_the_number_may_print_it(self):
        self._fill()
        url = self._as("canteen", self._take("order")).action_print_sheet()["url"]
        for role in ("canteen", "operator", "head"):
            page = self._open(role, url)
            self.assertEqual(page.status_code, 200)
            self.assertEqual(page.headers["Content-Type"], "application/pdf")
        for role in ("teacher", "cashier", "nobody"):
            self.assertEqual(self._open(role, url).status_code, 403)
        self.assertEqual(self._open("operator", f"{url[:20]}/0/sheet").status_code, 404)

    @mute_logger("odoo.http")
    def test_the_page_opens_and_shows_the_numbers(self):
        self._fill()
        page = self._open("canteen", "/school_meal/kitchen")
        self.assertEqual(page.status_code, 200)
        self.assertIn('http-equiv="refresh"', page.text)
        self.assertNotIn("5А", page.text)
        page = self._open("canteen", f"/school_meal/kitchen/{self.school.id}?classes=1")
        self.assertIn("5А", page.text)
        page = self._open("canteen", f"/school_meal/kitchen/{self.second_school.id}")
        self.assertEqual(page.status_code, 403)
        self.assertEqual(self._open("teacher", "/school_meal/kitchen").status_code, 403)
