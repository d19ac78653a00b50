"""Applications of parents: `meal.parent.api` says who may do what."""

from odoo import http
from odoo.http import request

ROUTE = {"type": "jsonrpc", "auth": "user", "methods": ["POST"]}


class BenefitParentApiController(http.Controller):
    @http.route("/school_meal/parent/benefits/categories", **ROUTE)
    def categories(self, student_id):
        return self._api()._get_benefit_categories(student_id)

    @http.route("/school_meal/parent/benefits/applications", **ROUTE)
    def applications(self, student_id):
        return self._api()._get_benefit_applications(student_id)

    @http.route("/school_meal/parent/benefits/apply", **ROUTE)
    def apply(self, student_id, category_id, snils, documents):
        return self._api()._create_benefit_application(
            student_id, category_id, snils, documents
        )

    def _api(self):
        return request.env["meal.parent.api"]
