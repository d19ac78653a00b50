"""The guard's page and its calls.

The page asks every second for what is new. The bus would tell it sooner, but workers
serve no websocket: that takes a second port and a proxy that knows of it, and a server
without a proxy has none. A post that is dumb there would be worse than one that is a
second late. One small call a second from each post is less than a till makes.
"""

from odoo import http
from odoo.http import request

PHOTO_AGE = 600  # seconds; a photo that is taken away is gone after these


class GuardPostController(http.Controller):
    @http.route(
        ["/school_access/post", "/school_access/post/<int:site_id>"],
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def page(self, site_id=None, **query):
        values = request.env["access.post"]._prepare_page(site_id)
        response = request.render("school_access.guard_post", values)
        response.headers["Cache-Control"] = "no-store"  # names of children
        return response

    @http.route(
        "/school_access/post/feed",
        type="jsonrpc", auth="user", methods=["POST"], readonly=False,
    )  # fmt: skip
    def feed(self, site_id, after=0, with_counts=False):
        """What is new since the cursor `after`; see ``access.post._get_feed``."""
        post = request.env["access.post"]
        site = post._get_site(site_id)
        site._note_watched()
        request.env["access.verification"]._time_out_due(site)
        return post._get_feed(site, int(after), bool(with_counts))

    @http.route("/school_access/post/do", type="jsonrpc", auth="user", methods=["POST"])
    def do(self, site_id, work, values):
        post = request.env["access.post"]
        return post._do(post._get_site(site_id), work, values)

    @http.route(
        "/school_access/post/photo/<int:person_id>",
        type="http", auth="user", readonly=True,
    )  # fmt: skip
    def photo(self, person_id, **query):
        """The photo of somebody of the schools of the user's posts."""
        partner = request.env["access.post"]._get_photo_owner(person_id)
        if not partner.image_256:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(partner, "image_256")
        return stream.get_response(max_age=PHOTO_AGE)

    @http.route(
        "/school_access/shift/<int:shift_id>.pdf",
        type="http", auth="user", readonly=True,
    )  # fmt: skip
    def shift(self, shift_id):
        shift = request.env["access.shift"].search([("id", "=", shift_id)])
        if not shift:
            raise request.not_found()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", http.content_disposition(shift._get_file_name())),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(shift._render_pdf(), headers)
