"""The kitchen's page and the printed sheet of a snapshot."""

from odoo import http
from odoo.http import request

from .download import DownloadMixin


class KitchenController(DownloadMixin, http.Controller):
    @http.route(
        ["/school_meal/kitchen", "/school_meal/kitchen/<int:school_id>"],
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def page(self, school_id=None, **query):
        values = request.env["meal.kitchen.board"]._prepare_page(school_id)
        values["with_classes"] = query.get("classes") == "1"
        response = request.render("school_meal_day.kitchen_board", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(
        "/school_meal/snapshot/<int:snapshot_id>/sheet",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def sheet(self, snapshot_id):
        snapshot = self._find("meal.snapshot", snapshot_id)
        name = snapshot._get_sheet_name()
        return self._answer(snapshot._render_sheet(), name, disposition="inline")
