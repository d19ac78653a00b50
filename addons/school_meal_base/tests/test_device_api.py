import json
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..exceptions import LedgerRefusal
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
        stranger = self.stranger.account_id.number
        for code, request in (
            (404, {"uuid": "a", "account": "0000000000", "amount": 100}),
            (404, {"uuid": "a", "card": "DEADBEEF", "amount": 100}),
            (422, {"uuid": "a", "account": number, "amount": 0}),
            (422, {"uuid": "a", "account": number, "amount": 1e12}),
            (422, {"uuid": "a", "account": number, "amount": "12.345"}),
            (422, {"uuid": "a", "account": number, "amount": 100}),
            (400, {"uuid": 5, "account": number, "amount": 100}),
            (400, {"uuid": "a", "amount": 100}),
            (404, {"uuid": "a", "account": stranger, "amount": 100}),
        ):
            with self.subTest(request=request):
                status, response = self._call("authorise", **request)
                self.assertEqual(status, code)
                self.assertTrue(response.json()["message"])
        for raw in (b"[]", b"{", b"\xff\xfe", b"[" * 9_000, b" " * 20_000):
            self.assertEqual(self._call("authorise", raw=raw)[0], 400)

    def test_a_body_sent_as_a_form_is_refused_and_not_logged(self):
        body = json.dumps({"uuid": "f1", "account": self.account.number, "amount": 100})
        for operation in ("authorise", "capture", "void"):
            with self.assertNoLogs("odoo.http", "WARNING"):
                response = self.url_open(
                    f"/school_meal/v1/{operation}",
                    data=body,
                    headers={
                        "Authorization": f"Device {self.token}",
                        "Content-Type": "application/x-www-form-urlencoded",
                    },
                )
            self.assertEqual(response.status_code, 400)

    def test_a_manager_connects_a_device_on_its_screen(self):
        manager = self._new_user("connects", "group_manager", self.school)
        device = self.device.with_context(allowed_company_ids=self.city.ids)
        answer = device.with_user(manager).action_issue_token()
        token = answer["params"]["message"].split()[0]
        self.assertEqual(self._call("authorise", uuid="a")[0], 401)  # the old one
        self.assertEqual(self._call("authorise", token=token, uuid="a")[0], 400)
        operator = self._new_user("connects_not", "group_operator", self.school)
        with self.assertRaises(AccessError):
            device.with_user(operator).action_issue_token()

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

    def test_a_product_with_an_allergen_of_the_student_is_refused(self):
        self._top_up(self.account, 10_000)
        nuts = self.env["school.allergen"].create({"name": "Nuts", "code": "t-nuts"})
        bar, apple = self.env["product.product"].create(
            [{"name": "Nut bar", "allergen_ids": nuts.ids}, {"name": "Apple"}]
        )
        self.student.allergen_ids = nuts
        request = {"account": self.account.number, "amount": 100}
        status, response = self._call(
            "authorise", uuid="d1", products=[apple.id, bar.id], **request
        )
        self.assertEqual((status, response.json()["error"]), (422, "allergen"))
        self.assertNotIn("Nuts", response.json()["message"])
        status, _ = self._call("authorise", uuid="d2", products=[apple.id], **request)
        self.assertEqual(status, 200)

    # === LANGUAGE === #

    def test_a_device_is_answered_in_the_language_of_its_company(self):
        for lang in ("ru_RU", "en_US"):
            self.env["res.lang"]._activate_lang(lang)
        self.city.partner_id.lang = "ru_RU"
        request = {"uuid": "a", "account": self.account.number, "amount": 100}
        self.opener.headers.pop("Accept-Language", None)
        status, response = self._call("authorise", **request)
        self.assertRegex(response.json()["message"], "[а-я]")
        self.opener.headers["Accept-Language"] = "en-US"
        status, response = self._call("authorise", **request)
        self.assertNotRegex(response.json()["message"], "[а-я]")

    # === CLOCKS === #

    def _authorise_at(self, uuid, drift, **request):
        """Authorise with a device's clock that is wrong; return the hold."""
        moment = fields.Datetime.now() + drift
        with mute_logger("odoo.addons.school_meal_base.models.device_api"):
            status, response = self._call(
                "authorise",
                uuid=uuid,
                account=self.account.number,
                amount=1_000,
                occurred_at=f"{moment.isoformat()}Z",
            )
        self.assertEqual(status, 200, response.text)
        return self.env["meal.transfer"].search([("uuid", "=", uuid)])

    def test_a_wrong_clock_gives_no_other_day(self):
        self._top_up(self.account, 10_000)
        now = fields.Datetime.now()
        for days in (-40, -1, 1, 400):
            hold = self._authorise_at(f"d{days}", timedelta(days=days))
            self.assertLess(abs(hold.occurred_at - now), timedelta(minutes=5))
        self.device.invalidate_recordset()
        # the first noted; a minute may have passed
        self.assertAlmostEqual(self.device.clock_drift, -40 * 24 * 60, delta=2)
        self.assertTrue(self.device.clock_wrong_at)

    def test_a_clock_that_is_nearly_right_is_believed(self):
        self._top_up(self.account, 10_000)
        hold = self._authorise_at("d1", timedelta(minutes=-5))
        self.assertGreater(
            fields.Datetime.now() - hold.occurred_at, timedelta(minutes=4)
        )
        self.assertFalse(self.device.clock_wrong_at)

    def test_what_happened_without_network_keeps_its_time(self):
        self._top_up(self.account, 10_000)
        self._call("authorise", uuid="d1", account=self.account.number, amount=100)
        then = fields.Datetime.now() - timedelta(days=1)
        self._call("capture", uuid="d2", hold="d1", occurred_at=f"{then}")
        capture = self.env["meal.transfer"].search([("uuid", "=", "d2")])
        self.assertEqual(capture.occurred_at, then)

    def test_a_time_outside_the_calendar_is_a_bad_request(self):
        for moment in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"):
            status, _ = self._call(
                "authorise",
                uuid="a",
                account=self.account.number,
                amount=100,
                occurred_at=moment,
            )
            self.assertEqual(status, 400, moment)

    # === NONSENSE === #

    def test_what_the_database_cannot_store_is_a_bad_request(self):
        good = {"uuid": "a", "account": self.account.number, "amount": 100}
        for operation, bad in (
            ("authorise", {"uuid": "a\0"}),
            ("authorise", {"uuid": "\ud800"}),
            ("authorise", {"uuid": ""}),
            ("authorise", {"uuid": "a" * 65}),
            ("authorise", {"account": "1\0"}),
            ("authorise", {"card": "\udfff"}),
            ("authorise", {"card": ["40AFBFD4"]}),
            ("authorise", {"products": [2**31]}),
            ("authorise", {"products": [-1]}),
            ("authorise", {"products": [True]}),
            ("authorise", {"products": "41"}),
            ("authorise", {"products": list(range(1, 300))}),
            ("authorise", {"occurred_at": "today"}),
            ("authorise", {"occurred_at": 5}),
            ("capture", {"hold": "h\0"}),
            ("void", {"hold": {"id": 5}}),
            ("void", {}),
        ):
            with self.subTest(operation=operation, bad=bad):
                status, response = self._call(operation, **{**good, **bad})
                self.assertEqual(status, 400)
                self.assertTrue(response.json()["message"])

    def test_a_device_cannot_charge_an_expired_hold_twice_or_for_more(self):
        self._top_up(self.account, 100_000)
        self.ledger._authorise(
            self.account, 5_000, uuid="d1", expires_in=-1, device=self.device
        )
        self.ledger._release_holds(self.account)
        for expected, request in (
            (422, {"uuid": "c1", "amount": 500_000}),
            (200, {"uuid": "c1", "amount": 5_000}),
            (409, {"uuid": "c2", "amount": 5_000}),
        ):
            with self.subTest(request=request):
                status, _ = self._call("capture", hold="d1", **request)
                self.assertEqual(status, expected)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.posted, 950)

    def test_a_device_cannot_charge_what_it_cancelled(self):
        self._top_up(self.account, 10_000)
        self._call("authorise", uuid="d1", account=self.account.number, amount=4_000)
        self._call("void", uuid="d2", hold="d1")
        status, response = self._call("capture", uuid="d3", hold="d1")
        self.assertEqual((status, response.json()["error"]), (409, "hold_resolved"))

    # === ANYTHING === #

    VALUES = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
    FIELDS = ("uuid", "account", "card", "amount", "products", "occurred_at", "hold")

    @given(
        st.sampled_from(("_authorise", "_capture", "_void")),
        st.dictionaries(st.sampled_from(FIELDS), VALUES),
        st.sets(st.sampled_from(("uuid", "account", "amount", "hold"))),
    )
    @example("_authorise", {"occurred_at": "0001-01-01T00:00:00+05:00"}, {"uuid"})
    @example("_authorise", {"card": "\0"}, {"uuid", "amount"})
    def test_any_request_is_answered_or_refused(self, operation, request, good):
        """Never another error: a device repeats what ends in one for ever."""
        values = {
            "uuid": "fuzz",
            "account": self.account.number,
            "amount": 100,
            "hold": "h1",
        }
        body = json.dumps({**request, **{name: values[name] for name in good}})
        self._run_quietly(operation, body.encode())

    @given(st.sampled_from(("_authorise", "_capture")), st.binary(max_size=200))
    def test_any_bytes_are_refused(self, operation, body):
        self._run_quietly(operation, body)

    def _run_quietly(self, operation, body):
        api = self.env["school.device.api"].with_context(
            school_device=self.device.id,
            school_device_school=self.school.id,
            school_device_company=self.city.id,
        )
        with mute_logger("odoo.addons.school_meal_base.models.device_api"):
            try:
                with self.env.cr.savepoint(flush=False):
                    api._perform(operation, api._parse(body))
            except LedgerRefusal as refusal:
                self.assertTrue(refusal.code)
