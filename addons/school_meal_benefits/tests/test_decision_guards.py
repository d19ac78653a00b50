from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .application_common import ApplicationCase


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
