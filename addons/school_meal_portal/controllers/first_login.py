from odoo import _, http
from odoo.exceptions import UserError
from odoo.http import request

from ..const import CHILDREN_URL, DUTY_PASSWORD, DUTY_TERMS, FIRST_LOGIN_URL

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


class FirstLogin(http.Controller):
    """What is done once before anything else: own password, terms of use."""

    @http.route("/my/terms", type="http", auth="public", methods=["GET"], website=True)
    def terms(self):
        values = {"terms": request.env["meal.terms"]._get_current()}
        return request.render("school_meal_portal.terms_page", values)

    @http.route(
        FIRST_LOGIN_URL, type="http", auth="user", methods=["GET", "POST"], website=True
    )
    def first_login(self, **post):
        user = request.env.user
        duties = user._get_login_duties()
        errors = {}
        if request.httprequest.method == "POST" and duties:
            errors = self._fulfil(user, duties, post)
            duties = user._get_login_duties()
        if not duties:
            return request.redirect(CHILDREN_URL)
        return request.render(
            "school_meal_portal.first_login",
            self._prepare_values(duties, errors),
            headers=SAFE_HEADERS,
        )

    def _prepare_values(self, duties, errors):
        params = request.env["ir.config_parameter"].sudo()  # sudo: a public setting
        return {
            "ask_password": DUTY_PASSWORD in duties,
            "ask_terms": DUTY_TERMS in duties,
            "terms": request.env["meal.terms"]._get_current(),
            "errors": errors,
            "minimum": int(params.get_param("auth_password_policy.minlength") or 0),
        }

    def _fulfil(self, user, duties, post):
        """Do what the form says; return messages by field when something is missing.

        The terms are stored only together with the password: nothing half done.
        """
        errors = {}
        if DUTY_TERMS in duties and not post.get("accept"):
            errors["accept"] = _("Tick the box if you agree: without it the portal"
                                 " cannot be used.")  # fmt: skip
        if DUTY_PASSWORD in duties and not errors:
            errors = self._change_password(user, post)
        if DUTY_TERMS in duties and not errors:
            request.env["meal.terms.acceptance"]._accept(
                user,
                request.env["meal.terms"]._get_current(),
                request.httprequest.remote_addr,
            )
        return errors

    def _change_password(self, user, post):
        new, again = (post.get(name, "").strip() for name in ("new1", "new2"))
        if not new:
            return {"new1": _("Choose a password of your own.")}
        if new != again:
            return {"new2": _("The two passwords are not the same. Type them again.")}
        if user._is_current_password(new):
            return {"new1": _("Choose another password than the temporary one.")}
        try:
            user._change_password(new)
        except UserError as error:
            return {"new1": str(error)}
        # The session was signed with the old password.
        token = user._compute_session_token(request.session.sid)
        request.session.session_token = token
        return {}
