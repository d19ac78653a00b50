from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .application_common import ApplicationCase
from .common import TODAY


@tagged("post_install", "-at_install")
class TestBenefitDecision(ApplicationCase):
    """Items 7 and 10: refusals, their letters, decisions that supersede others."""

    def _refusal(self, application, role="head", **vals):
        return self._as(role, self.env["benefit.refusal"]).create(
            {"application_id": application.id, **vals}
        )

    def test_a_refusal_names_the_documents_and_makes_the_letter(self):
        self.mother.write({"street": "Mira, 5", "city": "Plast", "zip": "457020"})
        application = self._registered(skipped=[self.pmpk])
        wizard = self._refusal(application, explanation="Bring it and apply again")
        self.assertFalse(wizard.problem)
        self.assertEqual(wizard.missing, "t_pmpk")
        wizard.action_refuse()
        decision = application.decision_ids
        self.assertEqual(application.state, "refused")
        self.assertEqual(
            (decision.result, decision.refusal_ground, decision.user_id),
            ("refused", "documents", self.head),
        )
        self.assertEqual(decision.explanation, "t_pmpk\nBring it and apply again")
        notice = decision.notice_ids
        self.assertEqual((notice.date, notice.due_on), (TODAY, date(2026, 11, 19)))
        self.assertEqual(notice.address, "457020, Plast, Mira, 5")
        self.assertEqual(
            (notice.number, notice.applicant_name), ("1-У", "Ivanova Maria")
        )

    def test_a_birth_certificate_that_the_school_has_is_no_ground(self):
        application = self._registered(skipped=[self.birth])
        self._row(application, self.birth).is_at_school = True
        wizard = self._refusal(application)
        self.assertIn("Only the birth certificate is missing", wizard.problem)
        with self._refused(UserError, "Only the birth certificate"):
            wizard.action_refuse()
        self.assertEqual(application.state, "registered")
        self.assertFalse(application.decision_ids)
        letters = [("school_id", "=", self.school.id)]
        self.assertFalse(self.env["benefit.notice"].search(letters))

    def test_a_birth_certificate_of_an_earlier_file_is_no_ground(self):
        """Even if it came to the school after this application."""
        application = self._registered(skipped=[self.birth])
        self._registered(self.poor)
        with self._refused(UserError, "Only the birth certificate"):
            self._refusal(application).action_refuse()

    def test_a_birth_certificate_that_nobody_has_is_a_ground(self):
        application = self._registered(skipped=[self.birth])
        self._refusal(application).action_refuse()
        self.assertEqual(application.state, "refused")

    def test_what_the_school_has_to_ask_for_is_no_ground(self):
        application = self._registered(self.poor, skipped=[self.income])
        with self._refused(UserError, "has to ask for what is missing"):
            self._refusal(application).action_refuse()
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        with self._refused(UserError, "wait for its answer"):
            self._refusal(application).action_refuse()
        request.answer = "No. 5"
        request.action_deny()
        self._refusal(application).action_refuse()
        self.assertEqual(application.decision_ids.explanation, "t_income")

    def test_nothing_missing_is_no_ground(self):
        application = self._registered()
        with self._refused(UserError, "has to be granted"):
            self._refusal(application).action_refuse()
        with self._refused(UserError, "may act for the child"):
            self._refusal(application, ground="authority").action_refuse()

    def test_a_person_without_authority_is_a_ground(self):
        application = self._registered(authority="none")
        with self._refused(UserError, "may act for the child"):
            self._order(application)
        self._refusal(application, ground="authority").action_refuse()
        self.assertEqual(application.decision_ids.refusal_ground, "authority")

    def test_the_clerk_proposes_and_the_head_refuses(self):
        application = self._registered(skipped=[self.pmpk])
        wizard = self._refusal(application, "operator")
        with self._refused(AccessError, "Only the head"):
            wizard.action_refuse()
        wizard.action_propose()
        self.assertEqual(application.proposal_ground, "documents")
        self.assertEqual(application.state, "registered")

    def test_a_refused_application_leaves_its_order(self):
        application = self._registered()
        order = self._order(application)
        self._row(application, self.pmpk).state = "missing"
        self._refusal(application).action_refuse()
        self.assertFalse(order.application_ids)

    @mute_logger("odoo.sql_db")
    def test_nobody_edits_a_decision(self):
        decision = self._granted().decision_ids
        for user in (self.clerk, self.head, self.roles["manager"]):
            with self._refused((AccessError, UserError), ""):
                decision.with_user(user).write({"result": "refused"})
            with self._refused((AccessError, UserError), ""):
                decision.with_user(user).unlink()
            with self._refused(AccessError, ""):
                decision.with_user(user).create({"result": "granted"})
        with self._refused(UserError, "supersede it"):
            decision.sudo().write({"date": date(2026, 1, 1)})
        with self._refused(psycopg2.Error, "supersede it"):
            self.env.cr.execute(
                "UPDATE benefit_decision SET date = '2026-01-01' WHERE id = %s",
                [decision.id],
            )
        self.assertEqual(decision.date, TODAY)

    def _supersede(self, decision, **vals):
        wizard = self._head(self.env["benefit.supersession"]).create(
            {"decision_id": decision.id, "explanation": "Found out", **vals}
        )
        wizard.action_decide()
        return decision.superseded_by_ids

    def test_a_grant_after_a_refusal(self):
        application = self._refused_one(submitted_on=date(2026, 11, 16))
        refused = application.decision_ids
        with self._refused(UserError, "t_pmpk"):
            self._supersede(refused)
        self._row(application, self.pmpk).state = "provided"
        granted = self._supersede(refused, effective_on=date(2026, 11, 16))
        self.assertEqual((granted.result, application.state), ("granted", "granted"))
        self.assertEqual(granted.order_id.signed_by_id, self.head)
        self.assertEqual(granted.entitlement_ids.date_from, date(2026, 11, 16))
        self.assertEqual(refused.result, "refused")
        self.assertTrue(refused.is_superseded)
        with self._refused(UserError, "superseded already"):
            self._supersede(refused)

    def test_a_refusal_after_a_grant_ends_the_benefit(self):
        granted = self._granted().decision_ids
        entitlement = granted.entitlement_ids
        self.assertFalse(entitlement.is_void)
        with self._refused(UserError, "one of the two grounds"):
            self._supersede(granted)
        with self._refused(UserError, "may act for the child"):
            self._supersede(granted, refusal_ground="authority")
        refused = self._supersede(
            granted, refusal_ground="authority", is_unauthorised=True
        )
        self.assertEqual(refused.application_id.state, "refused")
        self.assertTrue(entitlement.is_void)
        self.assertEqual(len(refused.notice_ids), 1)
        standing = self.env["benefit.decision"].search(
            [("is_superseded", "=", False), ("id", "in", (granted + refused).ids)]
        )
        self.assertEqual(standing, refused)

    def test_only_a_head_supersedes(self):
        decision = self._granted().decision_ids
        for role in ("operator", "department", "manager"):
            with self._refused(AccessError, ""):
                self._as(role, self.env["benefit.supersession"]).create(
                    {"decision_id": decision.id, "explanation": "x"}
                )
        other = self._new_user("other_head", "group_head", self.second_school)
        with self._refused(AccessError, ""):
            self.env["benefit.supersession"].with_user(other).create(
                {
                    "decision_id": decision.id,
                    "explanation": "x",
                    "result": "refused",
                    "refusal_ground": "authority",
                }
            ).action_decide()
        self.assertFalse(decision.superseded_by_ids)

    def test_a_letter_is_sent_by_its_button(self):
        notice = self._clerk(self._refused_one().decision_ids.notice_ids)
        with self._refused(UserError, "postal address"):
            notice.action_dispatch()
        notice.address = "Plast, Mira, 5"
        for vals in ({"sent_on": TODAY}, {"due_on": TODAY}, {"decision_id": 1}):
            with self._refused(AccessError, "sent by its button"):
                notice.write(vals)
        notice.action_dispatch()
        self.assertEqual((notice.sent_on, notice.user_id), (TODAY, self.clerk))
        self.assertFalse(notice.is_late)
        notice.tracking_number = "45702012345678"
        with self._refused(UserError, "only its postal number"):
            notice.address = "Elsewhere"
        with self._refused(UserError, "sent already"):
            notice.action_dispatch()


@tagged("post_install", "-at_install")
class TestBenefitRequest(ApplicationCase):
    """Items 31 and 41: what the school asks for itself."""

    def _sent(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        application.request_ids.action_send()
        return application, application.request_ids

    def test_the_checklist_follows_the_request(self):
        application, request = self._sent()
        row = self._row(application, self.income)
        self.assertEqual((request.number, request.body), ("1-З", "Social protection"))
        self.assertEqual(request.due_on, date(2026, 11, 24))
        self.assertEqual(row.state, "requested")
        self.assertEqual(application.decide_by, date(2026, 11, 25))
        with self._refused(UserError, "number and date of the answer"):
            request.action_confirm()
        request.write({"answer": "No. 12 of 17.11.2026", "valid_to": "2027-05-01"})
        request.action_confirm()
        self.assertEqual((row.state, row.number), ("provided", "No. 12 of 17.11.2026"))
        self.assertEqual(str(row.valid_to), "2027-05-01")
        self.assertTrue(application.is_settled)
        self.assertEqual(application.decide_by, date(2026, 11, 18))
        with self._refused(UserError, "is answered"):
            request.answer = "Other"

    def test_a_negative_answer(self):
        application, request = self._sent()
        request.answer = "No. 13"
        request.action_deny()
        self.assertEqual(self._row(application, self.income).state, "negative")
        self.assertIn("not confirmed", application.checklist_problem)

    def test_a_cancelled_request_leaves_the_document_missing(self):
        application, request = self._sent()
        request.action_cancel()
        self.assertEqual(self._row(application, self.income).state, "missing")
        self.assertFalse(application.has_to_ask)

    def test_there_is_nothing_to_ask_twice(self):
        application, __ = self._sent()
        with self._refused(UserError, "nothing that the school"):
            application.action_make_requests()

    def test_steps_of_a_request_cannot_be_written(self):
        __, request = self._sent()
        for vals in ({"state": "confirmed"}, {"sent_on": TODAY}, {"number": "9"}):
            with self._refused(AccessError, "given by its buttons"):
                request.write(vals)
        with self._refused(UserError, "stays with its document"):
            request.write({"document_id": False})
        other = self._registered()
        with self._refused(UserError, "of another application"):
            request.create(
                {
                    "application_id": other.id,
                    "document_id": request.document_id.id,
                    "body": "x",
                }
            )

    def test_an_answer_is_dated_between_the_request_and_today(self):
        __, request = self._sent()
        request.write({"answer": "1", "answered_on": "2026-11-16"})
        with self._refused(UserError, "Check its date"):
            request.action_confirm()
        self.assertEqual(request.state, "sent")
