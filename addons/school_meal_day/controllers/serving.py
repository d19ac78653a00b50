"""Calls of the serving page: events and the day's data, by the token of the tablet."""

from odoo import http
from odoo.http import request

from ..exceptions import ServingRefusal
from ..models.meal_serving_api import HTTP_STATUS

ROUTE = {
    "type": "http",
    "auth": "school_device",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}


class ServingController(http.Controller):
    # `form`: a body sent as a form is no JSON and refused; without a place for it core
    # would write the students in it to the log.

    @http.route("/school_meal/v1/serve/events", **ROUTE)
    def events(self, **form):
        return self._answer(
            lambda api: api._record_events(request.httprequest.get_data(cache=False))
        )

    def _answer(self, call):
        """Return the JSON answer of a call; a refusal is an answer with its code."""
        try:
            payload = call(request.env["meal.serving.api"])
        except ServingRefusal as refusal:
            body = {"error": refusal.code, "message": str(refusal)}
            return request.make_json_response(body, status=HTTP_STATUS[refusal.code])
        return request.make_json_response(payload)
