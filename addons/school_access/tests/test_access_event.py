from odoo.tests import tagged

from .common import AccessCase


@tagged("post_install", "-at_install")
class TestAccessEvent(AccessCase):
    def test_a_passage_moves_the_person(self):
        answer = self._pass(self.person)
        self.assertEqual(answer["status"], "created")
        event = self.env["access.event"].browse(answer["id"])
        self.assertEqual(event.student_id, self.student)
        presence = self.env["access.presence"].search(
            [("person_id", "=", self.person.id)]
        )
        self.assertEqual(presence.state, "inside")
