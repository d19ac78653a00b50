from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .application_common import CHILD_SNILS, PARENT_SNILS, ApplicationCase
from .common import TODAY


@tagged("post_install", "-at_install")
class TestApplication(ApplicationCase):
    """Items 5, 11, 20: the application, its facts and its place in the journal."""

    def test_the_facts_of_the_child_are_filled_in(self):
        self.school.is_special = True
        self.student.write({"is_bused": True, "hours_at_school": 7})
        self.env["benefit.study.period"].create(
            {
                "student_id": self.student.id,
                "form": "home",
                "date_from": date(2026, 11, 1),
                "basis": "Order 5",
            }
        )
        application = self._draft(self.money)
        self.assertEqual(
            (application.grade, application.class_name, application.study_form),
            (5, "5А", "home"),
        )
        self.assertEqual(
            (application.school_kind, application.hours_at_school),
            ("special", 7),
        )
        self.assertTrue(application.is_bused)
        self.assertEqual(application.school_year_start, 2026)
        self.assertEqual(application.applicant_name, "Ivanova Maria")
        self.assertEqual(application.authority, "parent")

    def test_in_summer_the_grade_is_that_of_the_coming_year(self):
        self.student.class_id.school_year_start = 2025
        application = self.env["benefit.application"].new(
            {"student_id": self.student.id, "submitted_on": date(2026, 8, 20)}
        )
        self.assertEqual((application.school_year_start, application.grade), (2026, 6))
        application.submitted_on = date(2026, 5, 20)
        self.assertEqual((application.school_year_start, application.grade), (2025, 5))

    def test_a_category_that_does_not_fit_is_refused_with_the_reason(self):
        with self._refused(ValidationError, "grade 5, while .* grades 1 to 4"):
            self._draft(self.hot)
        with self._refused(ValidationError, "form of study on the day"):
            self._draft(self.money)
        self.assertFalse(self.student.benefit_application_ids)
        self.assertTrue(self._draft(self.hot, self.sibling))

    def test_a_regulation_not_in_force_on_the_day_gives_no_category(self):
        with self._refused(ValidationError, "not in force"):
            self._draft(submitted_on=date(2026, 8, 31))
        with Form(self._clerk(self.env["benefit.application"])) as form:
            form.student_id = self._clerk(self.student)
            self.assertEqual(form.allowed_category_ids.ids, (self.ovz + self.poor).ids)
            form.category_id = self._clerk(self.ovz)
            self.assertEqual(len(form.document_ids), 3)
            form.applicant_name = "Ivanova Maria"

    def test_the_checklist_follows_the_category(self):
        application = self._draft()
        self.assertEqual(
            application.document_ids.requirement_id, self.ovz.requirement_ids
        )
        application.category_id = self.poor
        self.assertEqual(
            application.document_ids.requirement_id, self.poor.requirement_ids
        )
        with self._refused(ValidationError, "does not ask for this"):
            self.env["benefit.application.document"].create(
                {
                    "application_id": application.id,
                    "requirement_id": self.ovz.requirement_ids[-1].id,
                }
            )

    def test_a_snils_is_checked(self):
        with self._refused(ValidationError, "check digits"):
            self._draft(applicant_snils="112-233-445 96")
        with self._refused(ValidationError, "of the child"):
            self._draft(applicant_snils=CHILD_SNILS)
        application = self._draft(applicant_snils="087-654-303 00")
        self.assertEqual(application.applicant_snils, PARENT_SNILS)

    def test_registration_needs_both_numbers_and_an_applicant(self):
        application = self._draft(applicant_snils=False)
        with self._refused(ValidationError, "SNILS of the child and of the applicant"):
            application.action_register()
        application.applicant_snils = PARENT_SNILS
        self.student.snils = False
        with self._refused(ValidationError, "SNILS of the child and of the applicant"):
            application.action_register()
        self.student.snils = CHILD_SNILS
        application.write({"applicant_id": False, "applicant_name": " "})
        with self._refused(ValidationError, "who applies"):
            application.action_register()
        self.assertFalse(application.number)

    def test_the_applicant_is_a_relative_of_this_child(self):
        other = self.env["school.guardian"].create(
            {"student_id": self.classmate.id, "name": "Petrov Pavel"}
        )
        with self._refused(ValidationError, "another child"):
            self._draft(applicant_id=other.id)

    def test_a_relative_without_rights_has_no_authority(self):
        self.guardian.is_legal = False
        application = self._draft()
        self.assertEqual(application.authority, "none")
        self.assertFalse(application._is_authorised())
        application.authority = "representative"
        self.assertFalse(application._is_authorised())
        application.authority_basis = "Power of attorney 5"
        self.assertTrue(application._is_authorised())

    def test_registration_numbers_without_gaps(self):
        first = self._registered()
        self.assertEqual((first.number, first.state), (1, "registered"))
        self.assertEqual(first.registered_by_id, self.clerk)
        self.assertEqual(first.registered_at, datetime(2026, 11, 17, 9))
        self.sibling.snils = "87759460892"
        second = self._draft(self.hot, self.sibling)
        third = self._draft(self.ovz, self.sibling, submitted_on=date(2026, 11, 16))
        (second + third).action_register()
        self.assertEqual((third.number, second.number), (2, 3))
        counter = self.env["benefit.journal"].search(
            [("school_id", "=", self.school.id), ("kind", "=", "application")]
        )
        self.assertEqual(counter.last_number, 3)

    def test_a_failed_registration_uses_no_number(self):
        bad = self._draft(self.poor, applicant_snils=False)
        good = self._draft()
        with self._refused(ValidationError, "SNILS"):
            (good + bad).action_register()
        good.action_register()
        self.assertEqual(good.number, 1)

    def test_late_registration_is_recorded(self):
        application = self._draft(submitted_on=date(2026, 11, 13))
        self.assertEqual(application.register_by, date(2026, 11, 16))
        application.action_register()
        self.assertTrue(application.is_registered_late)
        self.assertFalse(self._registered(self.poor).is_registered_late)

    def test_deadlines_are_working_days(self):
        """30 December 2026 is a Wednesday, 31 December to 10 January are off."""
        with freeze_time("2026-12-30 09:00:00"):
            application = self._draft(submitted_on=date(2026, 12, 30))
        self.assertEqual(application.register_by, date(2027, 1, 11))
        self.assertEqual(application.decide_by, date(2027, 1, 11))
        self.assertEqual(application.order_by, date(2027, 1, 12))

    def test_a_document_that_comes_later_moves_the_term_of_the_decision(self):
        application = self._registered(skipped=[self.pmpk])
        self.assertEqual(application.decide_by, date(2026, 11, 18))
        with freeze_time("2026-11-20 09:00:00"):
            self._row(application, self.pmpk).state = "provided"
        self.assertEqual(application.decide_by, date(2026, 11, 23))
        self.assertEqual(application.register_by, date(2026, 11, 18))

    def test_a_child_has_one_open_application_for_a_category(self):
        self._registered()
        again = self._draft()
        with self._refused(UserError, "already has an open application"):
            again.action_register()
        with self._refused(UserError, "already has an open application"):
            (self._draft(self.poor) + self._draft(self.poor)).action_register()

    def test_a_draft_may_be_deleted_a_registered_one_never(self):
        draft = self._draft().with_user(self.env.user)
        draft.unlink()
        application = self._registered()
        with self._refused(UserError, "stays in the journal"):
            application.sudo().unlink()
        with self._refused(UserError, "stays on record"):
            application.document_ids.unlink()
        self.assertTrue(application.exists())

    def test_what_is_registered_stays_as_it_is(self):
        application = self._registered()
        for vals in (
            {"applicant_name": "Other"},
            {"submitted_on": date(2026, 11, 1)},
            {"category_id": self.poor.id},
            {"authority": "guardian"},
        ):
            with self._refused(UserError, "stays as it is"):
                application.write(vals)
        application.note = "Called the mother"
        self.assertEqual(application.applicant_name, "Ivanova Maria")

    def test_withdrawal_needs_a_note_and_keeps_the_number(self):
        application = self._registered()
        with self._refused(UserError, "Say why"):
            application._withdraw(" ")
        wizard = self._clerk(self.env["benefit.withdrawal"]).create(
            {"application_id": application.id, "note": "The family moves"}
        )
        wizard.action_withdraw()
        self.assertEqual((application.state, application.number), ("withdrawn", 1))
        self.assertIn("The family moves", application.message_ids[0].body)
        with self._refused(UserError, "changes no more"):
            application.note = "x"

    def test_steps_cannot_be_written(self):
        application = self._registered(skipped=[self.pmpk])
        order = self._clerk(self.env["benefit.order"]).create(
            {"school_id": self.school.id}
        )
        for vals in (
            {"state": "granted"},
            {"number": 77},
            {"registered_at": datetime(2026, 1, 1)},
            {"order_id": order.id},
            {"is_registered_late": True},
        ):
            with self._refused(AccessError, "steps of the procedure"):
                application.write(vals)
            with self._refused(AccessError, "steps of the procedure"):
                self._draft(self.poor, **vals)
        with self._refused(AccessError, "steps of the procedure"):
            order.application_ids = [Command.link(application.id)]
        tricky = self._clerk(self.env["benefit.application"]).with_context(
            default_state="granted", default_number=9, default_origin="import"
        )
        made = tricky.create(
            {"student_id": self.student.id, "category_id": self.poor.id}
        )
        self.assertEqual((made.state, made.number, made.origin), ("draft", 0, "office"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_child_of_another_school_is_out_of_reach(self):
        """Facts are the child's, so that an own school in the values does not help."""
        child = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Orlov", "Oleg"
        )
        with self._refused(AccessError, ""):
            self._clerk(self.env["benefit.application"]).create(
                {
                    "student_id": child.id,
                    "school_id": self.school.id,
                    "category_id": self.ovz.id,
                    "applicant_name": "Orlova",
                }
            )

    def test_typed_facts_are_ignored(self):
        application = self._draft(grade=3, hours_at_school=9, decide_by=TODAY)
        self.assertEqual((application.grade, application.hours_at_school), (5, 0))
        application.grade = 1
        self.assertEqual(application.grade, 5)

    def test_messages_name_neither_category_nor_health_document(self):
        application = self._registered(skipped=[self.pmpk])
        with self._redrafted():
            self.ovz.name = "SECRET GROUND"
        self.pmpk.name = "SECRET PAPER"
        self._row(application, self.pmpk).state = "provided"
        self._order(application)
        text = " ".join(application.sudo().message_ids.mapped("body"))
        values = application.sudo().message_ids.tracking_value_ids
        text += " ".join(filter(None, values.mapped("new_value_char")))
        self.assertIn("Document of item", text)
        self.assertNotIn("SECRET", text)
