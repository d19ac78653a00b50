"""Scans of documents: who opens one is in the log, so the cursor has to write."""

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers import binary


def _is_readonly(self, rule, args):
    if not args.get("id") or args.get("model", "ir.attachment") != "ir.attachment":
        return True
    # sudo: only whether it is a scan; core checks who may have it
    attachment = request.env["ir.attachment"].sudo().browse(args["id"])
    return not attachment._find_documents()


class Binary(binary.Binary):
    @http.route(readonly=_is_readonly)
    def content_common(self, *args, **options):
        return super().content_common(*args, **options)

    @http.route(readonly=_is_readonly)
    def content_image(self, *args, **options):
        return super().content_image(*args, **options)
