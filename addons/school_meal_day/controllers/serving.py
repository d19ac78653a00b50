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
    # The body is kept: Odoo repeats a request that met another one in the database.

    @http.route("/school_meal/v1/serve/events", **ROUTE)
    def events(self, **form):
        return self._answer(
            lambda api: api._record_events(request.httprequest.get_data())
        )

    @http.route("/school_meal/v1/serve/day", **ROUTE)
    def day(self, **form):
        return self._answer(lambda api: api._get_day(request.httprequest.get_data()))

    @http.route("/school_meal/v1/serve/find", **ROUTE)
    def find(self, **form):
        return self._answer(lambda api: api._find(request.httprequest.get_data()))

    @http.route(
        "/school_meal/v1/serve/photo/<int:student_id>", **{**ROUTE, "methods": ["GET"]}
    )
    def photo(self, student_id, v=None, **_options):
        """The photo of a student; the page keeps it for days without network."""
        try:
            student = request.env["meal.serving.api"]._get_photo(student_id, v)
        except ServingRefusal:
            raise request.not_found() from None
        if not student.image_256:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(student, "image_256")
        return stream.get_response(immutable=True, max_age=http.STATIC_CACHE_LONG)

    def _answer(self, call):
        """Return the JSON answer of a call; a refusal is an answer with its code."""
        try:
            payload = call(request.env["meal.serving.api"])
        except ServingRefusal as refusal:
            body = {"error": refusal.code, "message": str(refusal)}
            return request.make_json_response(body, status=HTTP_STATUS[refusal.code])
        return request.make_json_response(payload)
