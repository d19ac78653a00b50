"""Calls of another system that confirms passages, signed as `webhook_signature` says.

* ``POST /school_access/v1/verify/request/<uuid>``, body ``{"verdict": "allow" | "deny",
  "reason": text}``: the answer to a question it was asked. It knows the number a moment
  before the server has stored it: a 404 within the first second is worth a repeat.
* ``POST /school_access/v1/verify/point/<id>``, body ``{"direction": "in" | "out"}``:
  opens a point it is set for.

Header ``X-Access-Webhook`` is its number. Answers: 200 ``{"status": "opened" | "denied"
| "late" | "answered"}``, 400 (no such JSON), 403 (not signed, too old or sent before),
404 (nothing it may answer or open).
"""

import json

from odoo import SUPERUSER_ID, http
from odoo.http import request

ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}
MAX_BODY = 4096


class WebhookController(http.Controller):
    # `form`: a body sent as a form is no JSON and refused; without a place for it core
    # would write it to the log.

    @http.route("/school_access/v1/verify/request/<string:uuid>", **ROUTE)
    def answer(self, uuid, **form):
        def run(webhook, asked):
            if asked.get("verdict") not in ("allow", "deny"):
                return self._refuse(400)
            reason = asked.get("reason")
            reason = reason if isinstance(reason, str) else ""
            return webhook._answer_request(uuid[:64], asked["verdict"], reason)

        return self._serve(run)

    @http.route("/school_access/v1/verify/point/<int:point_id>", **ROUTE)
    def open(self, point_id, **form):
        def run(webhook, asked):
            direction = "out" if asked.get("direction") == "out" else "in"
            return webhook._open_point(point_id, direction)

        return self._serve(run)

    def _serve(self, run):
        """Run a call of a known system and return its answer."""
        body = request.httprequest.get_data()
        if len(body) > MAX_BODY:
            return self._refuse(400)
        webhook = self._get_caller(body)
        if not webhook:
            return self._refuse(403)
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            return self._refuse(400)
        status = run(webhook, asked)
        if not isinstance(status, str):
            return status or self._refuse(404)
        return request.make_json_response({"status": status})

    def _get_caller(self, body):
        headers = request.httprequest.headers
        webhooks = request.env["access.webhook"].with_user(SUPERUSER_ID)
        return webhooks._find_caller(
            headers.get("X-Access-Webhook"), request.httprequest.path, body, headers
        )

    def _refuse(self, status):
        return request.make_json_response({}, status=status)
