from odoo.tests import HttpCase, tagged

from .application_common import ApplicationCase


@tagged("post_install", "-at_install")
class TestBenefitTours(ApplicationCase, HttpCase):
    """The clerk and the head at their screens, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.clerk + cls.head).lang = "en_US"

    def _start(self, tour, action, record=None, user=None):
        path = f"/odoo/action-school_meal_benefits.{action}"
        if record:
            path += f"/{record.id}"
        self.start_tour(path, tour, login=(user or self.clerk).login)

    def test_an_application_from_the_clerk_to_the_heads_signature(self):
        self._start("school_meal_benefits_clerk", "benefit_application_action")
        application = self.student.benefit_application_ids
        self.assertEqual((application.state, application.number), ("registered", 1))
        order = application.order_id
        self._start(
            "school_meal_benefits_head_signs", "benefit_order_action", order, self.head
        )
        self.assertEqual(application.state, "granted")
        self.assertEqual(order.signed_by_id, self.head)

    def test_a_refusal_for_a_birth_certificate_is_blocked(self):
        application = self._registered(skipped=[self.birth])
        self._row(application, self.birth).is_at_school = True
        self._start(
            "school_meal_benefits_refusal_blocked",
            "benefit_application_action",
            application,
            self.head,
        )
        self.assertEqual(application.state, "registered")

    def test_a_refusal_and_its_letter(self):
        application = self._registered(skipped=[self.pmpk])
        self._start(
            "school_meal_benefits_refusal",
            "benefit_application_action",
            application,
            self.head,
        )
        notice = application.decision_ids.notice_ids
        self.assertEqual(application.state, "refused")
        self._start("school_meal_benefits_dispatch", "benefit_notice_action", notice)
        self.assertEqual(notice.user_id, self.clerk)
        self.assertEqual(notice.tracking_number, "45702012345678")
