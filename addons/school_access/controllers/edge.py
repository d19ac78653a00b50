"""Calls of gateways at the schools; formats and examples: docs/devices.md."""

import gzip
import json
import time
from collections import OrderedDict

from odoo import http
from odoo.http import Response, request

from ..domain import edge_message
from ..domain.edge_message import EdgeRefusal

ROUTE = {
    "type": "http",
    "auth": "school_device",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}
#: Wrong codes from one address: so many in so many seconds, then it has to wait. Each
#: worker counts by itself; a code dies after five attempts anyway.
WRONG_CODES, PER_SECONDS, ADDRESSES = 10, 600, 1_000
_wrong_codes = OrderedDict()


class EdgeController(http.Controller):
    # `form`: a body sent as a form is no JSON and refused; without a place for it core
    # would write the cards in it to the log.

    @http.route("/school_access/v1/edge/enrol", **{**ROUTE, "auth": "public"})
    def enrol(self, **form):
        return self._answer(self._enrol)

    @http.route("/school_access/v1/edge/token", **ROUTE)
    def token(self, **form):
        return self._answer(lambda api, message: api._renew_token())

    @http.route("/school_access/v1/edge/config", **ROUTE)
    def config(self, **form):
        return self._answer(lambda api, message: api._get_config(message))

    @http.route("/school_access/v1/edge/events", **ROUTE)
    def events(self, **form):
        return self._answer(lambda api, message: api._take_events(message))

    @http.route("/school_access/v1/edge/sync", **ROUTE)
    def sync(self, **form):
        return self._answer(lambda api, message: api._sync(message))

    def _answer(self, call):
        """Read, call, serialise; a refusal is an answer with its code."""
        try:
            message = self._read()
            answer, status = call(request.env["access.edge.api"], message), 200
        except EdgeRefusal as refusal:
            answer, status = {"error": refusal.code, **refusal.details}, refusal.status
        text = json.dumps(answer, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        if len(text) > 2_000 and "gzip" in request.httprequest.headers.get(
            "Accept-Encoding", ""
        ):
            text = gzip.compress(text, 6)
            headers["Content-Encoding"] = "gzip"
        return Response(text, status=status, headers=headers)

    def _read(self):
        http_request = request.httprequest
        if (http_request.content_length or 0) > edge_message.MAX_BODY:
            raise EdgeRefusal("too_large", 413)
        # The body is kept: Odoo repeats a request that met another one in the database.
        return edge_message.read_body(
            http_request.get_data(), http_request.headers.get("Content-Encoding")
        )

    def _enrol(self, api, message):
        address = request.httprequest.remote_addr
        self._check_address(address)
        answer = api._enrol(message.get("code"))
        if answer is None:
            _wrong_codes.setdefault(address, []).append(time.monotonic())
            # No exception: the attempt is counted in the database.
            return {"error": "bad_code"}
        return answer

    def _check_address(self, address):
        while len(_wrong_codes) > ADDRESSES:
            _wrong_codes.popitem(last=False)
        since = time.monotonic() - PER_SECONDS
        recent = [moment for moment in _wrong_codes.pop(address, ()) if moment > since]
        if recent:
            _wrong_codes[address] = recent
        if len(recent) >= WRONG_CODES:
            raise EdgeRefusal("wait", 429)
