from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.school_access.const import PARAM_TELEGRAM_TOKEN, PARAM_TELEGRAM_URL
from odoo.addons.school_access.tests.telegram_stand_in import TOKEN, TelegramStandIn

from .common import AccessPortalCase


@tagged("post_install", "-at_install")
class TestChoices(AccessPortalCase):
    """What parents choose in the portal, and how Telegram is connected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.telegram = cls.enterClassContext(TelegramStandIn())
        cls.params = cls.env["ir.config_parameter"]
        cls.params.set_param(PARAM_TELEGRAM_TOKEN, TOKEN)
        cls.params.set_param(PARAM_TELEGRAM_URL, cls.telegram.url)
        cls.addresses = cls.env["access.address"]

    def _save(self, **values):
        form = {"arrivals": "1", "hour_from": "07:00", "hour_to": "00:00"}
        url = self._url("notices")
        return self._post_form(url, **{**form, "max_per_hour": "6", **values})

    def _choice(self, channel, partner=None):
        model = self.env["access.subscription"]
        self.env.invalidate_all()
        return model._of(partner or self.mother, self.student, channel)

    def test_nothing_is_on_until_the_parent_says_so(self):
        self.choice.unlink()
        self._page(self.mother_user, self._url("notices"))
        self.assertFalse(self._choice("email"))
        self.assertFalse(self._choice("telegram"))

    def test_a_parent_chooses_channel_kinds_and_hours(self):
        self._sign_in(self.mother_user)
        page = self._save(email="1").text
        self.assertIn("Saved", page)
        row = self._choice("email")
        self.assertEqual(row.state, "on")
        self.assertTrue(row.chosen_at)
        self.assertEqual((row.hour_from, row.hour_to), (7, 24))
        self.assertTrue(row.arrivals)
        self.assertFalse(row.departures)
        self.assertEqual(self._choice("telegram").state, "off")
        address = self.addresses._of(self.mother, "email")
        self.assertEqual(address.address, "maria@example.com")

    def test_the_choice_of_one_parent_is_not_the_others(self):
        self._sign_in(self.notified_user)
        self._save(email="1", departures="1")
        self.assertEqual(self._choice("email", self.grandmother).state, "on")
        self.assertFalse(self._choice("email"))

    def test_senseless_forms_are_answered_with_a_sentence(self):
        self._sign_in(self.mother_user)
        for values in (
            {"hour_from": "25:00"},
            {"hour_from": "x"},
            {"hour_to": "-1:00"},
            {"max_per_hour": "0"},
            {"max_per_hour": "1e9"},
            {"max_per_hour": "9" * 30},
            {"hour_from": "nan"},
        ):
            answer = self._save(email="1", **values)
            self.assertEqual(answer.status_code, 200, values)
            self.assertIn("alert-warning", answer.text, values)
        self.assertFalse(self._choice("email"))

    def test_telegram_needs_to_be_connected(self):
        self.addresses._of(self.mother, "telegram").unlink()
        self._sign_in(self.mother_user)
        self.assertIn("connect it first", self._save(telegram="1").text)

    def test_a_dead_address_is_told_with_what_to_do(self):
        self._sign_in(self.mother_user)
        self._save(email="1", telegram="1")
        for channel in ("email", "telegram"):
            self.addresses._of(self.mother, channel)._bury()
        page = self.url_open(self._url("notices")).text
        self.assertIn("there is no such address", page)
        self.assertIn("the bot is blocked", page)

    def test_a_parent_connects_and_disconnects_telegram(self):
        self.addresses._of(self.mother, "telegram").unlink()
        self._sign_in(self.mother_user)
        page = self._post_form("/my/telegram").text
        code = page.partition("?start=")[2].partition('"')[0]
        self.assertIn("data:image/svg+xml;base64,", page)
        self.telegram.write(900, f"/start {code}")
        self.addresses._cron_telegram()
        self.env.flush_all()
        page = self.url_open("/my/telegram").text
        self.assertIn("o_access_connected", page)
        self.assertEqual(self.addresses._of(self.mother, "telegram").address, "900")
        self._post_form("/my/telegram/disconnect", "/my/telegram")
        self.env.invalidate_all()
        self.assertFalse(self.addresses._of(self.mother, "telegram"))
        self.assertEqual(self._choice("telegram").state, "off")

    def test_links_are_not_given_without_end(self):
        self.addresses._of(self.mother, "telegram").unlink()
        self._sign_in(self.mother_user)
        with patch.object(type(self.addresses), "_get_telegram_link") as link:
            link.return_value = "https://t.me/b?start=c"
            for _number in range(7):
                page = self._post_form("/my/telegram").text
        self.assertIn("alert-warning", page)
        self.assertNotIn("o_access_open_bot", page)
        self.assertLess(link.call_count, 7)

    def test_a_stranger_to_all_children_has_no_telegram_page(self):
        self._sign_in(self.supplier_user)
        self.assertEqual(self.url_open("/my/telegram").status_code, 404)
