from markupsafe import Markup
from werkzeug.exceptions import HTTPException, Unauthorized

from odoo import models
from odoo.exceptions import UserError
from odoo.http import Response, request

#: Pages that people open by themselves; calls of devices are answered to programs.
PAGES = "/school_meal/"
CALLS = "/school_meal/v1/"


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

    # === REFUSED PAGES === #

    @classmethod
    def _handle_error(cls, exception):
        """Refuse a page with a sentence and a way back: a page on a phone has no menu
        and the bare word "Forbidden" would be the end of the road."""
        response = super()._handle_error(exception)
        if not cls._is_refused_page(response):
            return response
        request.env.cr.rollback()
        values = cls._prepare_refusal(exception, response)
        html = request.env["ir.ui.view"]._render_template(
            "school_meal_base.page_refused", values
        )
        page = Response(
            Markup("<!DOCTYPE html>\n") + html,
            status=response.code,
            content_type="text/html;charset=utf-8",
        )
        cls._post_dispatch(page)
        return page

    @classmethod
    def _is_refused_page(cls, response):
        path = request.httprequest.path
        return (
            isinstance(response, HTTPException)
            and response.code in (400, 403, 404)
            and request.dispatcher.routing_type == "http"
            and request.httprequest.method == "GET"
            and path.startswith(PAGES)
            and not path.startswith(CALLS)
            and bool(request.env.uid)
        )

    @classmethod
    def _prepare_refusal(cls, exception, response):
        user = request.env.user
        message = exception.args[0] if isinstance(exception, UserError) else ""
        if not message or "\n" in message:  # core's lists of models, records and groups
            message = (
                request.env._(
                    "There is no such page or document, or it has been deleted."
                )
                if response.code == 404
                else request.env._("You may not open this page.")
            )
        # sudo: which groups are roles, and the names of the user's own ones
        privilege = request.env.ref("school_meal_base.privilege_school_meal").sudo()
        # sudo: as above; groups are not for every user to read
        roles = user.sudo().group_ids.filtered(lambda g: g.privilege_id == privilege)
        return {
            "message": message,
            "user_name": not user._is_public() and user.name,
            "roles": ", ".join(roles.mapped("name")),
            "home": "/odoo" if user._is_internal() else "/my",
            "locale": (request.env.lang or "en_US").replace("_", "-"),
        }
