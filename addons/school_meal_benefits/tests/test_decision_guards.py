from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .application_common import ApplicationCase
from .common import TODAY


@tagged("post_install", "-at_install")
class TestPaperGuards(ApplicationCase):
    """No decision without its documents, and none with those of another child."""

    def test_a_document_of_the_category_stays_on_the_list(self):
        application = self._draft()
        row = self._row(application, self.pmpk)
        for call in (
            row.unlink,
            lambda: application.write({"document_ids": [Command.delete(row.id)]}),
            lambda: application.write({"document_ids": [Command.clear()]}),
        ):
            with self._refused(UserError, "stays on the checklist"):
                call()
        self.assertTrue(row.exists())

    def test_a_list_that_lost_a_row_is_made_whole_at_registration(self):
        application = self._draft()
        self._provide(application)
        self._row(application, self.pmpk).sudo().unlink()
        self.assertIn("t_pmpk", application.checklist_problem)
        application.action_register()
        self.assertEqual(self._row(application, self.pmpk).state, "missing")

    def test_nothing_is_granted_by_a_list_that_is_not_whole(self):
        application = self._registered()
        order = self._order(application)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM benefit_application_document WHERE id = %s",
            [self._row(application, self.pmpk).id],
        )
        self.env.invalidate_all()
        with self._refused(UserError, "does not list every document"):
            self._head(order).action_sign()
        self.assertFalse(application.decision_ids)

    def test_the_form_changes_the_category(self):
        application = self._draft()
        with Form(application) as form:
            form.category_id = self.poor
        self.assertEqual(
            application.document_ids.requirement_id, self.poor.requirement_ids
        )

    def test_papers_of_one_child_are_not_those_of_another(self):
        application = self._provide(self._draft())
        rows = application.document_ids
        self._row(application, self.pmpk).attachment_ids = [
            Command.create({"name": "scan.pdf", "raw": b"%PDF-1.4"})
        ]
        scan = self._row(application, self.pmpk).attachment_ids
        application.write({"student_id": self.classmate.id, "applicant_id": False})
        self.assertFalse(rows.exists())
        self.assertFalse(scan.exists())
        self.assertEqual(
            application.document_ids.requirement_id, self.ovz.requirement_ids
        )
        self.assertEqual(set(application.document_ids.mapped("state")), {"missing"})
        self.assertFalse(any(application.document_ids.mapped("number")))

    def test_a_request_that_was_sent_stays_with_its_child(self):
        application = self._draft(self.poor)
        application.action_make_requests()
        application.request_ids.action_send()
        with self._refused(UserError, "about this child has been sent"):
            application.write({"student_id": self.classmate.id, "applicant_id": False})
        self.assertEqual(application.request_ids.state, "sent")


@tagged("post_install", "-at_install")
class TestStepGuards(ApplicationCase):
    """What only buttons write is written by nobody, not even as nothing."""

    def test_a_check_is_not_taken_back_by_writing_nothing(self):
        self.school.benefit_check_required = True
        order = self._order(self._registered())
        for user in (self.clerk, self.head):
            for name in ("prepared_by_id", "checked_by_id", "state", "number"):
                with self._refused(AccessError, "given by its buttons"):
                    order.with_user(user).write({name: False})
        self._head(order).action_check()
        with self._refused(AccessError, "given by its buttons"):
            self._head(order).write({"checked_by_id": False})
        with self._refused(UserError, "You checked this order"):
            self._head(order).action_sign()
        self.assertEqual(
            (order.prepared_by_id, order.checked_by_id), (self.clerk, self.head)
        )

    def test_who_prepared_an_order_is_not_who_checked_it(self):
        self.school.benefit_check_required = True
        order = self._order(self._registered())
        for checker, sentence in (
            (self.clerk, "prepared the order also checked it"),
            (self.clerk.browse(), "second person has to check"),
        ):
            order.sudo().write({"state": "checked", "checked_by_id": checker.id})
            with self._refused(UserError, sentence):
                self._head(order).action_sign()
        self.assertFalse(order.decision_ids)

    def test_steps_of_an_application_and_a_request_are_not_written_back(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        for vals in ({"state": "draft"}, {"sent_on": False}, {"due_on": False}):
            with self._refused(AccessError, "given by its buttons"):
                request.write(vals)
        for vals in ({"state": "draft"}, {"number": 0}, {"order_id": False}):
            with self._refused(AccessError, "steps of the procedure"):
                application.write(vals)
        self.assertEqual((request.state, application.state), ("sent", "registered"))


@tagged("post_install", "-at_install")
class TestSupersessionGuards(ApplicationCase):
    """A decision anew is bound by the same rules as the first one."""

    def _supersede(self, application, **vals):
        decision = application.decision_ids.filtered(lambda one: not one.is_superseded)
        self._head(self.env["benefit.supersession"]).create(
            {"decision_id": decision.id, "explanation": "Found out", **vals}
        ).action_decide()
        return decision.superseded_by_ids

    def test_a_refusal_needs_a_ground_of_item_7(self):
        application = self._granted()
        for ground, sentence in (
            ("documents", "All documents are there"),
            ("authority", "may act for the child"),
        ):
            with self._refused(UserError, sentence):
                self._supersede(application, result="refused", refusal_ground=ground)
        self.assertEqual(len(application.decision_ids), 1)

    def test_a_document_that_turned_out_wrong_is_a_ground(self):
        application = self._granted()
        row = self._row(application, self.pmpk)
        strange = self._row(self._draft(self.poor), self.identity)
        vals = {"result": "refused", "refusal_ground": "documents"}
        with self._refused(UserError, "of another application"):
            self._supersede(application, void_document_ids=strange.ids, **vals)
        refused = self._supersede(application, void_document_ids=row.ids, **vals)
        self.assertEqual((row.state, application.state), ("missing", "refused"))
        granted = refused.supersedes_id
        self.assertEqual({one["state"] for one in granted.checklist}, {"provided"})
        self.assertIn("missing", [one["state"] for one in refused.checklist])
        self.assertTrue(granted.entitlement_ids.is_void)

    def test_what_was_missing_may_come_after_the_refusal(self):
        application = self._refused_one()
        due = application.decide_by
        messages = application.message_ids
        row = self._row(application, self.pmpk)
        application.write(
            {
                "document_ids": [
                    Command.update(row.id, {"state": "provided", "received_on": TODAY})
                ]
            }
        )
        self.assertEqual(len(application.message_ids - messages), 1)
        self.assertEqual(application.decide_by, due)
        with self._refused(UserError, "changes no more"):
            application.write({"note": "Another note"})
        granted = self._supersede(application, result="granted")
        self.assertEqual(granted.entitlement_ids.student_id, self.student)
        with self._refused(UserError, "changes no more"):
            row.number = "99"

    def test_a_grant_anew_takes_four_eyes_too(self):
        self.school.benefit_check_required = True
        application = self._refused_one()
        self._row(application, self.pmpk).state = "provided"
        refused = application.decision_ids
        self._supersede(application, result="granted", effective_on=TODAY)
        orders = self._clerk(self.env["benefit.order"])
        order = orders.search([("supersedes_id", "=", refused.id)])
        self.assertEqual((order.state, application.state), ("draft", "refused"))
        self.assertFalse(refused.superseded_by_ids)
        with self._refused(UserError, "waits to be checked already"):
            self._supersede(application, result="granted")
        with self._refused(AccessError, "given by its buttons"):
            self._clerk(order).effective_on = date(2026, 9, 1)
        with self._refused(UserError, "You prepared this order"):
            self._head(order).action_check()
        self._clerk(order).action_check()
        with self._refused(UserError, "You prepared this order"):
            self._head(order).action_sign()
        order.with_user(self.deputy).action_sign()
        granted = refused.superseded_by_ids
        self.assertEqual(
            (granted.order_id, granted.user_id, granted.effective_on),
            (order, self.deputy, TODAY),
        )
        self.assertEqual(granted.entitlement_ids.date_from, TODAY)
        self.assertEqual(application.state, "granted")

    def test_a_day_before_the_application_or_after_its_year_is_refused(self):
        application = self._granted()
        for result in ("granted", "refused"):
            for day in (date(2026, 11, 16), date(2027, 9, 1)):
                with self._refused(UserError, "takes effect not before"):
                    self._supersede(
                        application,
                        result=result,
                        refusal_ground="authority",
                        is_unauthorised=True,
                        effective_on=day,
                    )
        self.assertEqual(len(application.decision_ids), 1)

    def test_a_category_that_does_not_fit_is_not_granted_anew(self):
        application = self._refused_one()
        self._row(application, self.pmpk).state = "provided"
        application.sudo().grade = 12
        with self._refused(UserError, "does not fit the student"):
            self._supersede(application, result="granted")
        self.assertEqual(application.state, "refused")


@tagged("post_install", "-at_install")
class TestDayGuards(ApplicationCase):
    """Deadlines move with what came, never with what was typed."""

    def test_a_date_that_is_typed_does_not_move_the_deadline(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        due = application.decide_by
        request.write({"answer": "No. 1", "answered_on": date(2030, 1, 10)})
        self.assertEqual(application.decide_by, due)
        row = self._row(application, self.birth)
        for day in (date(2030, 1, 10), date(2026, 11, 18), date(2026, 11, 16)):
            with (
                self.subTest(str(day)),
                self._refused(ValidationError, "A document is received between"),
            ):
                row.received_on = day
        row.received_on = TODAY
        self.assertEqual(application.decide_by, due)

    def test_the_term_counts_from_documents_that_came(self):
        application = self._registered(
            skipped=[self.pmpk], submitted_on=date(2026, 11, 10)
        )
        due = application.decide_by
        row = self._row(application, self.pmpk)
        row.received_on = TODAY
        self.assertEqual(application.decide_by, due)
        row.write({"state": "provided"})
        self.assertGreater(application.decide_by, due)


@tagged("post_install", "-at_install")
class TestRequestGuards(ApplicationCase):
    """A request changes nothing once the application is decided."""

    def _with_request(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        application.request_ids.action_send()
        return application, application.request_ids

    def test_a_signature_ends_the_requests(self):
        application, request = self._with_request()
        self._row(application, self.income).state = "provided"
        self._head(self._order(application)).action_sign()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self._row(application, self.income).state, "provided")

    def test_a_request_of_a_decided_application_is_not_answered(self):
        application, request = self._with_request()
        draft = request.copy({"document_id": False})
        request.answer = "No. 1"
        application.sudo().state = "granted"
        for call in (request.action_confirm, request.action_deny, draft.action_send):
            with self._refused(UserError, "changes no more"):
                call()
        self.assertEqual((request.state, draft.state), ("sent", "draft"))
        self.assertEqual(self._row(application, self.income).state, "requested")


@tagged("post_install", "-at_install")
class TestMoveGuards(ApplicationCase):
    """The head of the school to which the child goes decides."""

    def _move(self):
        school_class = self._new_class(self.second_school, 5, "А")
        self.student.write(
            {"school_id": self.second_school.id, "class_id": school_class.id}
        )
        self.env.flush_all()
        self.assertEqual(self.student.school_id, self.second_school)
        return self._new_user("head_2", "group_head", self.second_school)

    def test_a_child_that_moved_is_not_decided_on_by_the_former_school(self):
        application = self._registered()
        order = self._order(application)
        self._move()
        checked = order.with_user(self.second_clerk)
        for call in (self._head(order).action_sign, checked.action_check):
            with self._refused(UserError, "(goes to another school|Only the head)"):
                call()
        self.assertIn("goes to another school", order.problem)
        self.assertFalse(application.decision_ids)

    def test_the_head_of_the_new_school_decides_anew(self):
        application = self._granted()
        granted = application.decision_ids
        head = self._move()
        vals = {
            "decision_id": granted.id,
            "explanation": "Found out",
            "result": "refused",
            "refusal_ground": "authority",
            "is_unauthorised": True,
        }
        wizards = self.env["benefit.supersession"]
        with self._refused(AccessError, "Only the head"):
            self._head(wizards).create(vals).action_decide()
        theirs = wizards.with_context(allowed_company_ids=self.city.ids)
        theirs.with_user(head).create(vals).action_decide()
        refused = granted.superseded_by_ids
        self.assertEqual(
            (refused.user_id, refused.school_id), (head, self.second_school)
        )
        self.assertEqual(application.school_id, self.school)
        seen = theirs.with_user(head).env["benefit.application"].browse(application.id)
        self.assertTrue(seen.has_access("read"))
        self.assertFalse(seen.has_access("write"))


@tagged("post_install", "-at_install")
class TestEndOrderGuards(ApplicationCase):
    """Orders that end benefits: made, taken back, signed, told to the applicant."""

    def _ending(self):
        entitlement = self._granted().decision_ids.entitlement_ids
        [end] = entitlement._end("ground_lost", date(2026, 12, 1))
        self._clerk(end).action_make_order()
        return end, self._clerk(end.order_id)

    def test_a_draft_is_deleted_and_its_ends_wait(self):
        end, order = self._ending()
        order.action_cancel()
        self.assertFalse(order.exists())
        self.assertFalse(end.order_id)
        self._clerk(end).action_make_order()
        self.assertTrue(end.order_id)

    def test_a_revoked_end_leaves_its_draft(self):
        end, order = self._ending()
        order.with_user(self.second_clerk).action_check()
        end._revoke("Not so")
        self.assertFalse(order.end_ids)
        self.assertEqual(order.state, "draft")
        with self._refused(UserError, "ends nothing"):
            self._head(order).action_sign()
        end.sudo()._set_order(order)
        with self._refused(UserError, "is revoked"):
            self._head(order).action_sign()

    def test_the_kind_of_an_order_stays(self):
        order = self._order(self._registered())
        with self._refused(UserError, "grants or ends"):
            order.kind = "end"
        self.assertEqual(order.kind, "grant")

    def test_the_applicant_is_told_of_the_end(self):
        end, order = self._ending()
        self._head(order).action_sign()
        notice = self.env["benefit.notice"].search([("end_id", "=", end.id)])
        self.assertEqual(
            (notice.kind, notice.student_id, notice.date, notice.due_on),
            ("end", self.student, TODAY, date(2026, 11, 19)),
        )
        self.assertEqual(notice.applicant_name, "Ivanova Maria")


@tagged("post_install", "-at_install")
class TestLockGuards(ApplicationCase):
    """Papers and decisions wait for each other: both claim the application."""

    def _version(self, application):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT ctid::text FROM benefit_application WHERE id = %s",
            [application.id],
        )
        return self.env.cr.fetchone()

    def test_whoever_changes_a_paper_claims_its_application(self):
        application = self._registered(self.poor)
        order = self._order(application)
        row = self._row(application, self.birth)
        before = self._version(application)
        row.note = "Read once more"
        self.assertNotEqual(before, self._version(application))
        before = self._version(application)
        order.with_user(self.second_clerk).action_check()
        self.assertNotEqual(before, self._version(application))
