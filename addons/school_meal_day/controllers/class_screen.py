"""The class teacher's page and its two calls."""

from odoo import http
from odoo.http import request


class ClassScreenController(http.Controller):
    @http.route(
        ["/school_meal/class", "/school_meal/class/<int:class_id>"],
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def page(self, class_id=None, **query):
        """The page comes with its data: nothing else is asked for to show it."""
        values = request.env["meal.class.screen"]._prepare_page(class_id)
        response = request.render("school_meal_day.class_screen", values)
        response.headers["Cache-Control"] = "no-store"  # names of children
        return response

    @http.route(
        "/school_meal/class/data",
        type="jsonrpc", auth="user", methods=["POST"], readonly=False,
    )  # fmt: skip
    def data(self, class_id):
        screen = request.env["meal.class.screen"]
        return screen._get_screen(screen._get_class(class_id))

    @http.route("/school_meal/class/run", type="jsonrpc", auth="user", methods=["POST"])
    def run(self, class_id, commands):
        screen = request.env["meal.class.screen"]
        school_class = screen._get_class(class_id)
        results = screen._run(school_class, commands)
        return {"results": results, "screen": screen._get_screen(school_class)}
