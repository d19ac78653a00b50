import threading
import time

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.race_common import RaceCase

from ..models.access_entry import DUE
from .list_common import EIGHT, ListCase

WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE pid = %s AND wait_event_type = 'Lock'
"""


@tagged("post_install", "-at_install")
class TestListRaces(RaceCase, ListCase):
    """A card is blocked while the list of its controller is being compiled."""

    schema = "test_access_list_races"
    tables = (
        "access_controller",
        "access_reader",
        "access_person",
        "access_permission",
        "access_pass",
        "access_entry",
        "school_card",
    )
    relaxed = tables

    def setUp(self):
        super().setUp()
        self.compiler = self._connect(ISOLATION_LEVEL_READ_COMMITTED)
        self.guard = self._connect(ISOLATION_LEVEL_READ_COMMITTED)
        self.addCleanup(self.compiler.close)
        self.addCleanup(self.guard.close)
        # The numbers of this test are those of records that only it sees.
        self.query = self.env["access.entry"]._list_sql(
            self.controller, [1], [2], [255], EIGHT
        )
        self._run(
            self.admin,
            f"""
            TRUNCATE access_controller, access_reader, access_person, access_entry,
                     school_card;
            INSERT INTO access_controller (id, site_id, school_id, company_id)
            VALUES ({self.controller.id}, 1, 1, 1);
            INSERT INTO access_reader (controller_id, bits, byte_order)
            VALUES ({self.controller.id}, '26', 'direct');
            INSERT INTO access_person (id, student_id) VALUES (1, 1);
            INSERT INTO school_card (id, student_id, uid, key_z5r, key_dec10, state)
            VALUES (1, 1, 'BCD14264', '042D1BC', '1111', 'active');
            """,
        )

    def _compile_now(self):
        with self.compiler.cursor() as cr:
            cr.execute(self.query.code, self.query.params)
        self.compiler.commit()

    def _wait_for_the_lock(self, thread):
        with self.admin.cursor() as cr:
            while thread.is_alive():
                cr.execute(WAITING, [self.compiler.info.backend_pid])
                if cr.fetchone()[0]:
                    return
                time.sleep(0.01)
        self.fail("The lists were compiled without a look at the card")

    def test_a_card_blocked_meanwhile_stays_blocked(self):
        self._compile_now()
        self._run(
            self.admin,
            "UPDATE access_entry SET profile_id = 1, is_held = TRUE, held_zones = 255,"
            " held_flags = flags, zones = 255",
        )
        self.assertEqual(
            self._run(self.admin, "SELECT is_wanted FROM access_entry"), [(True,)]
        )
        self._run(self.guard, "UPDATE school_card SET state = 'blocked'")
        self._run(
            self.guard,
            "UPDATE access_entry SET is_wanted = FALSE, refusal = 'blocked_card'",
        )
        thread = threading.Thread(target=self._compile_now)
        thread.start()
        self._wait_for_the_lock(thread)
        self.guard.commit()
        thread.join()
        self.assertEqual(
            self._run(
                self.admin, f"SELECT is_wanted, refusal, ({DUE}) FROM access_entry"
            ),
            [(False, "blocked_card", True)],
        )
        self._compile_now()
        self.assertEqual(
            self._run(
                self.admin, "SELECT profile_id, is_wanted, refusal FROM access_entry"
            ),
            [(2, False, "blocked_card")],
        )
