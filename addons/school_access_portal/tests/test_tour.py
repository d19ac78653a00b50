from odoo.tests import tagged

from odoo.addons.school_access.const import PARAM_TELEGRAM_TOKEN, PARAM_TELEGRAM_URL
from odoo.addons.school_access.tests.telegram_stand_in import TOKEN, TelegramStandIn

from .common import AccessPortalCase


@tagged("post_install", "-at_install")
class TestTour(AccessPortalCase):
    """The whole way in a real browser of a small phone's width."""

    browser_size = "375x812"
    touch_enabled = True

    def test_a_parent_sees_chooses_and_permits(self):
        self._pass_now(self.student)
        telegram = self.enterContext(TelegramStandIn())
        params = self.env["ir.config_parameter"]
        params.set_param(PARAM_TELEGRAM_TOKEN, TOKEN)
        params.set_param(PARAM_TELEGRAM_URL, telegram.url)
        self.env["access.address"]._of(self.mother, "telegram").unlink()
        self.mother_user.password = self.mother_user.login
        self.start_tour(
            "/my/children", "school_access_portal", login=self.mother_user.login
        )
        self.env.invalidate_all()
        choice = self.env["access.subscription"]._of(self.mother, self.student, "email")
        self.assertEqual((choice.state, choice.hour_from), ("on", 7))
        self.assertTrue(self.env["access.permission"]._get_open_online(self.student))
