import logging
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .egisso_case import EgissoCase
from .gateway_simulator import Simulator


@freeze_time("2026-11-17 09:00:00", tick=True)
@tagged("post_install", "-at_install")
class TestEgissoExchange(EgissoCase):
    def setUp(self):
        super().setUp()
        self.gateway = Simulator(login="школа", secret="тайна").start()
        self.addCleanup(self.gateway.stop)
        self.register = self.gateway.register
        self.channel = self.env["egisso.channel"].create(
            {
                "name": "Gateway",
                "company_id": self.city.id,
                "mode": "soap",
                "wsdl_url": self.gateway.wsdl_url,
                "login": "школа",
                "new_secret": "тайна",
                "timeout": 10,
                "retries": 0,
            }
        )
        self.row = self._facts_of(self._grant(self.anna))
        self.package = self._pack()

    def _run_cron(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["egisso.package"]._cron_exchange()

    def _assert_registered_once(self):
        state = self.register.state()
        self.assertEqual(state["packages"], {self.package.uuid: 1})
        self.assertEqual(state["facts"], {self.row.uuid: 1})

    def test_a_package_is_sent_and_its_answer_taken_over(self):
        self._as("accountant", self.package).action_send()
        self.assertEqual(self.package.state, "sent")
        self.assertEqual(self.package.sent_by_id, self.roles["accountant"])
        self._as("accountant", self.package).action_poll()
        self.assertEqual((self.package.state, self.row.state), ("accepted",) * 2)
        self._assert_registered_once()

    def test_the_gateway_may_take_its_time(self):
        self.register.control(pending=2)
        self.package.action_send()
        for state in ("sent", "sent", "accepted"):
            self._run_cron()
            self.assertEqual(self.package.state, state)

    def test_refused_facts_come_to_the_work_list(self):
        self.register.control(refusals={self.row.uuid: ["014", "СНИЛС не найден"]})
        self.package.action_send()
        self._run_cron()
        self.assertEqual((self.package.state, self.row.state), ("rejected",) * 2)
        self.row.action_check()
        again = self._pack()
        again.action_send()
        self._run_cron()
        self.assertEqual((again.state, self.row.state), ("accepted",) * 2)
        self.assertEqual(self.register.facts, {self.row.uuid: 1})

    def test_whatever_gets_lost_nothing_is_sent_twice_or_forgotten(self):
        for operation, behaviour in (
            ("getResult", "drop"),
            ("getResult", "fault"),
            ("getResult", "garbage"),
            ("getResult", "other"),
            ("sendPackage", "drop"),
            ("sendPackage", "fault"),
            ("sendPackage", "after_drop"),
            ("getResult", "after_drop"),
        ):
            with self.subTest(operation=operation, behaviour=behaviour):
                self.register.control(behaviours=[(operation, behaviour)])
                if self.package.is_queued:
                    self._run_cron()
                else:
                    self.package.action_send()
                self.assertEqual(self.package.state, "draft")
                self.assertTrue(self.package.is_queued)
                self.assertTrue(self.package.trouble)
        self._run_cron()
        self._run_cron()
        self.assertEqual(self.package.state, "accepted")
        self.assertFalse(self.package.trouble)
        self.assertEqual(self.register.sends, {self.package.uuid: 1})
        self._assert_registered_once()

    def test_an_answer_that_comes_twice_is_taken_once(self):
        self.register.control(behaviours=[("*", "twice")] * 4)
        self.package.action_send()
        self._run_cron()
        self.assertEqual(self.package.state, "accepted")
        self._assert_registered_once()

    def test_a_fault_after_accepting_does_not_send_again(self):
        self.register.control(behaviours=[("sendPackage", "after_fault")])
        self.package.action_send()
        self.assertEqual(self.package.state, "draft")
        self._run_cron()
        self._assert_registered_once()
        self.assertEqual(self.register.sends, {self.package.uuid: 1})

    def test_a_package_that_the_gateway_lost_is_sent_again(self):
        self.package.action_send()
        self.register.contents.clear()
        self.register.facts.clear()
        self._run_cron()
        self._run_cron()
        self.assertEqual(self.package.state, "accepted")

    def test_a_refusal_stops_and_says_why(self):
        self.register.control(behaviours=[("sendPackage", "refuse")])
        self.package.action_send()
        self.assertEqual(self.package.trouble, "The gateway refused: Not wanted")
        self.assertFalse(self.package.is_queued)
        self.assertEqual(self.row.state, "packed")

    def test_a_wrong_password_is_a_refusal(self):
        self.channel.new_secret = "другая"
        self.package.action_send()
        self.assertIn("HTTP 401", self.package.trouble)
        self.assertFalse(self.register.sends)

    def test_repeats_within_one_run(self):
        self.channel.retries = 1
        self.register.control(behaviours=[("sendPackage", "after_drop")])
        self.package.action_send()
        self.assertEqual(self.package.state, "accepted")
        self._assert_registered_once()

    def test_taking_apart_asks_the_gateway_first(self):
        self.register.control(behaviours=[("sendPackage", "after_drop")])
        self.package.action_send()
        with self._refused(UserError, "at the gateway already"):
            self.package.action_take_apart()
        self.register.control(behaviours=[("getResult", "drop")])
        with self._refused(UserError, "cannot be reached"):
            self.package.action_take_apart()
        self.assertEqual(self.row.state, "packed")

    def test_a_package_unknown_to_the_gateway_is_taken_apart(self):
        self.package.action_take_apart()
        self.assertEqual(self.row.state, "ready")

    def test_the_log_names_no_person(self):
        self.register.control(behaviours=[("sendPackage", "fault")])
        logger = "odoo.addons.school_meal_benefits.models.egisso_package_exchange"
        with self.assertLogs(logger, logging.INFO) as logs:
            self.package.action_send()
        text = "\n".join(logs.output)
        self.assertIn(self.package.uuid, text)
        for secret in (self.anna.snils, "Иванова", "тайна"):
            self.assertNotIn(secret, text)

    def test_the_password_is_never_shown(self):
        self.assertTrue(self.channel.has_secret)
        manager = self._as("manager", self.channel)
        self.assertFalse(manager.read(["new_secret"])[0]["new_secret"])
        with self._refused(AccessError, ""):
            manager.read(["secret"])
        self.assertEqual(self.channel.sudo().secret, "тайна")

    def test_the_gateway_is_tried(self):
        self.assertEqual(self.channel.action_test()["tag"], "display_notification")
        with self._refused(AccessError, ""):
            self._as("accountant", self.channel).action_test()

    def test_personal_data_go_to_safe_addresses_only(self):
        for address in ("http://gate.example.com/?wsdl", "file:///etc/passwd", ""):
            with self._refused(ValidationError, "beginning with"):
                self.channel.wsdl_url = address
        self.assertEqual(self.channel.wsdl_url, self.gateway.wsdl_url)

    def test_files_by_hand_are_not_sent(self):
        self.channel.mode = "file"
        with self._refused(UserError, "There is no gateway"):
            self.package.action_send()
        self.assertEqual(self.package.state, "draft")
