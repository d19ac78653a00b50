from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .guard_common import GuardCase

#: Long enough ago for the cursor to pass.
SETTLED = timedelta(seconds=30)


@tagged("post_install", "-at_install")
class TestGuardPostFeed(GuardCase):
    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _came(self, person=None, at=None, received=None, **values):
        """Somebody passes; return the number of the event."""
        with freeze_time(received or self.now):
            return self._pass(person or self.person, at=at or self.now, **values)["id"]

    def _ids(self, after=0, **options):
        return [row["id"] for row in self._feed(after, **options)["events"]]

    def test_it_shows_who_passed(self):
        self._came()
        [row] = self._feed()["events"]
        self.assertEqual(row["name"], self.student.name)
        self.assertEqual((row["class"], row["who"]), ("5А", "student"))
        self.assertEqual((row["direction"], row["point"]), ("in", "Entrance"))
        self.assertEqual((row["kind"], row["verdict"]), ("pass", "granted"))
        self.assertFalse(row["photo"])

    def test_there_is_nothing_of_money_health_or_cards(self):
        self._happened("refused", verdict="unknown_card", card="00000042D1BC")
        text = str(self._feed(with_counts=True)).lower()
        for word in ("42d1bc", "balance", "benefit", "allerg", "snils", "account"):
            self.assertNotIn(word, text)

    def test_counters(self):
        other = self._person_of(self.classmate)
        self._came()
        self._came(other)
        self._came(other, direction="out", at=self.now - timedelta(hours=2))
        counts = self._feed()["counts"]
        self.assertEqual(counts["inside"], 2)
        self.assertEqual(counts["hour"], 2)
        self.assertIsNone(self._feed(after=10**9)["counts"])

    def test_yesterday_is_not_shown(self):
        self._came(at=self.now - timedelta(hours=13))
        self.assertFalse(self._ids())

    def test_another_site_is_not_shown(self):
        site = self.env["access.site"].create(
            {"name": "Second", "school_id": self.school.id}
        )
        point = self.env["access.point"].create({"name": "Gate", "site_id": site.id})
        self._came(controller=self._new_controller(point, "44375"))
        self.assertFalse(self._ids())

    def test_the_cost_of_a_call_does_not_grow_with_the_rows(self):
        self._came()
        self._feed(with_counts=True)
        self.env.flush_all()
        queries = self.env.cr.sql_log_count
        self._feed(with_counts=True)
        few = self.env.cr.sql_log_count - queries
        for second in range(20):
            self._came(at=self.now + timedelta(seconds=30 * second))
        self.env.flush_all()
        queries = self.env.cr.sql_log_count
        self._feed(with_counts=True)
        self.assertLessEqual(self.env.cr.sql_log_count - queries, few)

    # === CURSOR === #

    def test_what_came_just_now_is_sent_again_until_it_is_settled(self):
        first = self._came()
        feed = self._feed()
        self.assertLess(feed["cursor"], first)
        self.assertEqual(self._ids(feed["cursor"]), [first])

    def test_the_cursor_passes_what_is_settled(self):
        old = self._came(received=self.now - SETTLED)
        new = self._came(direction="out", at=self.now + timedelta(seconds=9))
        feed = self._feed()
        self.assertEqual(feed["cursor"], old)
        self.assertEqual(self._ids(feed["cursor"]), [new])

    def test_the_cursor_of_a_quiet_site_follows_the_others(self):
        site = self.env["access.site"].create(
            {"name": "Second", "school_id": self.school.id}
        )
        point = self.env["access.point"].create({"name": "Gate", "site_id": site.id})
        controller = self._new_controller(point, "44375")
        event = self._came(controller=controller, received=self.now - SETTLED)
        self.assertEqual(self._feed()["cursor"], 0)
        self.assertEqual(self._feed(with_counts=True)["cursor"], event)

    # === ACCESS === #

    def test_a_guard_opens_the_posts_of_the_own_school(self):
        self.assertIn(self.site, self._post()._get_sites())
        with self._refused(AccessError, "not of your school"):
            self._post(self.other_guard)._get_site(self.site.id)

    def test_roles_that_open_the_page(self):
        self._make_roles()
        for role in ("operator", "head", "manager"):
            post = self._as(role, self.env["access.post"])
            self.assertTrue(post._get_site(self.site.id))
        for role in ("teacher", "canteen", "cashier", "department", "accountant"):
            with self._refused(AccessError, "for the guards of a school"):
                self._as(role, self.env["access.post"])._get_sites()
        for role in ("nobody", "portal", "public"):
            with self.assertRaises(AccessError):
                self._as(role, self.env["access.post"])._get_sites()

    def test_nobody_calls_the_service_from_outside(self):
        for name in ("access.post", "access.post.words", "access.webhook.nonce"):
            own = set(vars(type(self.env[name])))
            public = {each for each in own if not each.startswith("_")}
            public -= set(self.env[name]._fields)
            self.assertFalse(public - set(dir(type(self.env["base"]))))

    def test_photos_are_of_the_own_school(self):
        stranger = self._person_of(self.stranger)
        post = self._post()
        self.assertEqual(post._get_photo_owner(self.person.id), self.student.partner_id)
        self.assertFalse(post._get_photo_owner(stranger.id))
        self.assertFalse(post._get_photo_owner(0))

    def test_a_guard_reads_no_student_and_no_card(self):
        for model in ("school.student", "school.card", "meal.account"):
            records = self._as_user(self.guard, self.env[model])
            self.assertFalse(records.has_access("read"), model)
        event = self._as_user(self.guard, self.env["access.event"])
        self.assertFalse(
            event.has_access("read")
            and event._has_field_access(event._fields["card"], "read")
        )
