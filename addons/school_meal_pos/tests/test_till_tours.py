import json
import os
import re
import tempfile
import threading
import time
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError
from odoo.http import Application
from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from odoo.addons.bus.models.bus import dispatch

from .agent_process import AgentProcess
from .common import SchoolTillCase

ONLINE = {
    "offline": False,
    "latency": 0,
    "downloadThroughput": -1,
    "uploadThroughput": -1,
}
OFFLINE = {**ONLINE, "offline": True}

#: What a silent provider swallows: the calls of a till, not the files of its page.
SWALLOWED = re.compile(r"^/(web/dataset/call_kw|pos/ping)")

#: What core says when it starts without network, as the test wants it to.
NETWORK_NOISE = re.compile(
    r"Error while loading SharedWorker|Worker service failed|could not be stored"
)


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
            self.browser = browser
            text = str(browser._from_remoteobject(args[0])) if args else ""
            match = re.match(r"TEST:(\w+) ?(\w*)", text)
            if match:
                self._obey(browser, *match.groups(), requests)
            if not NETWORK_NOISE.match(text):
                handle(browser, type, args, stackTrace, **kw)

        self.answers = threading.Event()
        self.answers.set()
        self.addCleanup(self.answers.set)
        serve = Application.__call__

        def serve_or_wait(app, environ, start_response):
            if SWALLOWED.match(environ["PATH_INFO"]):
                self.answers.wait(60)
            return serve(app, environ, start_response)

        with (
            patch.object(ChromeBrowser, "_handle_console", listen),
            patch.object(Application, "__call__", serve_or_wait),
        ):
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
        elif order == "silence":
            self.answers.clear()
        elif order == "answer":
            self.answers.set()
        else:
            requests[order]()

    def _tell_browser(self, name, value):
        """Give the tour a value as a global variable."""
        self.browser._websocket_send(
            "Runtime.evaluate", params={"expression": f"{name} = {json.dumps(value)}"}
        )

    def _assert_settled(self, posted):
        """The balance, with no hold left: the last release may still be under way."""
        for _attempt in range(50):
            if self._balance() == (posted, 0):
                break
            time.sleep(0.2)
        self.assertEqual(self._balance(), (posted, 0))

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

    def test_a_block_comes_over_the_bus_and_outlives_a_reload(self):
        def dispatch_bus():
            # What PostgreSQL's NOTIFY does after a commit, which a test has none of.
            for websockets in list(dispatch._channels_to_ws.values()):
                for websocket in list(websockets):
                    websocket.trigger_notification_dispatching()

        self._tour("school_till_card_blocked_by_bus", dispatch=dispatch_bus)
        self.assertEqual(self.card.state, "blocked")

    def test_the_payment_screen_waits_for_a_card_and_reverses(self):
        self._tour("school_till_payment_screen")
        self.assertEqual(self._balance(), (38_000, 0))
        self.assertEqual(len(self._transfers(phase="void")), 1)

    def test_a_refund_gives_the_money_back_to_the_account(self):
        self._tour("school_till_refund")
        self.assertEqual(self._balance(), (50_000, 0))
        self.assertEqual(len(self._transfers(kind="refund")), 1)

    def test_a_silent_provider_costs_one_wait_and_leaves_no_hold(self):
        self._tour("school_till_silent_server")
        self._assert_settled(33_500)
        self.assertEqual(len(self._orders()), 2)
        self.assertEqual(len(self._transfers(source_model="pos.order")), 2)

    def test_a_cancelled_question_sells_nothing_and_a_retry_is_a_new_one(self):
        self._tour("school_till_cancel_and_retry")
        self._assert_settled(38_000)
        order = self._orders()
        self.assertEqual(order.payment_ids.mapped("amount"), [120])

    def test_the_child_on_the_panel_is_the_one_who_pays(self):
        self._tour("school_till_next_child")
        self._assert_settled(33_500)
        self.assertEqual(self._balance(self.sibling.account_id), (0, 0))

    def test_what_a_reload_interrupts_is_given_back(self):
        self._tour("school_till_interrupted")
        self._assert_settled(38_000)
        self.assertEqual(len(self._orders()), 1)

    def test_an_order_that_the_server_refuses_is_never_lost(self):
        sync = type(self.env["pos.order"]).sync_from_ui
        refused, sentence = {self.lunch.id}, "The lunch is refused."

        @api.model
        def sync_or_refuse(model, orders):
            for order in orders:
                if refused & {line[2].get("product_id") for line in order["lines"]}:
                    raise UserError(sentence)
            return sync(model, orders)

        model = self.env.registry["pos.order"]
        with patch.object(model, "sync_from_ui", sync_or_refuse):
            self._tour("school_till_refused_order", accept=refused.clear)
        self._assert_settled(33_500)
        numbers = self._orders().mapped("meal_till_number")
        self.assertEqual(sorted(numbers), [1, 2])

    def test_cards_come_from_a_program_on_the_tills_computer(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        agent = AgentProcess(folder.name, self.base_url())
        self.addCleanup(agent.close)
        self.till.school_agent_port = agent.port
        self._tour(
            "school_till_agent",
            start=agent.start,
            code=lambda: self._tell_browser("agentCode", agent.code()),
            card=lambda: agent.place("Mifare[BCD14264] 1K (0004,08) 066,53692"),
            stranger=lambda: agent.place("???"),
            stop=agent.stop,
        )
        self._assert_settled(38_000)
