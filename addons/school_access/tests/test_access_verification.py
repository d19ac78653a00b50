from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .guard_common import GuardCase


@tagged("post_install", "-at_install")
class TestAccessVerification(GuardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.verification = "guard"

    def setUp(self):
        super().setUp()
        self._watch()

    def _expire(self, verification, seconds=1):
        verification.expires_at = fields.Datetime.now() - timedelta(seconds=seconds)

    def test_a_point_without_verification_asks_nobody(self):
        self.point.verification = "none"
        self.assertEqual(self._ask(), "allow")
        self.assertFalse(self._asked())

    def test_the_guard_lets_somebody_through(self):
        self.assertEqual(self._ask("out"), "hold")
        [request] = self._feed()["requests"]
        self.assertEqual(request["name"], self.student.name)
        self.assertEqual(request["class"], "5А")
        status = self._do("verify", id=request["id"], allow=True, text="With mother")
        self.assertEqual(status, "opened")
        self.assertEqual(self._orders(), ["out"])
        verification = self._asked()
        self.assertEqual(verification.user_id, self.guard)
        self.assertEqual(verification.reason, "With mother")
        self.assertFalse(self._feed()["requests"])
        self.assertEqual(self._journal(), ["begin", "allowed"])

    def test_the_order_to_open_does_not_wait_for_long(self):
        self._ask()
        self._do("verify", id=self._asked().id, allow=True)
        command = self.env["access.command"].search([], order="id desc", limit=1)
        self.assertLessEqual(
            command.expires_at - fields.Datetime.now(), timedelta(seconds=21)
        )

    def test_the_guard_refuses(self):
        self._ask()
        self.assertEqual(self._do("verify", id=self._asked().id, allow=False), "denied")
        self.assertFalse(self._orders())
        self.assertEqual(self._asked().state, "denied")

    def test_what_is_not_a_plain_yes_is_a_no(self):
        self._ask()
        self.assertEqual(self._do("verify", id=self._asked().id, allow="no"), "denied")

    def test_a_late_yes_opens_nothing_and_says_so(self):
        self._ask()
        verification = self._asked()
        self._expire(verification)
        self.assertEqual(self._do("verify", id=verification.id, allow=True), "late")
        self.assertFalse(self._orders())
        self.assertEqual(verification.state, "timed_out")
        self.assertEqual(self._do("verify", id=verification.id, allow=True), "late")

    def test_the_second_answer_changes_nothing(self):
        self._ask()
        verification = self._asked()
        self._do("verify", id=verification.id, allow=False)
        self.assertEqual(self._do("verify", id=verification.id, allow=True), "answered")
        self.assertFalse(self._orders())

    def test_without_an_answer_the_default_of_the_point_counts(self):
        for default, orders in (("deny", []), ("allow", ["in"])):
            self.point.verification_default = default
            self._ask()
            self._expire(self._asked())
            self.env["access.verification"]._time_out_due(self.site)
            self.assertEqual(self._asked().state, "timed_out")
            self.assertEqual(self._orders(), orders)

    def test_nothing_opens_long_after_the_time_was_over(self):
        self.point.verification_default = "allow"
        self._ask()
        verification = self._asked()
        self._expire(verification, seconds=10)
        self.env["access.verification"]._time_out_due()
        self.assertEqual(verification.state, "timed_out")
        self.assertFalse(verification.is_open)
        self.assertFalse(self._orders())

    def test_nobody_waits_for_a_post_that_nobody_looks_at(self):
        self.site.post_seen_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self._ask(), "deny")
        self.point.verification_default = "allow"
        self.assertEqual(self._ask(), "allow")
        self.assertFalse(self._orders(), "the controller was answered at once")

    def test_asking_again_is_the_same_request(self):
        self._ask(key="q-1")
        self._ask(key="q-1")
        self._ask()  # a second tap while the guard looks
        self.assertEqual(len(self._feed()["requests"]), 1)
        self._do("verify", id=self._asked().id, allow=True)
        self.assertEqual(self._ask(key="q-1"), "allow")
        self.assertEqual(self._orders(), ["in"])
        self.assertEqual(self._ask(key="q-2"), "hold")

    def test_an_answer_is_for_ever(self):
        self._ask()
        verification = self._asked()
        self._do("verify", id=verification.id, allow=False)
        for change in ("SET reason = 'x'", "SET state = 'allowed'"):
            self._refuse_sql(f"UPDATE access_verification {change}")
        self._refuse_sql("DELETE FROM access_verification")

    def _refuse_sql(self, statement):
        self.env.flush_all()
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement)

    def test_a_person_may_be_forgotten(self):
        guest = self.env["access.person"].create(
            {"kind": "guest", "name": "Guest", "school_id": self.school.id}
        )
        self._ask(person=guest)
        verification = self._asked()
        self._do("verify", id=verification.id, allow=False)
        guest.unlink()
        self.assertFalse(verification.person_id)

    def test_a_request_of_another_site_is_not_there(self):
        self._ask()
        other = self.env["access.site"].create(
            {"name": "Other", "school_id": self.second_school.id}
        )
        post = self._post(self.other_guard)
        site = post._get_site(other.id)
        with self._refused(UserError, "not there any more"):
            post._do(site, "verify", {"id": self._asked().id, "allow": True})
        self.assertEqual(self._asked().state, "pending")
