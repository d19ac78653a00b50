from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestDoors(PortalCase):
    """All routes of our add-ons: who they are for, and protection of forms."""

    #: Routes of our add-ons open without signing in, with the reason.
    PUBLIC = {
        "/my/terms": "people read the terms before they sign in",
    }

    def _our_routes(self):
        for rule in self.env["ir.http"].routing_map().iter_rules():
            endpoint = rule.endpoint
            if endpoint.func.__module__.startswith("odoo.addons.school_"):
                yield rule.rule, endpoint.routing

    def test_routes_without_sign_in_are_known(self):
        for url, routing in self._our_routes():
            if routing["auth"] in ("public", "none"):
                is_core = not url.startswith(("/my/children", "/my/terms"))
                with self.subTest(url=url):
                    self.assertTrue(url in self.PUBLIC or is_core)

    def test_forms_are_protected_against_other_sites(self):
        for url, routing in self._our_routes():
            # Devices bring a token of their own: there is no cookie to abuse.
            if routing["type"] == "http" and not url.startswith("/school_meal/v1/"):
                with self.subTest(url=url):
                    self.assertIsNot(routing.get("csrf"), False)

    def test_a_form_of_another_site_is_refused(self):
        self._sign_in(self.student_user)
        for url in ("/my/recovery-email", "/my/first-login"):
            with self.assertLogs("odoo.http", "WARNING"):
                response = self.url_open(url, data={"email": "a@b.ru", "accept": "1"})
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.student.email)
