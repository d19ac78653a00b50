from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..channels.telegram_api import TelegramApi, TelegramError
from ..const import PARAM_TELEGRAM_TOKEN, PARAM_TELEGRAM_URL
from .common import MORNING
from .notice_common import NoticeCase
from .telegram_stand_in import BOT, TOKEN, TelegramStandIn


@tagged("post_install", "-at_install")
class TestTelegram(NoticeCase):
    """The bot, against a stand-in that speaks its protocol over a socket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.telegram = cls.enterClassContext(TelegramStandIn())
        cls.params = cls.env["ir.config_parameter"]
        cls.params.set_param(PARAM_TELEGRAM_TOKEN, TOKEN)
        cls.params.set_param(PARAM_TELEGRAM_URL, cls.telegram.url)
        cls.addresses = cls.env["access.address"]

    def setUp(self):
        super().setUp()
        self.telegram.sent.clear()
        self.telegram.answers.clear()
        self.telegram.updates.clear()

    def _send_for_real(self, at=MORNING + timedelta(seconds=5)):
        cron = type(self.env["ir.cron"])
        with freeze_time(at), patch.object(cron, "_commit_progress", return_value=60):
            self.notices._cron_send()

    def _get_code(self, partner=None):
        link = self.addresses._get_telegram_link(partner or self.mother)
        base, __, code = link.partition("?start=")
        self.assertEqual(base, f"https://t.me/{BOT}")
        return code

    def _say(self, chat, text, kind="private"):
        self.telegram.write(chat, text, kind)
        self.addresses._cron_telegram()
        return self.telegram.texts_for(chat)

    # === SENDING === #

    def test_a_notice_arrives_in_the_chat(self):
        notice = self._tap()
        self._send_for_real()
        self.assertEqual(notice.state, "sent")
        [text] = self.telegram.texts_for(77)
        self.assertIn("Ivan: came to school at 08:10", text)

    def test_a_parent_who_blocked_the_bot_is_left_alone(self):
        self.telegram.answers["77"] = 403
        notice = self._tap()
        self._send_for_real()
        self.assertEqual((notice.state, notice.reason), ("failed", "dead"))
        self.assertEqual(self.choice.state, "stopped")

    def test_too_many_requests_wait_as_long_as_telegram_says(self):
        self.telegram.answers["77"] = [429]
        self.telegram.retry_after = 40
        notice = self._tap()
        self._send_for_real()
        self.assertEqual(notice.next_try_at, MORNING + timedelta(seconds=45))
        self._send_for_real(MORNING + timedelta(seconds=46))
        self.assertEqual(notice.state, "sent")

    def test_a_line_that_breaks_leaves_doubt_and_no_second_message(self):
        self.telegram.answers["77"] = ["cut"]
        notice = self._tap()
        self._send_for_real()
        self.assertEqual(notice.state, "uncertain")
        self._send_for_real(MORNING + timedelta(minutes=5))
        self.assertEqual(len(self.telegram.texts_for(77)), 1)

    def test_a_service_that_is_down_is_asked_again(self):
        notice = self._tap()
        self.params.set_param(PARAM_TELEGRAM_URL, "http://127.0.0.1:9")
        self._send_for_real()
        self.assertEqual(notice.state, "queued")

    def test_a_wrong_token_is_no_fault_of_the_parents(self):
        self.params.set_param(PARAM_TELEGRAM_TOKEN, TOKEN.replace("A", "B"))
        notice = self._tap()
        self._send_for_real()
        self.assertEqual((notice.state, self.choice.state), ("queued", "on"))

    def test_no_error_tells_the_token(self):
        for url in (self.telegram.url, "http://127.0.0.1:9", "nonsense"):
            api = TelegramApi(url, "1:secret")
            with self.assertRaises(TelegramError) as caught:
                api.call("getMe")
            self.assertNotIn("secret", repr(caught.exception))
            self.assertFalse(caught.exception.__cause__)

    # === CONNECTING === #

    def test_a_parent_connects_with_the_code_of_the_link(self):
        row = self.addresses._of(self.mother, "telegram")
        row.unlink()
        code = self._get_code()
        [answer] = self._say(501, f"/start {code}")
        self.assertIn("Connected", answer)
        row = self.addresses._of(self.mother, "telegram")
        self.assertEqual(row.address, "501")
        self.assertTrue(row._is_usable())

    def test_a_code_works_once(self):
        code = self._get_code()
        self._say(501, f"/start {code}")
        [answer] = self._say(666, f"/start {code}")
        self.assertIn("not valid", answer)
        self.assertEqual(self.addresses._of(self.mother, "telegram").address, "501")

    def test_a_code_works_ten_minutes(self):
        with freeze_time(MORNING):
            code = self._get_code()
        with freeze_time(MORNING + timedelta(minutes=11)):
            self._say(501, f"/start {code}")
        self.assertEqual(self.addresses._of(self.mother, "telegram").address, "77")

    def test_a_group_is_never_told_where_a_child_is(self):
        code = self._get_code()
        self.assertFalse(self._say(-100, f"/start {code}", "supergroup"))
        self.assertEqual(self.addresses._of(self.mother, "telegram").address, "77")

    def test_the_code_is_not_kept(self):
        code = self._get_code()
        row = self.addresses._of(self.mother, "telegram")
        self.assertNotIn(code, str(row.read(load=None)))
        self.assertGreaterEqual(len(code), 22)

    def test_stop_ends_it(self):
        [answer] = self._say(77, "/stop")
        self.assertIn("disconnected", answer)
        self.assertEqual(self.choice.state, "off")
        self.assertFalse(self.addresses._of(self.mother, "telegram"))

    def test_messages_are_heard_once_whatever_they_are(self):
        for text in ("hello", "/start", "", None, "/start " + "x" * 5000):
            self.telegram.write(9, text)
        self.telegram.updates.append({"update_id": 1000})
        self.addresses._cron_telegram()
        told = len(self.telegram.texts_for(9))
        self.addresses._cron_telegram()
        self.assertEqual(len(self.telegram.texts_for(9)), told)
        self.assertEqual(self.addresses._of(self.mother, "telegram").address, "77")

    # === SECRETS === #

    def test_the_token_is_saved_by_administrators_and_never_shown(self):
        self._make_roles()
        settings = self.env["meal.settings"].with_user(self.roles["manager"])
        settings = settings.with_context(allowed_company_ids=self.city.ids)
        form = settings.create({"telegram_token": TOKEN})
        form.action_save()
        self.assertFalse(form.telegram_token)
        self.assertEqual(self.params.get_param(PARAM_TELEGRAM_TOKEN), TOKEN)
        form = settings.create({"telegram_token": "my bot"})
        with self.assertRaises(ValidationError):
            form.action_save()

    def test_two_rows_of_a_person_and_channel_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.addresses.create({"partner_id": self.mother.id, "channel": "telegram"})
