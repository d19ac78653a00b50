from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .test_edge_api import CONFIG, SYNC, EdgeCase


@tagged("post_install", "-at_install")
class TestEdgePresence(EdgeCase):
    """A gateway learns of passages that it has not seen."""

    def _get_changes(self, mark=None):
        status, response = self._call(SYNC, {"store": self.store, "presence": mark})
        self.assertEqual(status, 200)
        return response.json()["presence"]

    def _get_place(self, mark=None):
        """Return [state, site, zone, since] of the person, None if it is not told."""
        people = self._get_changes(mark)["people"]
        return {row[0]: row[1:] for row in people}.get(self.person.id)

    def _correct(self, direction):
        now = fields.Datetime.now()
        event = {
            "n": 1,
            "key": f"00000000-0000-0000-0000-00000000000{len(direction)}",
            "controller": self.controller.id,
            "person": self.person.id,
            "occurred_at": now,
            "kind": "pass",
            "direction": direction,
        }
        self.env["access.event"]._record([event])
        return now.isoformat()

    def test_a_passage_at_any_door_is_told(self):
        self.env["access.presence"]._add_missing()
        self.assertEqual(self._get_place(), ["unknown", None, None, None])
        mark = self._get_changes()["mark"]
        since = self._correct("in")
        place = ["inside", self.site.id, self.point.zone_id.id or None, since]
        self.assertEqual(self._get_place(mark), place)
        self._correct("out")
        self.assertEqual(self._get_place(mark)[0], "outside")

    def test_nobody_of_another_school_is_told(self):
        self._correct("in")
        presence = self.env["access.presence"].search(
            [("person_id", "=", self.person.id)]
        )
        other = self._new_school(self.school.company_id, "975", "Another")
        presence.write({"school_id": other.id, "site_id": False})
        self.env.flush_all()
        self.assertIsNone(self._get_place())

    def test_a_mark_of_nobody_brings_everything(self):
        self._correct("in")
        for mark in (7, [], "x", "٣", "2", "9" * 10, "9" * 5_000, "4294967295"):
            with self.subTest(mark=str(mark)[:20]):
                self.assertTrue(self._get_place(mark))

    def test_what_is_older_than_the_mark_is_not_told_again(self):
        """With a table of its own, for a test is one transaction."""
        changes = self.env["access.edge.presence"]
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("CREATE TEMP TABLE moved (person integer)")
            cr.execute("INSERT INTO moved VALUES (1)")
            cr.commit()  # pylint: disable=invalid-commit
            # not `_mark_query`: it waits for the transaction of the test
            cr.execute("SELECT pg_current_xact_id()::xid::text")
            [mark] = cr.fetchone()
            cr.commit()  # pylint: disable=invalid-commit
            cr.execute("INSERT INTO moved VALUES (2)")
            cr.commit()  # pylint: disable=invalid-commit
            is_new = changes._since_query(mark)
            cr.execute(f"SELECT person FROM moved w WHERE {is_new.code}", is_new.params)
            self.assertEqual(cr.fetchall(), [(2,)])
            cr.execute("DROP TABLE moved")
            cr.commit()  # pylint: disable=invalid-commit

    def test_the_rules_name_the_hour_and_the_zones(self):
        self.site.presence_ends = 21.5
        self.env.flush_all()
        _status, response = self._call(CONFIG, {})
        answer = response.json()
        self.assertIn([self.site.id, 21.5], answer["sites"])
        self.assertNotIn("presence", answer)
