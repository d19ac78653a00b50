from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.school_access.tests.common import MORNING

from .common import AccessPortalCase


@tagged("post_install", "-at_install")
class TestLeave(AccessPortalCase):
    """A representative lets the child leave early, once."""

    def setUp(self):
        super().setUp()
        self.permissions = self.env["access.permission"]
        self.guardian = self.permissions._get_representative(
            self.mother_user, self.student
        )

    def _give(self, day="today", clock="11:00", reason="Dentist", now=MORNING):
        with freeze_time(now):
            return self.permissions._give_online(self.guardian, day, clock, reason)

    def test_the_consent_says_who_gave_it_and_when(self):
        row = self._give()
        self.assertEqual(row.guardian_id.partner_id, self.mother)
        self.assertEqual(row.consent_at, MORNING)
        self.assertTrue(row.is_online)
        self.assertEqual(row.person_id, self.person)
        self.assertEqual(row.site_id, self.site)
        self.assertEqual(row.direction, "out")
        # 11:00 at the school is 08:00 UTC
        at = MORNING.replace(hour=8, minute=0)
        self.assertEqual(row.valid_from, at - timedelta(minutes=10))
        self.assertEqual(row.valid_to, at + timedelta(minutes=120))

    def test_it_is_for_all_sites_of_the_school(self):
        self.env["access.site"].create({"name": "Annex", "school_id": self.school.id})
        row = self._give()
        self.assertEqual(len(row), 1)
        self.assertFalse(row.site_id)
        self.assertEqual(row.school_id, self.school)

    def test_nobody_forges_the_consent_of_a_parent(self):
        teacher = self._new_user("their_teacher", "group_teacher", self.school)
        self.student.class_id.teacher_id = teacher
        row = self._give().with_user(teacher)
        row = row.with_context(allowed_company_ids=self.city.ids)
        spoken = row.sudo().copy().with_user(teacher)
        self.assertFalse(spoken.is_online)
        for values in ({"is_online": True}, {"consent_at": MORNING}):
            with self.assertRaises(AccessError):
                spoken.write(values)
            with self.assertRaises(AccessError):
                spoken.copy(values)
        forger = spoken.with_context(default_is_online=True, default_consent_at=MORNING)
        forged = forger.copy()
        self.assertFalse(forged.is_online or forged.consent_at)
        with self.assertRaises(AccessError):
            row.write({"valid_to": MORNING + timedelta(days=9)})
        row.action_revoke()
        self.assertTrue(row.revoked_at)

    def test_tomorrow_is_the_schools_tomorrow(self):
        late = MORNING.replace(hour=22)  # 01:00 of the 18th at the school
        row = self._give("tomorrow", now=late)
        self.assertEqual(row.valid_from.day, 19)

    def test_what_makes_no_sense_is_answered_with_a_sentence(self):
        for values in (
            {"clock": "08:00"},  # ten minutes ago is over
            {"clock": "25:00"},
            {"clock": None},
            {"day": "yesterday"},
            {"reason": "  "},
        ):
            with self.assertRaises(ValidationError):
                self._give(**values, now=MORNING + timedelta(minutes=30))

    def test_a_parent_permits_and_takes_back(self):
        self._sign_in(self.mother_user)
        form = {"day": "tomorrow", "clock": "11:00", "reason": "<b>Dentist</b>"}
        page = self._post_form(self._url("leave"), **form)
        self.assertIn("The guard sees your permission", page.text)
        self.assertIn("&lt;b&gt;Dentist", page.text)
        row = self.permissions._get_open_online(self.student)
        url = self._url(f"leave/{row.id}/revoke")
        self.assertEqual(self._post_form(url, self._url("leave")).status_code, 303)
        self.env.invalidate_all()
        self.assertTrue(row.revoked_at)

    def test_a_relative_who_represents_nobody_permits_nothing(self):
        for user in (self.notified_user, self.student_user, self.father_user):
            answer = self._page(user, self._url("leave"))
            self.assertEqual(answer.status_code, 404)

    def test_permissions_of_other_children_cannot_be_taken_back(self):
        row = self._give("today", now=self.now, clock="23:59")
        self._sign_in(self.father_user)
        page = self._url("leave", self.classmate)
        for student in (self.student, self.classmate):
            url = self._url(f"leave/{row.id}/revoke", student)
            self.assertEqual(self._post_form(url, page).status_code, 404)
        self.assertFalse(row.revoked_at)
