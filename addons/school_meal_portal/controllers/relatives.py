from werkzeug.exceptions import NotFound

from odoo import _, http
from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.school_meal_base.models.school_guardian import (
    DELEGATED_RIGHTS,
    LEGAL_RELATIONS,
)

from ..const import CHILDREN_URL, LETTERS_PER_HOUR
from .children import ChildrenPortal

NAME_LENGTH = 120


class RelativesPortal(ChildrenPortal):
    """Who else may look after a child, and further children in one login."""

    # === RELATIVES === #

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/relatives",
        type="http", auth="user", methods=["GET", "POST"], website=True,
    )  # fmt: skip
    def relatives(self, student_id, **post):
        student = self._get_represented_child(student_id)
        message = {}
        if request.httprequest.method == "POST":
            message = self._add_relative(student, post)
        values = self._prepare_relatives_values(student)
        return request.render(
            "school_meal_portal.relatives", {**values, "form": {}, **message}
        )

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/relatives/<int:guardian_id>/remove",
        type="http", auth="user", methods=["POST"], website=True,
    )  # fmt: skip
    def remove_relative(self, student_id, guardian_id, **post):
        """End the access of a relative whom this representative added."""
        student = self._get_represented_child(student_id)
        rows = self._get_added(student)
        row = rows.filtered(lambda each: each.id == guardian_id)
        if not row:
            raise NotFound()
        row.active = False
        return request.redirect(f"{CHILDREN_URL}/{student.id}/relatives", 303)

    def _get_represented_child(self, student_id):
        student = self._get_own_child(student_id)
        if not student._is_represented_by(request.env.user):
            raise NotFound()
        return student

    def _get_added(self, student):
        partner = request.env.user.partner_id
        return request.env["school.guardian"]._get_added_by(partner, student)

    def _add_relative(self, student, post):
        """Do what the form says; return values of the page."""
        email = email_normalize(post.get("email"))
        if post.get("email") and not email:
            error = _("This is not an e-mail address.")
            return {"relative_error": error, "form": post}
        details = {right: bool(post.get(right)) for right in DELEGATED_RIGHTS}
        details |= {"email": email or "", "phone": post.get("phone", "")[:40]}
        partner = request.env.user.partner_id
        try:
            request.env["meal.login.failure"]._check_rate("relative", LETTERS_PER_HOUR)
            with request.env.cr.savepoint():
                request.env["school.guardian"]._add_from_portal(
                    partner, student, post.get("relation"),
                    post.get("name", "")[:NAME_LENGTH], **details,
                )  # fmt: skip
        except (AccessError, UserError, ValidationError) as error:
            return {"relative_error": str(error), "form": post}
        return {"relative_added": post.get("name")}

    def _prepare_relatives_values(self, student):
        guardians = request.env["school.guardian"].sudo()  # sudo: names of a list
        relations = guardians._fields["relation"]._description_selection(request.env)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "meal_relatives",
            "student": student,
            "relatives": self._get_added(student),
            "relations": [item for item in relations if item[0] not in LEGAL_RELATIONS],
        }

    # === ANOTHER CHILD IN THIS LOGIN === #

    @http.route(
        f"{CHILDREN_URL}/join", type="http", auth="user", methods=["POST"], website=True
    )
    def join_child(self, number="", password="", **post):
        """Put a child into one's login with what the slip from the till says."""
        user = request.env.user
        if user._get_own_student_id():
            raise NotFound()  # a child's login is for that child
        message = self._join(user, number, password)
        values = self._prepare_children_values()
        return request.render("school_meal_portal.children", {**values, **message})

    def _join(self, user, number, password):
        try:
            student = user._check_student_password(number, password)
            with request.env.cr.savepoint():
                request.env["school.guardian"]._join_child(user, student)
        except AccessDenied as error:
            if error.args != AccessDenied().args:
                return {"join_error": str(error)}
            return {"join_error": _("The account number or the password is wrong.")}
        except (UserError, ValidationError) as error:
            return {"join_error": str(error)}
        return {"joined": student.name}
