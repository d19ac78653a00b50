from odoo.tests import tagged
from odoo.tools import file_open

from ..const import PARAM_TELEGRAM_TOKEN
from .notice_common import NoticeCase


@tagged("post_install", "-at_install")
class TestNeutralize(NoticeCase):
    """A copy of the database, made for trials, speaks to nobody outside."""

    def _neutralize(self):
        self.env.flush_all()
        with file_open("school_access/data/neutralize.sql") as source:
            self.env.cr.execute(source.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_no_parent_is_told_anything(self):
        self.env["ir.config_parameter"].set_param(PARAM_TELEGRAM_TOKEN, "1:secret")
        notice = self._tap()
        self.assertEqual(notice.state, "queued")
        inbox = self._choose(channel="inbox")
        self._neutralize()
        self.assertEqual((notice.state, notice.reason), ("suppressed", "off"))
        self.assertEqual(self.choice.state, "off")
        self.assertEqual(inbox.state, "on", "the list of passages is in the copy too")
        self.assertFalse(
            self.env["ir.config_parameter"].get_param(PARAM_TELEGRAM_TOKEN)
        )

    def test_no_other_system_is_asked_or_believed(self):
        webhook = self.env["access.webhook"].create(
            {
                "name": "Faces",
                "school_id": self.school.id,
                "url": "https://faces.invalid/ask",
            }
        )
        webhook._issue_secret()
        self._neutralize()
        self.assertFalse(webhook.url)
        self.assertIsNone(webhook._get_secret())
