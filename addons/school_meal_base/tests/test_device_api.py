import json

from odoo.tests import HttpCase, tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestDeviceApi(SchoolMealCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.env["school.device"].create(
            {"name": "Vending", "kind": "vending", "school_id": cls.school.id}
        )
        cls.token = cls.device._issue_token()

    def _call(self, operation, token=None, raw=None, **payload):
        response = self.url_open(
            f"/school_meal/v1/{operation}",
            data=raw if raw is not None else json.dumps(payload),
            headers={
                "Authorization": f"Device {token or self.token}",
                "Content-Type": "application/json",
            },
        )
        return response.status_code, response

    def test_a_device_holds_captures_and_repeats(self):
        self._top_up(self.account, 10_000)
        request = {"uuid": "d1", "account": self.account.number, "amount": 4_000}
        for expected in ("created", "exists"):
            status, response = self._call("authorise", **request)
            self.assertEqual((status, response.json()["status"]), (200, expected))
        status, response = self._call("capture", uuid="d2", hold="d1")
        self.assertEqual(response.json()["available"], 6_000)
        status, response = self._call("void", uuid="d3", hold="d1")
        self.assertEqual((status, response.json()["error"]), (409, "hold_resolved"))

    def test_nonsense_gets_an_explanation(self):
        number = self.account.number
        for code, request in (
            (404, {"uuid": "a", "account": "0000000000", "amount": 100}),
            (404, {"uuid": "a", "card": "DEADBEEF", "amount": 100}),
            (422, {"uuid": "a", "account": number, "amount": 0}),
            (422, {"uuid": "a", "account": number, "amount": 1e12}),
            (422, {"uuid": "a", "account": number, "amount": "12.345"}),
            (422, {"uuid": "a", "account": number, "amount": 100}),
            (400, {"uuid": 5, "account": number, "amount": 100}),
            (400, {"uuid": "a", "amount": 100}),
            (404, {"uuid": "a", "account": self.stranger.account_id.number}),
        ):
            with self.subTest(request=request):
                status, response = self._call("authorise", **request)
                self.assertEqual(status, code)
                self.assertTrue(response.json()["message"])
        for raw in (b"[]", b"{", b"\xff\xfe", b"[" * 9_000, b" " * 20_000):
            self.assertEqual(self._call("authorise", raw=raw)[0], 400)

    def test_only_a_current_token_opens_the_door(self):
        self.assertEqual(self._call("authorise", token="wrong", uuid="a")[0], 401)
        self.device.action_revoke()
        self.assertEqual(self._call("authorise", uuid="a")[0], 401)

    def test_a_device_cannot_touch_the_hold_of_another(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 4_000, uuid="h1")
        self.assertEqual(self._call("void", uuid="v1", hold="h1")[0], 404)

    def test_a_banned_product_is_refused(self):
        self._top_up(self.account, 10_000)
        sweets = self.env["product.category"].create({"name": "Sweets"})
        drinks = self.env["product.category"].create(
            {"name": "Sweet drinks", "parent_id": sweets.id}
        )
        product = self.env["product.product"].create(
            {"name": "Cola", "categ_id": drinks.id}
        )
        self.env["meal.ban"].create(
            {"account_id": self.account.id, "category_id": sweets.id}
        )
        status, response = self._call(
            "authorise",
            uuid="d1",
            account=self.account.number,
            amount=100,
            products=[product.id],
        )
        self.assertEqual((status, response.json()["error"]), (422, "product_banned"))
