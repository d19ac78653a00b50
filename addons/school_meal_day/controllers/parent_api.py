"""Calls of parents' pages and apps: `meal.parent.api` says who may do what."""

from odoo import http
from odoo.http import request

ROUTE = {"type": "jsonrpc", "auth": "user", "methods": ["POST"]}


class ParentApiController(http.Controller):
    @http.route("/school_meal/parent/children", **ROUTE)
    def children(self):
        return self._api()._get_children()

    @http.route("/school_meal/parent/days", **ROUTE)
    def days(self, student_id, date_from, date_to):
        return self._api()._get_days(student_id, date_from, date_to)

    @http.route("/school_meal/parent/change", **ROUTE)
    def change(self, student_id, meal_id, wanted, **which):
        """`which`: dates, or date_from and date_to; variant_id."""
        return self._api()._change_meal(
            student_id, meal_id, wanted, **self._pick(which, DAYS)
        )

    @http.route("/school_meal/parent/choices", **ROUTE)
    def choices(self, student_id):
        return self._api()._get_choices(student_id)

    @http.route("/school_meal/parent/choice", **ROUTE)
    def choice(self, student_id, meal_id, mode, **which):
        """`which`: weekdays, variant_id, date_from, date_to."""
        return self._api()._set_choice(
            student_id, meal_id, mode, **self._pick(which, CHOICE)
        )

    @http.route("/school_meal/parent/choice/end", **ROUTE)
    def end_choice(self, student_id, choice_id):
        return self._api()._end_choice(student_id, choice_id)

    @http.route("/school_meal/parent/absence", **ROUTE)
    def absence(self, student_id, date_from, date_to, reason):
        return self._api()._report_absence(student_id, date_from, date_to, reason)

    @http.route("/school_meal/parent/absence/withdraw", **ROUTE)
    def withdraw_absence(self, student_id, absence_id):
        return self._api()._withdraw_absence(student_id, absence_id)

    def _api(self):
        return request.env["meal.parent.api"]

    def _pick(self, values, names):
        return {name: values[name] for name in names if name in values}


DAYS = ("dates", "date_from", "date_to", "variant_id")
CHOICE = ("weekdays", "variant_id", "date_from", "date_to")
