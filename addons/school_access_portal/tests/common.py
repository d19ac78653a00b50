"""The families of the portal at the doors of the school."""

from datetime import timedelta

from odoo import fields

from odoo.addons.school_access.tests.notice_common import NoticeCase
from odoo.addons.school_meal_portal.tests.common import PortalCase


class AccessPortalCase(NoticeCase, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Pages are asserted in English, also where Russian is the only language.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.people = cls._person_of(cls.student + cls.sibling + cls.classmate)
        for user in (
            cls.mother_user
            + cls.father_user
            + cls.notified_user
            + cls.student_user
            + cls.supplier_user
        ):
            user.lang = "en_US"
        # A minute of today at the school, whenever the test runs.
        calendar = cls.env["school.calendar"]
        today = calendar._local_date(cls.school)
        cls.today_start = calendar._utc_bounds(cls.school, today)[0]
        cls.now = fields.Datetime.now()
        #: 08:10 at the school (Moscow) three days ago.
        cls.morning = (
            cls.today_start - timedelta(days=3) + timedelta(hours=8, minutes=10)
        )
        cls.day = today - timedelta(days=3)

    @classmethod
    def _person_of(cls, students):
        """People of several students, in one recordset."""
        people = cls.env["access.person"]
        for student in students:
            people |= super()._person_of(student)
        return people

    def _pass_now(self, student, direction="in"):
        """A passage of this very moment (today, whatever the time of the test)."""
        at = max(self.today_start, self.now - timedelta(seconds=1))
        self._pass(self._person_of(student), direction, at)
        return self.env["school.calendar"]._local_datetime(self.school, at)

    def _url(self, page, student=None):
        return f"/my/children/{(student or self.student).id}/{page}"

    def _page(self, user, url):
        self._sign_in(user)
        return self.url_open(url)
