from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import EGISSO_END_KINDS, END_GROUNDS
from ..domain.egisso import facts
from .common import TODAY
from .egisso_case import YEAR_END, EgissoCase
from .egisso_common import make_snils


@freeze_time("2026-11-17 09:00:00")
@tagged("post_install", "-at_install")
class TestEgissoFacts(EgissoCase):
    def test_a_granted_benefit_is_told_by_itself(self):
        row = self._facts_of(self._grant(self.anna))
        self.assertEqual((row.kind, row.state), ("fact", "ready"))
        self.assertEqual((row.date_start, row.date_finish), (TODAY, YEAR_END))
        self.assertEqual(row.measure_id, self.measure)
        self.assertAlmostEqual(row.amount, 7 * 85.30)  # November to May
        self.assertEqual(row.deadline, date(2026, 11, 18))

    def test_the_deadline_counts_working_days(self):
        self.measure.deadline_days = 3
        row = self._facts_of(self._grant(self.anna))
        self.assertEqual(row.deadline, date(2026, 11, 20))
        self.measure.deadline_days = 4  # a weekend lies between
        entitlement = self._grant(self._new_pupil("Петрова", "Ия", 212_233_445))
        self.assertEqual(self._facts_of(entitlement).deadline, date(2026, 11, 23))

    def test_school_days_are_planned_by_the_calendar(self):
        self.measure.write({"rate_basis": "day", "rate": 100})
        last = date(2026, 11, 30)
        row = self._facts_of(self._grant(self.anna, date_to=last))
        days = self.env["school.calendar"]._school_days(TODAY, last, self.school)
        self.assertEqual(row.amount, 100 * len(days))

    def test_what_is_wrong_is_in_the_list_and_leaves_it_when_corrected(self):
        pupil = self._new_pupil("Ivanova", "Анна", 312_233_445, middle_name="Ильинична")
        pupil.gender = False
        row = self._facts_of(self._grant(pupil))
        self.assertEqual(row.state, "to_check")
        self.assertEqual(self._codes(row), ["gender", "name_letters"])
        pupil.write({"last_name": "Иванова", "gender": "female"})
        self._as("operator", row).action_check()
        self.assertEqual(row.state, "ready")
        self.assertEqual(self._codes(row), [])

    def test_checking_twice_does_not_repeat_errors(self):
        pupil = self._new_pupil("Ivanova", "Анна", 312_233_445)
        row = self._facts_of(self._grant(pupil))
        first = row.error_ids
        row._check()
        self.assertEqual(row.error_ids, first)

    def test_a_category_without_a_measure_waits_for_one(self):
        row = self._facts_of(self._grant(self.anna, self.ovz))
        self.assertEqual(self._codes(row), ["no_measure"])
        self.assertFalse(self.packages._make(row))
        measure = self._new_measure(self.ovz)
        row.action_check()
        self.assertEqual((row.state, row.measure_id), ("ready", measure))
        self.assertAlmostEqual(row.amount, 7 * 85.30)

    def test_a_measure_without_an_amount_is_a_mistake(self):
        self.measure.rate = 0
        row = self._facts_of(self._grant(self.anna))
        self.assertEqual(self._codes(row), ["equivalent"])
        self.measure.rate = 85.30
        row.action_check()
        self.assertEqual(row.state, "ready")
        self.assertAlmostEqual(row.amount, 7 * 85.30)

    def test_a_measure_entered_as_not_reported_takes_rows_off_the_list(self):
        row = self._facts_of(self._grant(self.anna, self.ovz))
        self._new_measure(self.ovz, is_reported=False)
        row.action_check()
        self.assertEqual(row.state, "cancelled")
        self.assertEqual(self._codes(row), [])

    def test_a_measure_that_is_not_reported_makes_no_rows(self):
        self._new_measure(self.ovz, is_reported=False)
        self.assertFalse(self._facts_of(self._grant(self.anna, self.ovz)))

    def test_a_later_version_of_the_category_uses_the_measure_of_its_code(self):
        later = self.hot.copy({"regulation_id": self.regulation.copy().id})
        later.regulation_id.company_id = self.city
        found = self.env["egisso.measure"]._find_for(later | self.hot)
        self.assertEqual(found, {later: self.measure, self.hot: self.measure})

    def test_the_parent_receives_with_the_child_as_the_ground(self):
        self.measure.write({"receiver": "parent", "kinship_code": "0000001"})
        entitlement = self._grant(self.anna)
        row = self._facts_of(entitlement)
        self.assertEqual(self._codes(row), ["no_parent"])
        guardian = self.env["school.guardian"].create(
            {
                "student_id": self.anna.id,
                "name": "Иванова Мария Ильинична",
                "relation": "mother",
                "birth_date": date(1990, 1, 2),
            }
        )
        application = entitlement.decision_id.application_id
        application.write(
            {"applicant_id": guardian.id, "applicant_snils": make_snils(7**9)}
        )
        row.guardian_id = guardian
        row._check()
        self.assertEqual(row.state, "ready")
        fact = row._to_elements()[row]
        self.assertEqual(fact.receiver.last_name, "Иванова")
        self.assertEqual(fact.receiver.gender, "female")
        self.assertEqual(fact.reasons[0].person.snils, self.anna.snils)
        self.assertEqual(fact.reasons[0].kinship, "0000001")
        guardian.snils = make_snils(11**8)
        self.assertEqual(row._to_elements()[row].receiver.snils, make_snils(11**8))

    def test_the_number_of_a_parent_is_checked_and_its_reading_logged(self):
        guardian = self.anna.guardian_ids.create(
            {"student_id": self.anna.id, "name": "Иванова Мария"}
        )
        with self._refused(ValidationError, "eleven digits"):
            guardian.snils = "112"
        guardian.snils = make_snils(11**8)
        log = self.env["school.access.log"]
        before = log.search_count([("student_id", "=", self.anna.id)])
        self._as("operator", guardian).read(["snils"])
        after = log.search_count([("student_id", "=", self.anna.id)])
        self.assertEqual(after, before + 1)

    def test_the_birth_certificate_and_papers_come_from_the_application(self):
        self.measure.sends_documents = True
        entitlement = self._grant(self.anna)
        application = entitlement.decision_id.application_id
        for requirement, series, number in (
            (self.hot.requirement_ids[1], "ii-ив", "012345"),
            (self.hot.requirement_ids[0], "4510", "654321"),
        ):
            application.document_ids.filtered(
                lambda row, one=requirement: row.requirement_id == one
            ).write(
                {
                    "state": "provided",
                    "series": series,
                    "number": number,
                    "issued_on": date(2016, 3, 1),
                    "issuer": "Отдел ЗАГС",
                }
            )
        row = self._facts_of(entitlement)
        fact = row._to_elements()[row]
        self.assertEqual(fact.receiver.document.series, "II-ИВ")
        self.assertEqual([paper.number for paper in fact.documents], ["654321"])
        # papers that the register would refuse stay at home
        application.document_ids.write({"number": "№ 1, копия с исправлениями"})
        fact = row._to_elements()[row]
        self.assertFalse(fact.receiver.document or fact.documents)
        row._check()
        self.assertEqual(row.state, "ready")

    def test_a_school_with_a_code_of_its_own_tells_it(self):
        self.school.egisso_code = "0094.000024"
        row = self._facts_of(self._grant(self.anna))
        self.assertEqual(row._to_elements()[row].osz_code, "0094.000024")
        with self._refused(ValidationError, "no code of a participant"):
            self.school.egisso_code = "24"

    def test_codes_of_a_measure_are_checked(self):
        with self._refused(ValidationError, "36 characters"):
            self.measure.lmsz_id = "82db68d7"
        with self._refused(ValidationError, "no code of a participant"):
            self.measure.osz_code = "94.1"
        self.assertTrue(self.measure.lmsz_id)

    # === ENDS === #

    def _accepted(self, pupil=None):
        entitlement = self._grant(pupil or self.anna)
        row = self._facts_of(entitlement)
        row.sudo().write({"state": "packed"})
        row.sudo().write({"state": "accepted"})
        return entitlement, row

    def test_each_ground_of_an_end_has_its_kind(self):
        self.assertEqual(set(EGISSO_END_KINDS), {code for code, _name in END_GROUNDS})
        self.assertLessEqual(set(EGISSO_END_KINDS.values()), set(facts.TERMINATIONS))

    def test_an_end_is_told(self):
        entitlement, row = self._accepted()
        self._end(entitlement, date(2026, 12, 31), "withdrawn")
        event = self._facts_of(entitlement) - row
        self.assertEqual((event.kind, event.state), ("end_refusal", "ready"))
        self.assertEqual(event.fact_id, row)
        self.assertEqual(event.date_finish, date(2026, 12, 31))
        self.assertAlmostEqual(event.amount, 2 * 85.30)
        self.assertEqual(event._to_elements()[event].fact_uuid, row.uuid)

    def test_an_end_after_the_last_day_is_no_news(self):
        entitlement, row = self._accepted()
        self._end(entitlement, YEAR_END)
        self.assertEqual(self._facts_of(entitlement), row)

    def test_what_never_was_in_force_is_removed(self):
        entitlement, row = self._accepted()
        self._end(entitlement, date(2026, 11, 16), "mistake")
        event = self._facts_of(entitlement) - row
        self.assertEqual((event.kind, event.state), ("error", "ready"))

    def test_what_was_never_told_nor_in_force_is_not_told_at_all(self):
        entitlement = self._grant(self.anna)
        self._end(entitlement, date(2026, 11, 16), "mistake")
        self.assertEqual(self._facts_of(entitlement).mapped("state"), ["cancelled"])

    def test_an_earlier_end_replaces_one_that_was_not_told(self):
        entitlement, row = self._accepted()
        self._end(entitlement, date(2027, 3, 1), "ground_lost")
        self._end(entitlement, date(2026, 12, 31), "left")
        events = self._facts_of(entitlement) - row
        self.assertEqual(events.mapped("state"), ["cancelled", "ready"])

    def test_an_earlier_end_corrects_one_that_was_told(self):
        entitlement, row = self._accepted()
        self._end(entitlement, date(2027, 3, 1), "ground_lost")
        (self._facts_of(entitlement) - row).sudo().write({"state": "accepted"})
        self._end(entitlement, date(2026, 12, 31), "left")
        event = self._facts_of(entitlement)[-1]
        self.assertEqual((event.kind, event.state), ("previous_errors", "ready"))
        self.assertEqual(event.date_finish, date(2026, 12, 31))

    def test_a_revoked_end_is_taken_back_or_corrected(self):
        entitlement, row = self._accepted()
        end = self._end(entitlement, date(2026, 12, 31))
        end._revoke("Not so")
        self.assertEqual((self._facts_of(entitlement) - row).state, "cancelled")
        end = self._end(entitlement, date(2026, 12, 30))
        event = self._facts_of(entitlement)[-1]
        event.sudo().write({"state": "accepted"})
        end._revoke("Not so")
        correction = self._facts_of(entitlement)[-1]
        self.assertEqual(correction.kind, "previous_errors")
        fact = correction._to_elements()[correction].fact
        self.assertEqual(fact.date_finish, YEAR_END)

    def test_an_end_after_one_that_was_taken_back_is_told(self):
        entitlement, row = self._accepted()
        end = self._end(entitlement, date(2026, 12, 10))
        self._facts_of(entitlement)[-1].sudo().write({"state": "accepted"})
        end._revoke("Not so")
        self._facts_of(entitlement)[-1].sudo().write({"state": "accepted"})
        self._end(entitlement, date(2027, 2, 15))
        event = row._get_last_told()
        self.assertEqual(event.date_finish, date(2027, 2, 15))
        self.assertEqual(len(row.event_ids), 3)

    # === CHANGES BY HAND === #

    def test_an_end_told_by_hand_is_told_once(self):
        entitlement, row = self._accepted()
        values = {
            "fact_id": row.id,
            "kind": "end_of_right",
            "date_finish": date(2026, 12, 10),
        }
        changes = self.env["egisso.fact.change"]
        changes.create(values).action_tell()
        with self._refused(UserError, "told already"):
            changes.create(values).action_tell()
        self._end(entitlement, date(2026, 12, 10))
        self.assertEqual(len(row.event_ids), 1)

    def test_a_change_of_an_accepted_assignment_is_told(self):
        _entitlement, row = self._accepted()
        change = self._as("accountant", self.env["egisso.fact.change"]).create(
            {"fact_id": row.id, "kind": "recalculation", "amount": 120.5}
        )
        change.action_tell()
        event = row.event_ids
        self.assertEqual((event.kind, event.state), ("recalculation", "ready"))
        self.assertEqual(event.amount, 120.5)

    def test_a_correction_starts_with_what_was_told(self):
        _entitlement, row = self._accepted()
        change = self.env["egisso.fact.change"].create(
            {"fact_id": row.id, "kind": "previous_errors"}
        )
        change.action_tell()
        event = row.event_ids
        element = event._to_elements()[event]
        self.assertEqual(element.fact, row._to_elements()[row])

    def test_only_what_is_accepted_is_changed(self):
        row = self._facts_of(self._grant(self.anna))
        change = self.env["egisso.fact.change"].create({"fact_id": row.id})
        with self._refused(UserError, "Only what the register has accepted"):
            change.action_tell()
        self.assertFalse(row.event_ids)

    def test_a_last_day_before_the_first_is_refused(self):
        _entitlement, row = self._accepted()
        change = self.env["egisso.fact.change"].create(
            {
                "fact_id": row.id,
                "kind": "end_of_right",
                "date_finish": date(2026, 11, 1),
            }
        )
        with self._refused(UserError, "before the first"):
            change.action_tell()
        self.assertFalse(row.event_ids)

    # === WHAT NEVER CHANGES === #

    def test_told_rows_are_frozen_in_python_and_in_the_database(self):
        _entitlement, row = self._accepted()
        with self._refused(UserError, "not changed by hand"):
            row.sudo().amount = 1
        with self._refused(UserError, "not changed by hand"):
            row.sudo().unlink()
        for statement in (
            "UPDATE egisso_fact SET amount = 1 WHERE id = %s",
            "UPDATE egisso_fact SET date_finish = NULL WHERE id = %s",
            "UPDATE egisso_fact SET uuid = 'x' WHERE id = %s",
            "DELETE FROM egisso_fact WHERE id = %s",
        ):
            with (
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [row.id])
        self.assertTrue(row.exists())

    def test_people_cannot_move_the_state(self):
        row = self._facts_of(self._grant(self.anna))
        for role in ("department", "accountant"):
            with self._refused(AccessError, "not changed by hand"):
                self._as(role, row).state = "accepted"
        with self._refused(AccessError, ""):
            self._as("operator", row).amount = 1
        with self._refused(UserError, "Only the ground of an end"):
            self._as("accountant", row).kind = "error"
        self.assertEqual((row.state, row.kind), ("ready", "fact"))

    def test_the_school_sees_its_own_rows_only(self):
        rows = self._facts_of(self._grant(self.anna))
        mine = self._as("operator", self.env["egisso.fact"])
        self.assertIn(rows, mine.search([]))
        self.roles["operator"].school_ids = self.second_school
        self.assertNotIn(rows, mine.search([]))
        with self._refused(AccessError, ""):
            self._as("teacher", self.env["egisso.fact"]).search([])

    def test_what_need_not_be_told_leaves_the_list(self):
        row = self._facts_of(self._grant(self.anna))
        with self._refused(AccessError, ""):
            self._as("operator", row).action_cancel()
        self._as("accountant", row).action_cancel()
        self.assertEqual(row.state, "cancelled")
        _entitlement, told = self._accepted(self._new_pupil("Ким", "Ия", 512_233_445))
        with self._refused(UserError, "cannot be taken back here"):
            told.action_cancel()
        self.assertEqual(told.state, "accepted")
