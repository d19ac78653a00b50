from datetime import timedelta

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.http import request

from odoo.addons.school_meal_portal.const import CHILDREN_URL
from odoo.addons.school_meal_portal.controllers.children import ChildrenPortal

from ..const import DAYS_AT_ONCE


class PassesPortal(ChildrenPortal):
    """Where a child has passed: for the family, in sudo after asking who it is."""

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/passes",
        type="http", auth="user", methods=["GET"], website=True,
    )  # fmt: skip
    def passes(self, student_id, before=None, **kwargs):
        student = self._get_watched_child(student_id)
        values = self._prepare_passes_values(student, before)
        page = request.render("school_access_portal.passes", values)
        if not before:
            page.flatten()  # what is new is marked before it is read
            request.env["access.subscription"]._mark_read(
                request.env.user.partner_id, student
            )
        return page

    def _get_watched_child(self, student_id):
        student = self._get_own_child(student_id)
        if not student._may_see_passes(request.env.user):
            raise NotFound()
        return student

    def _prepare_passes_values(self, student, before):
        user = request.env.user
        today = self._get_today(student)
        date_to = self._read_day(before, today)
        date_from = date_to - timedelta(days=DAYS_AT_ONCE - 1)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "access_passes",
            "student": student,
            "whereabouts": student._get_whereabouts(),
            "days": student._get_pass_days(date_from, date_to, user),
            "verdicts": self._get_verdicts(),
            "today": today,
            "date_from": date_from,
            "date_to": date_to,
            "older": date_from - timedelta(days=1),
            "may_choose": student._may_choose_notices(user),
            "may_permit": student._is_represented_by(user),
        }

    @staticmethod
    def _read_day(text, today):
        """The last day to show; today for whatever is no day of the past."""
        try:
            day = fields.Date.to_date(text) or today
        except ValueError:
            return today
        return min(max(day, today - timedelta(days=3 * 366)), today)

    @staticmethod
    def _get_verdicts():
        events = request.env["access.event"].sudo()  # sudo: words of a list
        return dict(events._fields["verdict"]._description_selection(request.env))

    def _prepare_card(self, student):
        """Override of `school_meal_portal`: where the child is, on its card."""
        card = super()._prepare_card(student)
        user = request.env.user
        if student._has_doors() and student._may_see_passes(user):
            card["whereabouts"] = student._get_whereabouts()
            card["unread"] = student._get_unread_count(user)
        return card
