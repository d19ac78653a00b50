from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import mute_logger, tagged

from .common import AccessPortalCase


@tagged("post_install", "-at_install")
class TestPasses(AccessPortalCase):
    """A passage is shown to the own family and to nobody else."""

    def _sees(self, user, student=None):
        response = self._page(
            user, self._url("passes", student) + f"?before={self.day}"
        )
        return response.status_code == 200 and "08:10" in response.text

    def test_a_passage_is_shown_to_the_family_only(self):
        self._pass(self.person, at=self.morning)
        for user, sees in (
            (self.mother_user, True),
            (self.notified_user, True),
            (self.student_user, True),
            (self.father_user, False),
            (self.supplier_user, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._sees(user), sees)

    def test_a_relative_without_notices_does_not_know_where_the_child_is(self):
        self._pass(self.person, at=self.morning)
        row = self.student.guardian_ids.filtered(
            lambda row: row.partner_id == self.grandmother
        )
        row.write({"is_notified": False, "may_pay": True})
        self.assertFalse(self._sees(self.notified_user))
        page = self._page(self.notified_user, "/my/children").text
        self.assertIn(self.student.name, page)
        self.assertNotIn("/passes", page)

    def test_a_guardian_struck_off_sees_nothing_more(self):
        self._pass(self.person, at=self.morning)
        self.student.guardian_ids.active = False
        self.assertFalse(self._sees(self.mother_user))

    def test_a_pupil_sees_oneself_not_a_sibling_and_no_settings(self):
        self._pass(self._person_of(self.sibling), at=self.morning)
        self.assertFalse(self._sees(self.student_user, self.sibling))
        for page in ("notices", "leave"):
            answer = self._page(self.student_user, self._url(page))
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.url_open("/my/telegram").status_code, 404)

    def test_staff_with_a_child_open_the_page_of_that_child_only(self):
        teacher = self._new_user("teacher_24", "group_teacher", self.school)
        self.env["school.guardian"].create(
            {"student_id": self.classmate.id, "partner_id": teacher.partner_id.id}
        )
        self.class_5a.teacher_id = teacher
        self.authenticate(teacher.login, teacher.login)
        for student, status in ((self.classmate, 200), (self.student, 404)):
            for page in ("passes", "notices", "leave"):
                url = self._url(page, student)
                self.assertEqual(self.url_open(url).status_code, status, url)

    def test_passages_of_a_former_school_stay_with_the_family(self):
        self._pass(self.person, at=self.morning)
        self.student.write(
            {
                "school_id": self.second_school.id,
                "class_id": self._new_class(self.second_school, 5, "В").id,
            }
        )
        self.assertTrue(self._sees(self.mother_user))
        self.assertFalse(self._sees(self.father_user))

    def test_others_children_and_no_children_look_the_same(self):
        self._sign_in(self.mother_user)
        for page in ("passes", "notices", "leave"):
            pages = [
                self.url_open(url)
                for url in (
                    self._url(page, self.classmate),
                    f"/my/children/999999999/{page}",
                )
            ]
            texts = {
                answer.text.partition("<main")[2].partition("</main")[0]
                for answer in pages
            }
            self.assertEqual({answer.status_code for answer in pages}, {404})
            self.assertEqual(len(texts), 1)

    # === REMOTE CALLS === #

    @mute_logger("odoo.http")
    def test_no_model_of_access_control_is_open_to_the_portal(self):
        self._pass(self.person, at=self.morning)
        self._tap(at=self.morning + timedelta(minutes=2))
        self._sign_in(self.mother_user)
        for name, model in self.env.items():
            if not name.startswith("access.") or model._abstract:
                continue
            for user in (self.mother_user, self.student_user, self.father_user):
                with self.assertRaises(AccessError):
                    self._as(user, name).search([])
            for method, *args in (("search_read", []), ("create", {}), ("write", [1])):
                params = {
                    "model": name, "method": method, "args": args, "kwargs": {}
                }  # fmt: skip
                answer = self.url_open(
                    "/web/dataset/call_kw",
                    json={"jsonrpc": "2.0", "method": "call", "params": params},
                )
                self.assertIn("error", answer.json(), (name, method))

    # === WHAT THE PAGE SAYS === #

    def test_the_page_says_where_the_child_is(self):
        page = self._page(self.mother_user, self._url("passes")).text
        self.assertIn("No passages today", page)
        clock = self._pass_now(self.student).strftime("%H:%M")
        page = self.url_open(self._url("passes")).text
        self.assertIn("At school since", page)
        self.assertIn(clock, page)

    def test_what_is_new_is_marked_until_it_was_looked_at(self):
        self._pass_now(self.student)
        self.assertEqual(self.student._get_unread_count(self.mother_user), 1)
        self.assertIn(">new<", self._page(self.mother_user, self._url("passes")).text)
        self.assertEqual(self.student._get_unread_count(self.mother_user), 0)
        self.assertNotIn(">new<", self.url_open(self._url("passes")).text)
        # each reads for themselves
        self.assertEqual(self.student._get_unread_count(self.notified_user), 1)

    def test_a_late_report_is_news_in_the_list(self):
        self._page(self.mother_user, self._url("passes"))
        row = self.env["access.subscription"]._of(self.mother, self.student, "inbox")
        row.read_at = self.now - timedelta(hours=1)
        self._pass(self.person, at=self.now - timedelta(days=1))
        self.assertEqual(self.student._get_unread_count(self.mother_user), 1)
        self.assertFalse(
            self._get_notices().filtered(lambda one: one.state != "suppressed")
        )

    def test_older_days_are_asked_for(self):
        self.day -= timedelta(days=20)
        self._pass(self.person, at=self.morning - timedelta(days=20))
        self._sign_in(self.mother_user)
        for days, sees in ((0, True), (13, True), (14, False), (-1, False)):
            before = self.day + timedelta(days=days)
            if before <= self._today():
                page = self.url_open(self._url("passes") + f"?before={before}").text
                self.assertEqual("08:10" in page, sees, before)

    def test_senseless_days_open_the_last_ones(self):
        self._sign_in(self.mother_user)
        for day in ("x", "0001-01-01", "9999-12-31", "2026-13-45", "%00", "1e9"):
            url = self._url("passes") + f"?before={day}"
            self.assertEqual(self.url_open(url).status_code, 200, day)

    def test_the_door_inside_and_the_second_tap_are_not_listed(self):
        self._pass(self.person, at=self.morning)
        self._pass(self.person, at=self.morning + timedelta(seconds=2))
        page = self._page(self.mother_user, self._url("passes") + f"?before={self.day}")
        self.assertEqual(page.text.count("o_access_row"), 1)
