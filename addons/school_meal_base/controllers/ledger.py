"""Money calls of devices: vending machines, terminals, tills of other makers.

Every call carries the device's token and an operation id (`uuid`) of its own choice;
the same call may be repeated any number of times. Amounts are whole kopecks.
"""

from odoo import http
from odoo.http import request

from ..exceptions import LedgerRefusal
from ..models.device_api import HTTP_STATUS

ROUTE = {
    "type": "http",
    "auth": "school_device",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}


class LedgerController(http.Controller):
    # `form`: a body sent as a form is no JSON and refused; without a place for it core
    # would write the account or the card in it to the log.

    @http.route("/school_meal/v1/ping", **{**ROUTE, "auth": "none"})
    def ping(self):
        """Tell a device that the server is there; does nothing else."""
        return request.make_json_response({"status": "ok"})

    @http.route("/school_meal/v1/authorise", **ROUTE)
    def authorise(self, **form):
        return self._answer("_authorise")

    @http.route("/school_meal/v1/capture", **ROUTE)
    def capture(self, **form):
        return self._answer("_capture")

    @http.route("/school_meal/v1/void", **ROUTE)
    def void(self, **form):
        return self._answer("_void")

    def _answer(self, operation):
        """Parse, call, serialise; a refusal is an answer with its code."""
        try:
            payload = request.env["school.device.api"]._run(
                operation, request.httprequest.get_data()
            )
        except LedgerRefusal as refusal:
            body = {"error": refusal.code, "message": str(refusal)}
            return request.make_json_response(
                body, status=HTTP_STATUS.get(refusal.code, 422)
            )
        return request.make_json_response(payload)
