from base64 import b64encode
from io import BytesIO

from PIL import Image

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SchoolTillCase


@tagged("post_install", "-at_install")
class TestPhoto(SchoolTillCase, HttpCase):
    """A cashier sees the photos of the own school's students only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        picture = BytesIO()
        Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
        for student in cls.student + cls.stranger:
            student.sudo().image_1920 = b64encode(picture.getvalue())
        cls.cashier.password = cls.cashier.login
        cls.photo = f"/school_meal_pos/photo/{cls.student.id}"

    def _get(self, url):
        return self.url_open(url, allow_redirects=False)

    def test_the_own_schools_cashier_gets_the_photo(self):
        self.authenticate(self.cashier.login, self.cashier.login)
        answer = self._get(f"{self.photo}?unique=1")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "image/png")

    @mute_logger("odoo.http")
    def test_another_schools_student_has_no_photo_here(self):
        self.authenticate(self.cashier.login, self.cashier.login)
        url = f"/school_meal_pos/photo/{self.stranger.id}"
        self.assertIn(self._get(url).status_code, (403, 404))

    def test_a_student_without_photo_is_not_found(self):
        self.authenticate(self.cashier.login, self.cashier.login)
        url = f"/school_meal_pos/photo/{self.classmate.id}"
        self.assertEqual(self._get(url).status_code, 404)

    def test_somebody_without_login_gets_nothing(self):
        self.assertNotEqual(self._get(self.photo).status_code, 200)

    def test_the_version_of_the_photo_is_in_the_roster(self):
        self._open_session()
        rows = self.pos_session.school_roster()["rows"]
        versions = {row[0]: row[3] for row in rows}
        self.assertTrue(versions[self.student.id])
        self.assertFalse(versions[self.classmate.id])
