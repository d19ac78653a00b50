"""Calls of controllers: the secret in the path says which one it is."""

from odoo import http
from odoo.http import Response, request

ROUTE = {
    "type": "http",
    "auth": "school_controller",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}


class ControllerCall(http.Controller):
    # `form`: whatever the Content-Type is, the body is the controller's document.

    @http.route("/school_access/v1/c/<string:secret>", **ROUTE)
    def web_json(self, secret, **form):
        return self._answer()

    @http.route("/school_access/v1/t/<string:secret>", **ROUTE)
    def json_http(self, secret, **form):
        return self._answer()

    def _answer(self):
        controller = request.school_controller
        if isinstance(controller, int):
            return Response(status=controller)
        body = request.env["access.controller"]._answer_call(
            controller, request.httprequest.get_data()
        )
        return request.make_response(body, [("Content-Type", "application/json")])
