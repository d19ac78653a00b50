from contextlib import closing

from psycopg2 import errors

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.race_common import RaceCase
from odoo.addons.school_meal_benefits.models.benefit_lock import claim


@tagged("post_install", "-at_install")
class TestEntitlementRaces(RaceCase):
    """The head signs while the student leaves; two people end one benefit."""

    schema = "test_entitlement_races"
    tables = ("school_student", "benefit_entitlement")
    relaxed = ("school_student", "benefit_entitlement")
    lock_timeout = "300ms"

    def setUp(self):
        super().setUp()
        self._run(self.admin, "TRUNCATE school_student, benefit_entitlement")
        self._run(
            self.admin, "INSERT INTO school_student (id, state) VALUES (1, 'enrolled')"
        )
        self._run(
            self.admin,
            "INSERT INTO benefit_entitlement (id, date_from, date_to, date_end)"
            " VALUES (1, '2026-09-01', '2027-08-31', '2027-08-31')",
        )

    def _claim(self, connection, table):
        query = claim(table, [1])
        with connection.cursor() as cr:
            cr.execute(query.code, query.params)

    def _leave(self, connection):
        self._run(connection, "UPDATE school_student SET state = 'left'")

    def test_who_signs_after_the_student_left_begins_anew(self):
        with closing(self._connect()) as head, closing(self._connect()) as office:
            self._run(head, "SELECT 1 FROM school_student")  # the view of the world
            self._leave(office)
            office.commit()
            with self.assertRaises(errors.SerializationFailure):
                self._claim(head, "school_student")

    def test_who_lets_leave_after_the_signature_begins_anew(self):
        with closing(self._connect()) as head, closing(self._connect()) as office:
            self._run(office, "SELECT 1 FROM school_student")
            self._claim(head, "school_student")
            with self.assertRaises(errors.LockNotAvailable):
                self._leave(office)
            office.rollback()
            self._run(office, "SELECT 1 FROM school_student")
            head.commit()
            with self.assertRaises(errors.SerializationFailure):
                self._leave(office)

    def test_two_ends_at_once_come_one_after_the_other(self):
        with closing(self._connect()) as one, closing(self._connect()) as other:
            self._run(other, "SELECT 1 FROM benefit_entitlement")
            self._claim(one, "benefit_entitlement")
            # the last day stays what it was: without being written, the other would
            # not see that there is a second end
            one.commit()
            with self.assertRaises(errors.SerializationFailure):
                self._claim(other, "benefit_entitlement")
