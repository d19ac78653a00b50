from werkzeug.exceptions import Unauthorized

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_school_device(cls):
        """Authenticate `Authorization: Device <token>` of a registered device.

        The call runs as the device user, who has no rights to records at all; the
        ids of the device, its school and company are in the context as `school_device`,
        `school_device_school` and `school_device_company`. Sentences are in the
        language of the company unless the device asks for another.
        """
        scheme, _sep, token = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        device = scheme == "Device" and request.env["school.device"]._authenticate(
            token
        )
        if not device:
            raise Unauthorized("Unknown or expired device token")
        device_id, school_id, company_id, lang = device
        request.update_env(
            user=request.env["ir.model.data"]._xmlid_to_res_id(
                "school_meal_base.user_device"
            )
        )
        request.update_context(
            school_device=device_id,
            school_device_school=school_id,
            school_device_company=company_id,
        )
        if not request.httprequest.headers.get("Accept-Language"):
            request.update_context(lang=lang)
        request.session.can_save = False
