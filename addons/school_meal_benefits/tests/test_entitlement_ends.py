from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .entitle_common import EntitlementCase

SEPTEMBER, AUGUST = date(2026, 9, 1), date(2027, 8, 31)
#: The clock of the tests stands at Sunday, 15 November 2026.
TODAY = date(2026, 11, 15)
ONE_DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEntitlementEnds(EntitlementCase):
    def _ends(self, entitlement):
        return [
            (end.ground, end.last_day)
            for end in entitlement.end_ids.filtered(lambda end: not end.revoked_at)
        ]

    # === RECORDED === #

    def test_the_earliest_end_counts(self):
        right = self._grant(self.student, self.ovz)
        right._end("ground_lost", date(2026, 12, 10))
        self.assertEqual(right.date_end, date(2026, 12, 10))
        self.assertFalse(right._end("withdrawn", date(2026, 12, 20)))
        [earlier] = right._end("withdrawn", date(2026, 12, 1))
        self.assertEqual(right.date_end, date(2026, 12, 1))
        earlier._revoke("Not meant so")
        self.assertEqual(right.date_end, date(2026, 12, 10))
        self.assertFalse(earlier._revoke("Again"))
        self.assertEqual(earlier.revoke_reason, "Not meant so")

    def test_before_it_began_it_never_was(self):
        right = self._grant(self.student, self.ovz)
        right._end("mistake", right.date_from - ONE_DAY)
        self.assertTrue(right.is_void)
        self.assertEqual(self._categories(self.student, TODAY), set())
        # what never was is not in the way
        self.assertTrue(self._grant(self.student, self.ovz, date(2026, 10, 1)))

    def test_end_of_service_in_time_and_late(self):
        in_time = self._grant(self.student, self.ovz)
        [end] = in_time._report_service_end(date(2026, 11, 5), date(2026, 11, 10))
        self.assertEqual(
            (end.last_day, end.report_by, end.is_late),
            (date(2026, 11, 10), date(2026, 11, 10), False),
        )
        late = self._grant(self.classmate, self.ovz)
        [end] = late._report_service_end(date(2026, 11, 5), date(2026, 11, 11))
        self.assertEqual((end.last_day, end.is_late), (date(2026, 11, 5), True))
        self.assertEqual(end.ground_on, date(2026, 11, 5))

    # === BY EVENTS === #

    def test_leaving_ends_and_coming_back_the_same_day_restores(self):
        right = self._grant(self.classmate, self.ovz)
        milk = self._add_category("milk", kind="milk")
        december = {"effective_on": date(2026, 12, 1)}
        coming = self._grant(self.classmate, milk, TODAY, **december)
        self.classmate._leave(TODAY, "left", None, uuid="leave-1")
        self.assertEqual(self._ends(right), [("left", TODAY)])
        self.assertTrue(coming.is_void)
        self.classmate._transfer(self.school, self.class_5a, TODAY)
        self.assertEqual(self._ends(right), [])
        self.assertEqual(right.date_end, AUGUST)
        self.assertFalse(coming.is_void)

    def test_who_returns_later_applies_anew(self):
        right = self._grant(self.classmate, self.ovz)
        self.classmate._leave(date(2026, 11, 2), "left", None, uuid="leave-1")
        self.classmate._transfer(self.school, self.class_5a, TODAY)
        self.assertEqual(right.date_end, date(2026, 11, 2))

    def test_it_goes_along_to_another_school(self):
        right = self._grant(self.student, self.ovz)
        there = self._new_class(self.second_school, 5, "Б")
        self.student._transfer(self.second_school, there, TODAY)
        self.env.flush_all()
        self.assertEqual((right.school_id, right.class_id), (self.second_school, there))
        self.assertEqual(right.date_end, AUGUST)

    def test_a_benefit_of_special_schools_stays_there(self):
        self.school.is_special = True
        special = self._add_category(
            "special",
            meal_category_id=self.bused_category.id,
            meals=self.breakfast,
            school_kind="special",
        )
        right = self._grant(self.student, special)
        other = self._grant(self.student, self.ovz)
        there = self._new_class(self.second_school, 5, "Б")
        self.student._transfer(self.second_school, there, TODAY)
        self.assertEqual(self._ends(right), [("ground_lost", TODAY - ONE_DAY)])
        self.assertEqual(self._ends(other), [])

    def test_the_next_stage_of_schooling(self):
        fourth = self._new_class(self.school, 4, "В", school_year_start=2026)
        child = self._new_student(fourth, "Belov", "Boris")
        child.enrolment_ids.date_from = SEPTEMBER
        primary = self._add_category(
            "primary",
            meal_category_id=self.bused_category.id,
            meals=self.lunch,
            grade_to=4,
            validity="document",
            ends_with_stage=True,
        )
        rights = []
        for category in (primary, self.ovz):
            [application] = self._apply_for(child, category, SEPTEMBER)
            application.document_ids[-1].write({"valid_to": date(2028, 5, 1)})
            application.document_ids[-1].document_type_id.has_validity = True
            rights += self.entitlements._create_from_decisions(
                self._sign(application, SEPTEMBER)
            )
        self.assertEqual(rights[0].date_end, date(2028, 5, 1))
        self._at(f"{AUGUST} 09:00:00")
        self.env["school.year.rollover"].create(
            {"school_ids": [(6, 0, self.school.ids)], "year_start": 2027}
        ).action_rollover()
        self.assertEqual(child.class_id.grade, 5)
        self.assertEqual(self._ends(rights[0]), [("stage", AUGUST)])
        self.assertEqual(self._ends(rights[1]), [])

    # === FORM OF STUDY === #

    def test_money_ends_with_the_form_of_study(self):
        period = self._study("home", SEPTEMBER)
        right = self._grant(self.student, self.money)
        self.assertEqual(self._ends(right), [])
        period.date_to = date(2026, 12, 31)
        self.assertEqual(self._ends(right), [("form_changed", date(2026, 12, 31))])
        period.date_to = date(2027, 1, 31)  # prolonged
        self.assertEqual(self._ends(right), [("form_changed", date(2027, 1, 31))])
        self._study("remote", date(2027, 2, 1))  # the category is for both
        self.assertEqual(self._ends(right), [])
        self.assertEqual(right.date_end, AUGUST)

    def test_a_right_granted_within_a_period_ends_with_it(self):
        self._study("home", SEPTEMBER, date(2026, 12, 31))
        right = self._grant(self.student, self.money)
        self.assertEqual(self._ends(right), [("form_changed", date(2026, 12, 31))])

    def test_family_education_ends_everything(self):
        meals = self._grant(self.student, self.ovz)
        period = self._study("family", date(2026, 12, 1))
        self.assertEqual(self._ends(meals), [("family_education", date(2026, 11, 30))])
        period.unlink()
        self.assertEqual(self._ends(meals), [])

    def test_meals_pause_at_home(self):
        meals = self._grant(self.student, self.ovz)
        self._study("home", date(2026, 11, 16), date(2026, 11, 20))
        self.assertEqual(self._ends(meals), [])
        self.assertEqual(self._categories(self.student, date(2026, 11, 20)), set())
        self.assertTrue(self._categories(self.student, date(2026, 11, 21)))

    # === FROZEN === #

    def test_nobody_changes_an_entitlement(self):
        right = self._grant(self.student, self.ovz)
        [end] = right._end("ground_lost", date(2026, 12, 10))
        for name, value in (("date_to", AUGUST), ("date_end", AUGUST), ("why", "")):
            with self._refused(UserError, "never changed"):
                right[name] = value
        with self._refused(UserError, "never changed"):
            right.meal_type_ids = self.lunch
        with self._refused(UserError, "never changed"):
            right.unlink()
        for values in ({"last_day": AUGUST}, {"revoked_at": False}):
            with self._refused(UserError, "never changed"):
                end.with_context(benefit_end_write=True).write(values)
        with self._refused(UserError, "never changed"):
            end.unlink()
        self.assertEqual(right.date_end, date(2026, 12, 10))

    @mute_logger("odoo.sql_db")
    def test_not_even_sql(self):
        right = self._grant(self.student, self.ovz)
        right._end("ground_lost", date(2026, 12, 10))
        for statement in (
            "UPDATE benefit_entitlement SET date_to = '2030-08-31'",
            "UPDATE benefit_entitlement SET date_from = '2020-08-31'",
            "UPDATE benefit_entitlement SET category_id = NULL",
            "DELETE FROM benefit_entitlement_meal_type_rel",
            "UPDATE benefit_entitlement_end SET last_day = '2030-08-31'",
            "UPDATE benefit_entitlement_end SET ground = 'mistake'",
            "DELETE FROM benefit_entitlement_end",
            "TRUNCATE benefit_entitlement_end CASCADE",
            "TRUNCATE benefit_entitlement CASCADE",
        ):
            with self.subTest(statement), self._refused(Exception, "never changed"):
                self.env.cr.execute(statement)
        self.env.cr.execute("UPDATE benefit_entitlement SET school_id = school_id")

    def test_nobody_writes_over_rpc(self):
        self._make_roles()
        right = self._grant(self.student, self.ovz)
        [end] = right._end("ground_lost", date(2026, 12, 10))
        for role in ("teacher", "operator", "head", "department", "manager", "portal"):
            for record in (right, end):
                mine = self._as(role, record)
                for call in (
                    lambda mine=mine: mine.write({}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.create({}),
                ):
                    with (
                        self.subTest(role),
                        self._refused((AccessError, UserError), "."),
                    ):
                        call()
        with self._refused(AccessError, "head"):
            self._as("operator", end).action_open_revoke()
        self.assertTrue(self._as("head", end).action_open_revoke())
