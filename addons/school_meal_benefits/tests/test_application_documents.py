import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .application_common import ApplicationCase

SCAN = base64.b64encode(b"%PDF-1.4 scan")


@tagged("post_install", "-at_install")
class TestApplicationDocuments(ApplicationCase):
    """Items 7, 20, 31: the checklist, scans, what the school holds already."""

    def _with_scan(self):
        application = self._draft()
        row = self._row(application, self.pmpk)
        row.write(
            {
                "state": "provided",
                "attachment_ids": [Command.create({"name": "s.pdf", "datas": SCAN})],
            }
        )
        return row, row.attachment_ids

    def test_the_list_says_what_is_missing(self):
        application = self._draft()
        self.assertFalse(application.is_settled)
        self.assertIn("t_pmpk (not brought)", application.checklist_problem)
        self._provide(application)
        self.assertTrue(application.is_settled)
        self.assertFalse(application.checklist_problem)
        self._row(application, self.pmpk).valid_to = "2026-11-16"
        self.assertIn("no longer valid", application.checklist_problem)

    def test_a_held_document_needs_its_place(self):
        row = self._row(self._draft(), self.birth)
        with self._refused(ValidationError, "Say where"):
            row.state = "held"
        row.write({"state": "held", "held_place": "Personal file 12"})
        self.assertFalse(row.problem)
        income = self._row(self._draft(self.poor), self.income)
        with self._refused(ValidationError, "brought anew"):
            income.write({"state": "held", "held_place": "Shelf"})

    def test_everybody_brings_what_is_asked_of_everybody(self):
        with self._refused(ValidationError, "every applicant"):
            self._row(self._draft(), self.identity).state = "not_needed"

    def test_a_document_is_of_a_kind_that_the_item_names(self):
        with self._refused(ValidationError, "Choose one of: t_birth"):
            self._row(self._draft(), self.birth).document_type_id = self.pmpk

    def test_documents_of_last_year_are_taken_over(self):
        last = self._registered()
        self._row(last, self.pmpk).valid_to = "2027-05-31"
        self._row(last, self.identity).held_place = "Safe 3"
        last._withdraw("Test")
        application = self._draft()
        self.assertTrue(application.has_held)
        application.action_take_over()
        rows = application.document_ids
        self.assertEqual(set(rows.mapped("state")), {"held"})
        self.assertTrue(application.is_settled)
        row = self._row(application, self.pmpk)
        self.assertEqual(row.held_document_id, self._row(last, self.pmpk))
        self.assertEqual(str(row.valid_to), "2027-05-31")
        self.assertEqual(row.held_place, "File of application No. 1, 2026/2027")
        self.assertEqual(self._row(application, self.identity).held_place, "Safe 3")
        with self._refused(UserError, "No earlier application"):
            application.action_take_over()

    def test_the_application_itself_is_brought_each_year_anew(self):
        """Item 5: it is a document of the list, and never taken from an old file."""
        with self._redrafted():
            self.ovz.requirement_ids.filtered(
                lambda one: one.code == "t_identity"
            ).code = "application"
        self._registered()._withdraw("Test")
        application = self._draft()
        row = self._row(application, self.identity)
        self.assertEqual((row.state, row.document_type_id), ("provided", self.identity))
        application.action_take_over()
        self.assertEqual(row.state, "provided")
        self.assertFalse(row.held_document_id)

    def test_what_is_out_of_date_is_not_taken_over(self):
        last = self._registered()
        self._row(last, self.pmpk).valid_to = "2026-11-16"
        last._withdraw("Test")
        application = self._draft()
        application.action_take_over()
        self.assertEqual(self._row(application, self.pmpk).state, "missing")

    def test_a_birth_certificate_of_earlier_is_known_to_be_at_school(self):
        self.assertFalse(self._row(self._draft(), self.birth).is_at_school)
        self._registered()._withdraw("Test")
        self.assertTrue(self._row(self._draft(), self.birth).is_at_school)

    def test_answers_of_other_bodies_are_not_typed_in(self):
        row = self._row(self._draft(self.poor), self.income)
        for state in ("requested", "negative"):
            with self._refused(UserError, "use the request"):
                row.state = state

    def test_papers_of_a_decided_application_stay(self):
        application = self._granted()
        row = self._row(application, self.pmpk)
        with self._refused(UserError, "changes no more"):
            row.number = "99"
        with self._refused(UserError, "changes no more"):
            application.write({"document_ids": [Command.delete(row.id)]})
        self.assertEqual(row.number, "1234")

    def test_scans_are_read_by_who_may_read_the_row(self):
        __, scan = self._with_scan()
        self.assertEqual(
            (scan.res_model, scan.public), ("benefit.application.document", False)
        )
        # a medical paper: neither the department's nor the accountant's
        may = ("operator", "head", "manager")
        for role in self.roles:
            self.env.invalidate_all()
            seen = self._as(role, self.env["ir.attachment"]).search(
                [("id", "=", scan.id)]
            )
            with self.subTest(role):
                self.assertEqual(bool(seen), role in may)
                if role in may:
                    self.assertEqual(self._as(role, scan).datas, SCAN)
                    continue
                with self.assertRaises(AccessError):
                    self._as(role, scan).read(["datas"])

    def test_scans_of_another_school_are_not_read(self):
        __, scan = self._with_scan()
        other = self._new_user("other_clerk", "group_operator", self.second_school)
        with self.assertRaises(AccessError):
            scan.with_user(other).read(["datas"])

    def test_the_head_does_not_change_scans(self):
        row, scan = self._with_scan()
        with self._refused(AccessError, ""):
            self._head(scan).write({"datas": SCAN})
        with self._refused(AccessError, ""):
            self._head(row).write({"attachment_ids": [Command.clear()]})

    def test_a_file_of_another_record_is_not_taken(self):
        """Linking a stranger's file would let its readers be those of the row."""
        foreign = self.env["ir.attachment"].create(
            {"name": "x", "res_model": "res.partner", "res_id": self.mother.id}
        )
        loose = self.env["ir.attachment"].create({"name": "y"})
        row = self._row(self._draft(), self.birth)
        for scan in (foreign, loose):
            with self._refused((AccessError, UserError), ""):
                row.attachment_ids = [Command.link(scan.id)]
        self.assertEqual(foreign.res_model, "res.partner")
        self.assertFalse(loose.res_id)

    def test_reading_documents_is_logged(self):
        row, __ = self._with_scan()
        log = self.env["school.access.log"]
        before = log.search([])
        self._head(row).read(["number", "attachment_ids"])
        lines = log.search([]) - before
        self.assertEqual(lines.student_id, self.student)
        self.assertEqual(lines.user_id, self.head)
        self.assertIn("document", lines.mapped("kind"))

    def test_the_snils_is_for_the_clerk(self):
        application = self._draft()
        with self._refused(AccessError, ""):
            self._head(application).read(["applicant_snils"])
        with self._refused(AccessError, ""):
            self._as("accountant", application).read(["applicant_snils"])
        log = self.env["school.access.log"]
        before = log.search_count([])
        application.read(["applicant_snils"])
        self.assertEqual(log.search_count([]), before + 1)
