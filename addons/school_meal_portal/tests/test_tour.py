from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestTour(PortalCase):
    """The ways in, in a real browser of a phone's width."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_pupil_comes_with_a_slip_from_the_till(self):
        # A long name in the header, as many are.
        self.student.partner_id.name = "Константинопольская Александра Вячеславовна"
        issued = self.student._issue_temporary_password()
        acceptances = self.env["meal.terms.acceptance"]
        acceptances.search([("user_id", "=", self.student_user.id)]).unlink()
        self.start_tour(
            f"/web/login?tour_login={issued['login']}"
            f"&tour_password={issued['password']}",
            "school_meal_portal_first_login",
        )
        self.assertFalse(self.student_user.meal_password_temporary)
        self.assertFalse(self.student_user._get_login_duties())

    def test_a_parent_reads_a_statement(self):
        self.mother_user.password = self.mother_user.login
        self.start_tour(
            "/my/children", "school_meal_portal_statement", login=self.mother_user.login
        )
