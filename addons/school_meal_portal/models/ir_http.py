from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..const import FIRST_LOGIN_URL, OPEN_URLS


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Override of `base`: until the temporary password is replaced and the terms
        are accepted, a session opens the page for that and nothing else."""
        super()._authenticate(endpoint)
        auth = endpoint.routing["auth"]
        if auth not in ("user", "public", "bearer") or not request.env.uid:
            return  # devices, and routes that know nobody
        if request.httprequest.path in OPEN_URLS:
            return
        if not request.env.user._get_login_duties():
            return
        if auth == "public":
            # Public pages and files open as they do for everybody.
            request.update_env(user=request.env.ref("base.public_user").id)
        elif endpoint.routing["type"] == "http" and auth == "user":
            abort(request.redirect(FIRST_LOGIN_URL, 303))
        else:
            raise AccessDenied(
                request.env._(
                    "Change the temporary password and accept the terms of use first."
                )
            )

    def session_info(self):
        """Override of `web`: staff with children get a way to their pages."""
        info = super().session_info()
        if self.env.user._is_internal():
            children = self.env.user._get_portal_students()
            info["school_meal_has_children"] = bool(children)
        return info
