from school_edge.protocol.web_json import BODY_LIMIT

from odoo import models
from odoo.http import request

from ..drivers.base import Driver


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_school_controller(cls):
        """Find the controller by its secret path, before anything of the body is read.

        The body is read here: whatever its Content-Type says, it is no form. The call
        has no user; `request.school_controller` is what `_authenticate` has found, or
        the status of the refusal: 404 for a wrong path, 413 for a body that no
        controller sends.
        """
        request.session.can_save = False
        path, _slash, secret = request.httprequest.path.rpartition("/")
        driver = next(
            (d for d in Driver.by_code.values() if d.path == f"{path}/"), None
        )
        controllers = request.env["access.controller"]
        found = driver and controllers._authenticate(driver.code, secret)
        length = request.httprequest.content_length
        if not found:
            controllers._note_unknown()
            request.school_controller = 404
        elif length is None or length > BODY_LIMIT:
            request.school_controller = 413
        else:
            request.httprequest.get_data(cache=True)
            request.school_controller = (found[0], driver.code, *found[1:])
