from school_edge.protocol.web_json import BODY_LIMIT
from werkzeug.exceptions import abort

from odoo import models
from odoo.http import Response, request

from ..drivers.base import Driver


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_school_controller(cls):
        """Find the controller by its secret path, before anything of the body is read.

        A wrong path is 404, a body that no controller sends 413. The body is read here:
        whatever its Content-Type says, it is no form. The call has no user;
        `request.school_controller` is what `access.controller._authenticate` returned.
        """
        path, _slash, secret = request.httprequest.path.rpartition("/")
        driver = next(
            (d for d in Driver.by_code.values() if d.path == f"{path}/"), None
        )
        controllers = request.env["access.controller"]
        found = driver and controllers._authenticate(driver.code, secret)
        if not found:
            controllers._note_unknown()
            abort(Response(status=404))
        length = request.httprequest.content_length
        if length is None or length > BODY_LIMIT:
            abort(Response(status=413))
        request.httprequest.get_data(cache=True)
        request.school_controller = (found[0], driver.code, *found[1:])
        request.session.can_save = False
