import logging

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import SchoolMealCase

SECRET = "Ivanov"


@tagged("post_install", "-at_install")
class TestRefusalLog(SchoolMealCase, HttpCase):
    """The server's log says that something was refused and where, not about whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.roles["operator"].lang = "en_US"

    def test_a_refused_request_is_logged_without_the_sentence(self):
        self.authenticate("test_operator", "test_operator")
        with self.assertLogs("odoo.http", logging.WARNING) as log:
            answer = self.url_open(
                "/web/dataset/call_kw/school.student/write",
                json={
                    "params": {
                        "model": "school.student",
                        "method": "write",
                        "args": [self.student.ids, {"active": False}],
                        "kwargs": {},
                    }
                },
            )
        # who asked is told everything
        message = answer.json()["error"]["data"]["message"]
        self.assertIn("is still enrolled", message)
        self.assertIn(SECRET, message)
        text = "\n".join(log.output)
        self.assertIn("odoo.addons.school_meal_base.models.school_student:", text)
        self.assertIn("ValidationError", text)
        self.assertNotIn(SECRET, text)
        self.assertNotIn("enrolled", text)

    def test_all_refusals_but_no_faults_are_masked(self):
        logger = logging.getLogger("odoo.http")
        with self.assertLogs("odoo.http", logging.WARNING) as log:
            for kind in (UserError, AccessError):
                logger.warning(kind(SECRET))
                try:
                    raise kind(SECRET)
                except kind as error:
                    logger.warning(error, exc_info=True)
            logger.warning("a line of core")
        text = "\n".join(log.output)
        self.assertNotIn(SECRET, text)
        self.assertEqual(len(log.output), 5)
        self.assertIn(f"AccessError at {__name__}:", text)
        self.assertIn("a line of core", text)
