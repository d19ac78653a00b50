from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.school_meal_base.domain import readable_password

from . import test_till_tours
from .common import SchoolTillCase

PASSWORD = "abcd2345"


@tagged("post_install", "-at_install")
class TestCardServiceTour(SchoolTillCase, HttpCase):
    """Card service in a real browser: from a card never used to a portal login."""

    browser_size = "1366x900"
    _tour = test_till_tours.TestTillTours._tour
    _obey = test_till_tours.TestTillTours._obey

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tours read English buttons, whatever the database speaks.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.cashier.write({"password": cls.cashier.login, "lang": "en_US"})
        cls.ledger._top_up(cls.account, 50_000, uuid="money", debit=cls.transit)
        cls.city.meal_card_fee = 33
        cls.city.meal_card_reissue_fee = 50
        cls.pupil = cls._new_student(cls.class_5a, "Orlova", "Olga")
        cls.env["meal.account"]._issue(cls.pupil)
        cls.ledger._top_up(
            cls.pupil.account_id, 10_000, uuid="pupil", debit=cls.transit
        )
        cls.new_card = cls._new_card(cls.pupil, "8F0E1D2C", state="handed")

    def test_from_a_new_card_to_the_portal(self):
        with patch.object(readable_password, "generate", return_value=PASSWORD):
            self._tour("school_till_card_service")
        self.assertEqual(self.new_card.state, "active")
        self.assertEqual(self._balance(self.pupil.account_id), (6_700, 0))
        self._sign_in_with_the_slip()

    def test_a_blank_card_replaces_the_lost_one(self):
        self._tour("school_till_card_reissue")
        new = self.student.card_ids - self.card
        self.assertEqual(new.mapped("state"), ["active"])
        self.assertEqual(self.card.state, "replaced")
        self.assertEqual(self._balance(), (45_000, 0))

    def test_without_network_one_sentence(self):
        self._tour("school_till_card_service_offline")
        self.assertEqual(self.card.state, "active")

    def _sign_in_with_the_slip(self):
        self.logout()
        page = self.url_open("/web/login").text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        login = self.pupil.account_id.number
        answer = self.url_open(
            "/web/login",
            data={"csrf_token": token, "login": login, "password": PASSWORD},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/my", answer.headers["Location"])
