from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.school_meal_portal.const import CHILDREN_URL

from ..const import LEAVES_PER_HOUR, REASON_LENGTH
from .passes import PassesPortal


class LeavePortal(PassesPortal):
    """A representative permits the child to leave early, once."""

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/leave",
        type="http", auth="user", methods=["GET", "POST"], website=True,
    )  # fmt: skip
    def leave(self, student_id, **post):
        student = self._get_watched_child(student_id)
        guardian = self._get_representative(student)
        message = {}
        if request.httprequest.method == "POST":
            message = self._permit(guardian, post)
        values = self._prepare_leave_values(student)
        return request.render("school_access_portal.leave", {**values, **message})

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/leave/<int:permission_id>/revoke",
        type="http", auth="user", methods=["POST"], website=True,
    )  # fmt: skip
    def revoke_leave(self, student_id, permission_id, **post):
        """Take back what has not been used: any representative of the child may."""
        student = self._get_watched_child(student_id)
        self._get_representative(student)
        rows = request.env["access.permission"]._get_open_online(student)
        row = rows.filtered(lambda one: one.id == permission_id)
        if not row:
            raise NotFound()
        row.revoked_at = fields.Datetime.now()
        return request.redirect(f"{CHILDREN_URL}/{student.id}/leave", 303)

    def _get_representative(self, student):
        guardian = request.env["access.permission"]._get_representative(
            request.env.user, student
        )
        if not guardian:
            raise NotFound()
        return guardian

    def _permit(self, guardian, post):
        """Do what the form says; return values of the page."""
        try:
            request.env["meal.login.failure"]._check_rate("leave", LEAVES_PER_HOUR)
            with request.env.cr.savepoint():
                request.env["access.permission"]._give_online(
                    guardian, post.get("day"), post.get("clock"), post.get("reason")
                )
        except UserError as error:
            return {"error": str(error), "form": post}
        return {"given": True}

    def _prepare_leave_values(self, student):
        calendar = request.env["school.calendar"]
        school = student.sudo().school_id
        rows = request.env["access.permission"]._get_open_online(student)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "access_leave",
            "student": student,
            "form": {},
            "reason_length": REASON_LENGTH,
            "permissions": [
                (
                    row,
                    calendar._local_datetime(school, row.valid_from),
                    calendar._local_datetime(school, row.valid_to),
                )
                for row in rows
            ],
        }
