from odoo.http import request

from odoo.addons.web.controllers.home import Home

from ..const import CHILDREN_URL


class SchoolMealHome(Home):
    def _login_redirect(self, uid, redirect=None):
        """Override of `web`: families land on their children, not on the list of all
        the portal can do."""
        user = request.env["res.users"].sudo().browse(uid)  # sudo: just signed in
        if not redirect and user.share and user._get_portal_students():
            return CHILDREN_URL
        return super()._login_redirect(uid, redirect=redirect)
