import os
import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from .common import SchoolTillCase

ONLINE = {
    "offline": False,
    "latency": 0,
    "downloadThroughput": -1,
    "uploadThroughput": -1,
}
OFFLINE = {**ONLINE, "offline": True}

#: What core says when it starts without network, as the test wants it to.
NETWORK_NOISE = re.compile(r"Error while loading SharedWorker|Worker service failed")


@tagged("post_install", "-at_install")
class TestTillTours(SchoolTillCase, HttpCase):
    """The till in a real browser. A tour asks by a line in the console for the network
    to be cut or for a picture."""

    browser_size = "1366x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger._top_up(cls.account, 50_000, uuid="money", debit=cls.transit)
        cls._new_card(cls.classmate, "77242CF0", state="blocked")
        # The tours read core's English buttons, whatever the database speaks.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.cashier.write({"password": cls.cashier.login, "lang": "en_US"})

    def _tour(self, name, **requests):
        """Run a tour; `requests` are functions for its `TEST:<name>` lines."""
        handle = ChromeBrowser._handle_console

        def listen(browser, type, args=None, stackTrace=None, **kw):
            text = str(browser._from_remoteobject(args[0])) if args else ""
            match = re.match(r"TEST:(\w+) ?(\w*)", text)
            if match:
                self._obey(browser, *match.groups(), requests)
            if not NETWORK_NOISE.match(text):
                handle(browser, type, args, stackTrace, **kw)

        with patch.object(ChromeBrowser, "_handle_console", listen):
            self.start_tour(
                f"/pos/ui/{self.till.id}", name, login=self.cashier.login, timeout=180
            )

    def _obey(self, browser, order, name, requests):
        if order == "screenshot":
            if os.environ.get("SCHOOL_MEAL_SCREENSHOTS"):
                browser.take_screenshot(f"till_{name}_")
        elif order in ("offline", "online"):
            browser._websocket_send("Network.enable")
            browser._websocket_send(
                "Network.emulateNetworkConditions",
                params=OFFLINE if order == "offline" else ONLINE,
            )
        else:
            requests[order]()

    def _orders(self):
        return self.env["pos.order"].search([("config_id", "=", self.till.id)])

    def test_scan_and_pay_from_the_account(self):
        self._tour("school_till_sale")
        self.assertEqual(self._balance(), (33_500, 0))
        self.assertEqual(self._orders().mapped("state"), ["paid", "paid"])

    def test_texts_are_read_as_the_reader_is_set_and_taken_away_cards_ignored(self):
        self.till.school_reader_id = self.env["school.card.reader"].create(
            {
                "name": "Counter",
                "school_id": self.school.id,
                "byte_order": "reversed",
            }
        )
        self._tour("school_till_reader")

    def test_a_tap_pays_at_once_where_the_till_is_set_so(self):
        self.till.school_pay_on_tap = True
        self._tour("school_till_pay_on_tap")
        self.assertEqual(self._balance(), (38_000, 0))

    def test_refusals_are_said_before_food_is_given(self):
        self.env["meal.ban"].create(
            {"account_id": self.account.id, "product_id": self.juice.id}
        )
        self.student.allergen_ids = self.gluten
        self._tour("school_till_refusals")
        self.assertEqual(self._balance(), (47_000, 0))

    def test_sales_go_on_without_network_and_arrive_once(self):
        self._tour("school_till_offline")
        self.assertEqual(self._balance(), (26_000, 0))
        orders = self._orders()
        self.assertEqual(len(orders), 2)
        self.assertEqual(orders.payment_ids.mapped("meal_is_offline"), [True, True])
        self.assertEqual(len(self._transfers(source_model="pos.order")), 2)

    def test_a_blocked_card_stops_working_at_once(self):
        self._tour("school_till_card_blocked_elsewhere")
        self.assertEqual(self._balance(), (50_000, 0))

    def test_the_payment_screen_waits_for_a_card_and_reverses(self):
        self._tour("school_till_payment_screen")
        self.assertEqual(self._balance(), (38_000, 0))
        self.assertEqual(len(self._transfers(phase="void")), 1)

    def test_a_refund_gives_the_money_back_to_the_account(self):
        self._tour("school_till_refund")
        self.assertEqual(self._balance(), (50_000, 0))
        self.assertEqual(len(self._transfers(kind="refund")), 1)
