import threading
from unittest.mock import patch

from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestDoors(PortalCase):
    """All routes of our add-ons: who they are for, and protection of forms."""

    #: Routes of our add-ons open without signing in, with the reason.
    PUBLIC = {
        "/my/terms": "people read the terms before they sign in",
        "/school_meal/v1/ping": "a device asks whether the server is there",
    }
    #: Who else may call a route: `device` brings a token of its own.
    SIGNED_IN = {"user", "school_device"}

    def _our_routes(self):
        """Yield (address, routing) of the routes that our add-ons answer."""
        # The routing map asks the thread for its database, as a request sets it.
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            rules = self.env["ir.http"].routing_map()
        for rule in rules.iter_rules():
            endpoint = rule.endpoint
            module = endpoint.func.__module__
            if module.startswith("odoo.addons.school_"):
                yield rule.rule, endpoint.routing

    def test_routes_without_sign_in_are_known(self):
        found = {
            url for url, routing in self._our_routes()
            if routing["auth"] not in self.SIGNED_IN
        }  # fmt: skip
        self.assertEqual(found, set(self.PUBLIC))

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
