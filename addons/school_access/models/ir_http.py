from werkzeug.exceptions import Forbidden

from odoo import models
from odoo.http import request

#: What a gateway's token opens, and no other token does.
EDGE = "/school_access/v1/edge/"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_school_device(cls):
        """A till's token opens no door, a gateway's token no purse."""
        super()._auth_method_school_device()
        device_id = request.env.context["school_device"]
        is_gateway = request.env["school.device"]._is_gateway(device_id)
        if is_gateway != request.httprequest.path.startswith(EDGE):
            raise Forbidden("This token is not for this address")
