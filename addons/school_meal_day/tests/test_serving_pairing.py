from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers.serving_page import FILES
from .issue_common import IssueCase

ALLOWED = ("canteen", "operator", "manager")


@tagged("post_install", "-at_install")
class TestServingPairing(IssueCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _pairing(self, role):
        return self._as(role, self.env["meal.serving.pairing"])

    def test_who_may_connect_a_tablet(self):
        for role in self.roles:
            with self.subTest(role=role):
                pairing = self._pairing(role)
                may = role in ALLOWED
                schools = pairing._get_answer()["schools"]
                self.assertEqual(
                    self.school.id in [school["id"] for school in schools], may
                )
                if not may:
                    with self._refused(AccessError, "may not connect"):
                        pairing._pair(self.school.id, "Tablet")

    def test_only_to_the_own_school(self):
        for school in (self.second_school, self.other_school):
            with self._refused(AccessError, "may not connect"):
                self._pairing("canteen")._pair(school.id, "Tablet")

    def test_a_tablet_connected_again_is_the_same_device(self):
        pairing = self._pairing("canteen")
        first = pairing._pair(self.school.id, " Hall 1 ")
        again = pairing._pair(self.school.id, "Hall 2", first["device"])
        self.assertEqual(again["device"], first["device"])
        self.assertNotEqual(again["token"], first["token"])
        device = self.env["school.device"].browse(first["device"])
        self.assertEqual((device.name, device.kind), ("Hall 2", "serving"))
        self.env.flush_all()
        self.assertFalse(device._authenticate(first["token"]))
        self.assertTrue(device._authenticate(again["token"]))
        for odd in (
            "x",
            -1,
            2**40,
            True,
            {"id": 1},
            self._tablet("B", self.other_school).id,
        ):
            found = pairing._pair(self.school.id, None, odd)
            self.assertNotEqual(found["device"], odd)

    def test_the_page_tells_nothing_and_needs_no_session(self):
        response = self.url_open("/school_meal/serve")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.text.startswith("<!DOCTYPE html>"))
        self.assertNotIn(self.school.name, response.text)
        worker = self.url_open("/school_meal/serve/sw.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/school_meal/serve")
        for path in FILES:
            self.assertEqual(self.url_open(path).status_code, 200, path)
            self.assertIn(path, worker.text)

    def test_pairing_over_http(self):
        route = "/school_meal/serve/"
        answer = self.make_jsonrpc_request(route + "schools", {})
        self.assertEqual(answer["schools"], [])
        self.assertTrue(answer["message"])
        with mute_logger("odoo.http"), self.assertRaises(Exception):  # noqa: B017
            self.make_jsonrpc_request(
                route + "pair", {"school_id": self.school.id, "name": "Tablet"}
            )
        self.authenticate("test_canteen", "test_canteen")
        answer = self.make_jsonrpc_request(
            route + "pair", {"school_id": self.school.id, "name": "Tablet"}
        )
        with freeze_time("2026-11-16 07:00:00"):
            day = self.url_open(
                "/school_meal/v1/serve/day",
                data="{}",
                headers={"Authorization": f"Device {answer['token']}"},
            )
        self.assertEqual(day.json()["base"]["school"], "School 24")
