from odoo import _, http
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request
from odoo.tools import email_normalize

from ..const import LETTERS_PER_HOUR, RECOVERY_EMAIL_URL
from .children import ChildrenPortal


class RecoveryEmail(ChildrenPortal):
    """E-mail of a student's own login, to recover the password.

    It counts only when its owner has opened the link of a letter: a slip of the finger
    would otherwise give the cabinet to a stranger.
    """

    @http.route(
        RECOVERY_EMAIL_URL, type="http", auth="user", methods=["POST"], website=True
    )
    def recovery_email(self, email="", password="", **kwargs):
        message = self._ask_recovery_email(email, password)
        values = self._prepare_children_values()
        return request.render("school_meal_portal.children", {**values, **message})

    @http.route(
        f"{RECOVERY_EMAIL_URL}/confirm",
        type="http", auth="public", methods=["GET", "POST"], website=True,
    )  # fmt: skip
    def confirm_recovery_email(self, token="", **kwargs):
        """The link of the letter. Opening changes nothing, as programs that look
        through letters open links too: the button does."""
        user, address = request.env["res.users"]._read_recovery_token(token)
        done = bool(user) and request.httprequest.method == "POST"
        if done:
            # sudo: whoever holds the letter proves the address, signed in or not
            user.sudo().partner_id.email = address
        values = {"token": token, "address": address, "done": done}
        return request.render("school_meal_portal.recovery_email_confirm", values)

    def _ask_recovery_email(self, email, password):
        """Send the letter if the password is right; return values of the page."""
        user = request.env.user
        address = email_normalize(email)
        if not user._get_own_student_id():
            return {"email_error": _("Change your e-mail in your account details.")}
        if not address:
            return {"email_error": _("This is not an e-mail address.")}
        credential = {"login": user.login, "password": password, "type": "password"}
        try:
            with user._assert_can_auth(user=user.login):
                user._check_credentials(credential, {"interactive": True})
            failures = request.env["meal.login.failure"]
            failures._check_rate("recovery-email", LETTERS_PER_HOUR)
        except AccessDenied:
            return {
                "email_error": _("The password is wrong. The e-mail stays as it is.")
            }
        except UserError as error:
            return {"email_error": str(error)}
        user._send_recovery_letter(address)
        return {"email_sent": address}
