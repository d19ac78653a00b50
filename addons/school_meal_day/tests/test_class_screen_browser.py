from datetime import timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import file_open

from .order_common import MONDAY, TUESDAY
from .screen_common import ScreenCase

SCRIPT = "school_meal_day/static/tests/class_screen/class_screen_browser.js"
FRIDAY = MONDAY - timedelta(days=3)


@tagged("post_install", "-at_install")
class TestClassScreenBrowser(ScreenCase, HttpCase):
    """The page in a real browser of a phone's width."""

    browser_size = "390x844"
    touch_enabled = True

    def _browse(self, scenario):
        with file_open(SCRIPT) as script:
            code = f"const scenario = '{scenario}';{script.read()}"
        # a page without scripts: the class screen is in a frame of it
        self.browser_js("/web/health", code, login=self.teacher.login)
        self.env.invalidate_all()

    def _states(self, student, day=MONDAY):
        orders = self._orders(student, day)
        return {order.meal_type_id.code: order.state for order in orders}

    def test_marking_a_class(self):
        self._order(self.student + self.classmate)
        self._browse("marking")
        self.assertEqual(self._absences(self.student).reason, "illness")
        self.assertEqual(self._states(self.student), {"lunch": "cancelled"})
        states = {"lunch": "ordered", "breakfast": "ordered"}
        self.assertEqual(self._states(self.classmate), states)
        self.assertEqual(self._states(self.classmate, TUESDAY), {"lunch": "ordered"})
        presence = {self.student.id: "absent", self.classmate.id: "present"}
        self.assertEqual(self.school._get_presence(MONDAY), presence)

    def test_as_the_day_before_in_one_tap(self):
        self._at(FRIDAY.strftime("%Y-%m-%d 04:00:00"))
        self._order(self.student + self.classmate, FRIDAY)
        self.setUp()
        self._browse("asTheDayBefore")
        self.assertEqual(self._states(self.student), {"lunch": "ordered"})
        self.assertEqual(self._states(self.classmate), {"lunch": "cancelled"})

    def test_changes_survive_without_network_and_a_reload(self):
        self._browse("offlineAndReloaded")
        states = {"breakfast": "ordered", "lunch": "cancelled"}
        self.assertEqual(self._states(self.student), states)
        lunch = self._orders(self.student, meal=self.lunch)
        self.assertEqual(len(lunch.change_ids), 2)
        self.assertFalse(self._absences(self.classmate))

    def test_a_change_by_somebody_else_is_shown(self):
        self._browse("conflict")
        self.assertEqual(self._absences(self.student).reason, "unknown")

    def test_who_is_known_absent_and_what_is_withheld_are_shown(self):
        self._order(self.classmate)
        self._choose(self.student)
        self._serve_nuts(self.student)
        self._generate()
        school = type(self.env["school.school"])
        gone = {self.classmate.id: "absent"}
        self.patch(school, "_get_presence", lambda school, date: gone)
        self._browse("knownElsewhere")
        self.assertEqual(self._absences(self.classmate).source, "teacher")
        self.assertEqual(self._states(self.student), {"lunch": "cancelled"})

    def test_all_served_leaves_out_whom_the_meal_harms(self):
        self._order(self.student + self.classmate)
        self._serve_nuts(self.student)
        self._browse("trayStop")
        self.assertEqual(self._given(self.student).reason, "other_dish")
        self.assertEqual(self._given(self.student).verdict, "allergen")
        self.assertEqual(self._given(self.classmate).verdict, "ok")

    def test_a_class_is_served_at_the_table(self):
        self._order(self.student + self.classmate)
        self._browse("tray")
        self.assertFalse(self._given(self.student))
        self.assertEqual(self._given(self.classmate).source, "tray")
