import base64
import json
import secrets
import time

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..domain.webhook_signature import sign
from .guard_common import GuardCase

#: The smallest picture.
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49"
        "444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
    )
)


@tagged("post_install", "-at_install")
class TestGuardPostHttp(GuardCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.guard + cls.other_guard:
            user.password = "school-guard-1"

    def _sign_in(self, user):
        self.authenticate(user.login, "school-guard-1")

    def _call(self, path, **params):
        answer = self.url_open(
            f"/school_access/post/{path}",
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("result"), answer.get("error", {}).get("data", {})

    def test_the_page_comes_with_its_data(self):
        self._pass(self.person)
        self._sign_in(self.guard)
        page = self.url_open(f"/school_access/post/{self.site.id}")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("guard_post_data", page.text)

    @mute_logger("odoo.http")
    def test_a_guard_of_another_school_sees_nothing(self):
        self._sign_in(self.other_guard)
        page = self.url_open(f"/school_access/post/{self.site.id}")
        self.assertEqual(page.status_code, 403)
        for path, params in (
            ("feed", {}),
            ("do", {"work": "open", "values": {"id": self.point.id, "text": "x"}}),
        ):
            result, error = self._call(path, site_id=self.site.id, **params)
            self.assertIsNone(result)
            self.assertEqual(error["name"], "odoo.exceptions.AccessError")
        self.assertFalse(self._orders())

    @mute_logger("odoo.http")
    def test_parents_and_strangers_see_nothing(self):
        parent = new_test_user(
            self.env, "test_parent", "base.group_user", password="school-guard-1"
        )
        self._sign_in(parent)
        # only now: the portal asks parents for more than a password
        parent.group_ids = self.env.ref("base.group_portal")
        page = self.url_open(f"/school_access/post/{self.site.id}")
        self.assertNotIn("guard_post_data", page.text)
        result, _error = self._call("feed", site_id=self.site.id)
        self.assertIsNone(result)
        self.authenticate(None, None)
        page = self.url_open("/school_access/post", allow_redirects=False)
        self.assertEqual(page.status_code, 303)

    def test_a_page_that_asks_watches_and_lets_time_run_out(self):
        self.point.verification = "guard"
        self._watch()
        self._ask()
        self.env.cr.execute(
            "UPDATE access_verification SET expires_at = expires_at - interval '1 hour'"
            " WHERE state = 'pending'"
        )
        self.site.post_seen_at = False
        self.env.flush_all()
        self._sign_in(self.guard)
        feed, _error = self._call("feed", site_id=self.site.id, after=0)
        self.assertFalse(feed["requests"])
        self.env.invalidate_all()
        self.assertTrue(self.site._is_watched())
        self.assertEqual(self._asked().state, "timed_out")

    @mute_logger("odoo.http")
    def test_rubbish_is_refused(self):
        self._sign_in(self.guard)
        for values in (None, [], "x", {"id": "1; DROP"}, {"id": [1]}, {"text": 7}):
            for work in ("verify", "alarm", "open", "note", "_find", None):
                result, error = self._call(
                    "do", site_id=self.site.id, work=work, values=values
                )
                self.assertIsNone(result)
                self.assertTrue(error["name"], (work, values))

    @mute_logger("odoo.http")
    def test_photos_are_for_the_post_of_the_school(self):
        url = f"/school_access/post/photo/{self.person.id}"
        self._sign_in(self.guard)
        self.assertEqual(self.url_open(url).status_code, 404)
        self.student.image_1920 = PIXEL
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("image/"))
        self.assertIn("max-age=600", answer.headers["Cache-Control"])
        self.assertNotIn("public", answer.headers["Cache-Control"])
        self._sign_in(self.other_guard)
        self.assertEqual(self.url_open(url).status_code, 404)

    @mute_logger("odoo.http")
    def test_the_journal_is_printed_for_the_own_school(self):
        self._do("note", text="All well")
        shift = self.env["access.shift"].search([("site_id", "=", self.site.id)])
        url = f"/school_access/shift/{shift.id}.pdf"
        self._sign_in(self.guard)
        self.assertTrue(self.url_open(url).content.startswith(b"%PDF"))
        self._sign_in(self.other_guard)
        self.assertEqual(self.url_open(url).status_code, 404)


@tagged("post_install", "-at_install")
class TestWebhookHttp(GuardCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.webhook = self.env["access.webhook"].create(
            {
                "name": "Faces",
                "school_id": self.school.id,
                "may_answer": True,
                "may_open": True,
                "point_ids": [(6, 0, self.point.ids)],
            }
        )
        self.secret = self.webhook._issue_secret()
        self.path = f"/school_access/v1/verify/point/{self.point.id}"

    def _signed(self, body, path=None, secret=None, now=None):
        headers = sign(
            secret or self.secret,
            path or self.path,
            body,
            nonce=secrets.token_hex(16),
            now=now or time.time(),
        )
        return {**headers, "X-Access-Webhook": self.webhook.public_id}

    def _send(self, body=b"{}", headers=None, path=None):
        headers = {
            "Content-Type": "application/json",
            **(self._signed(body, path) if headers is None else headers),
        }
        answer = self.url_open(path or self.path, data=body, headers=headers)
        self.env.invalidate_all()
        return answer.status_code, answer.json().get("status")

    def test_it_opens_a_door_it_is_set_for(self):
        self.assertEqual(self._send(b'{"direction": "out"}'), (200, "opened"))
        self.assertEqual(self._orders(), ["out"])

    def test_the_same_call_once_more_opens_nothing(self):
        headers = self._signed(b"{}")
        self.assertEqual(self._send(headers=headers), (200, "opened"))
        self.assertEqual(self._send(headers=headers), (403, None))
        self.assertEqual(len(self._orders()), 1)

    def test_what_is_not_signed_well_opens_nothing(self):
        good = self._signed(b"{}")
        for headers in (
            {},
            self._signed(b"{}", secret="guessed"),
            self._signed(b"{ }"),
            self._signed(b"{}", path="/school_access/v1/verify/point/0"),
            self._signed(b"{}", now=time.time() - 3600),
            self._signed(b"{}", now=time.time() + 3600),
            {**good, "X-Access-Webhook": "unknown"},
            {**good, "X-Access-Nonce": "short"},
            {**good, "X-Access-Timestamp": "soon"},
            {**good, "X-Access-Signature": "v1=\xe9"},
        ):
            self.assertEqual(self._send(headers=headers), (403, None), headers)
        self.assertFalse(self._orders())

    def test_scopes(self):
        self.webhook.may_open = False
        self.assertEqual(self._send(), (404, None))
        self.webhook.may_open = True
        other = self.env["access.point"].create(
            {"name": "Gate", "site_id": self.site.id}
        )
        path = f"/school_access/v1/verify/point/{other.id}"
        self.assertEqual(self._send(path=path), (404, None))
        self.webhook.active = False
        self.assertEqual(self._send(), (403, None))
        self.assertFalse(self._orders())

    def test_rubbish_is_refused(self):
        for body in (b"[", b"[1]", b"null", b"\xff", b"[" * 4000):
            self.assertEqual(self._send(body), (400, None))
        self.assertEqual(self._send(b" " * 5000), (400, None))

    def test_it_answers_a_request_that_waits(self):
        self.point.verification = "guard"
        self._watch()
        self._ask()
        verification = self._asked()
        path = f"/school_access/v1/verify/request/{verification.uuid}"
        yes = b'{"verdict": "allow", "reason": "Known"}'
        self.assertEqual(self._send(yes, path=path), (404, None), "not asked of it")
        verification.webhook_id = self.webhook
        self.assertEqual(self._send(b'{"verdict": 1}', path=path), (400, None))
        self.assertEqual(self._send(yes, path=path), (200, "opened"))
        self.assertEqual(self._send(yes, path=path), (200, "answered"))
        self.assertEqual(self._orders(), ["in"])
        self.assertEqual(verification.reason, "Known")

    def test_used_numbers_are_forgotten_when_they_are_worth_nothing(self):
        self._send()
        nonces = self.env["access.webhook.nonce"]
        nonces._gc_used()
        self.assertTrue(nonces.search([]))
        self.env.cr.execute(
            "UPDATE access_webhook_nonce SET used_at = used_at - interval '1 hour'"
        )
        nonces._gc_used()
        self.assertFalse(nonces.search([]))
