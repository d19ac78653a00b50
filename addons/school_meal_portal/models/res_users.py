import contextlib
import logging
import secrets
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import hash_sign, ormcache, verify_hash_signed

from ..const import DEVICE_COOKIE, DEVICE_DAYS, DUTY_PASSWORD, DUTY_TERMS
from ..domain.typed_login import normalise

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = "res.users"

    # === SIGNING IN === #

    @api.model
    def _get_login_domain(self, login):
        """Override of `base`: people type account numbers as they are printed, with
        spaces, and phones begin an e-mail with a capital letter."""
        domain = super()._get_login_domain(login)
        other = normalise(login)
        if other == login:
            return domain
        return Domain(domain) | Domain(super()._get_login_domain(other))

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        """Override of `base`: lock a login after too many failures, in the database.

        Core's limit per network address, in the memory of one process, stays.
        """
        if not request:
            yield
            return
        # sudo: nobody is signed in yet
        failures = self.env["meal.login.failure"].sudo()
        login = user if isinstance(user, str) else self.sudo().browse(user).login
        key = failures._key(login, self._get_known_device(login))
        source_key = failures._source_key(request.httprequest.remote_addr)
        with super()._assert_can_auth(user=user):
            if minutes := failures._get_locked_minutes([key, source_key]):
                raise AccessDenied(self._get_locked_message(minutes))
            try:
                yield
            except AccessDenied:
                failures._record(key, source_key)
                raise
            failures._forget([key])
            self._remember_device(login)

    @api.model
    def _get_known_device(self, login):
        """Return the mark of this browser if the login was used in it with success.

        Failures there are counted apart: a stranger who locks somebody out by wrong
        passwords does not lock out the browser that person works in.
        """
        failures = self.env["meal.login.failure"]
        env = self.sudo().env  # sudo: the secret that signs
        with contextlib.suppress(ValueError):  # whatever a cookie may contain
            cookie = request.httprequest.cookies.get(DEVICE_COOKIE, "")
            value = verify_hash_signed(env, DEVICE_COOKIE, cookie) if cookie else None
            if value and value[0] == failures._hash(login):
                return value[1]
        return ""

    @api.model
    def _remember_device(self, login):
        if self._get_known_device(login):
            return
        value = [self.env["meal.login.failure"]._hash(login), secrets.token_hex(16)]
        age = timedelta(days=DEVICE_DAYS)
        request.future_response.set_cookie(
            DEVICE_COOKIE,
            # sudo: the secret that signs
            hash_sign(self.sudo().env, DEVICE_COOKIE, value, expiration=age),
            max_age=int(age.total_seconds()),
            httponly=True,
            secure=request.httprequest.scheme == "https",
            samesite="Lax",
        )

    def _get_locked_message(self, minutes):
        return self.env._(
            "Too many wrong passwords. Try again in %(minutes)s min, or get a new"
            " password by e-mail or at the till of the school canteen.",
            minutes=minutes,
        )

    def _set_password(self):
        """Override of `base`: a new password, from the till or by e-mail, unlocks."""
        super()._set_password()
        # sudo: the list of failures is nobody's to read
        failures = self.env["meal.login.failure"].sudo()
        failures._forget(failures._key(user.login) for user in self.sudo())

    def _check_credentials(self, credential, env):
        """Override of `base`: what must be done first is done on the page, so a
        program cannot get past it with the password."""
        auth_info = super()._check_credentials(credential, env)
        if not (env or {}).get("interactive") and self.env.user._get_login_duties():
            raise AccessDenied(
                self.env._("Sign in on the website first and finish what it asks for.")
            )
        return auth_info

    def reset_password(self, login):
        """Override of `auth_signup`: answer the same for known and unknown logins, or
        anybody could find out who has an account."""
        try:
            with self.env.cr.savepoint():
                return super().reset_password(login)
        except Exception as error:
            if self.env.user._is_internal():
                raise
            # Without the login: it is a person's account number or e-mail.
            _logger.info("Password reset was not possible: %s", type(error).__name__)
            return None

    def _deactivate_portal_user(self, **post):
        """Override of `base`: it would archive the student or the school's record of
        a parent together with the login."""
        partners = self.partner_id
        # sudo: only asks whether the school knows them
        students = self.env["school.student"].sudo().with_context(active_test=False)
        guardians = self.env["school.guardian"].sudo().with_context(active_test=False)
        if students.search_count([("partner_id", "in", partners.ids)], limit=1) or (
            guardians.search_count([("partner_id", "in", partners.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "The school keeps this record. Ask the person responsible for meals"
                    " to close the access."
                )
            )
        return super()._deactivate_portal_user(**post)

    # === DUTIES === #

    def _get_login_duties(self):
        """Return what this user must do before anything else, as a tuple of codes.

        Staff have none. One small query: it is asked on every page of the portal.
        """
        self.ensure_one()
        if not self.share or self._is_public():
            return ()
        user = self.sudo()  # sudo: people do not read these records themselves
        terms_id = user.env["meal.terms"]._get_current_id()
        temporary = bool(user.meal_password_temporary)
        accepted = not terms_id or bool(
            user.env["meal.terms.acceptance"].search_count(
                [("user_id", "=", user.id), ("terms_id", "=", terms_id)], limit=1
            )
        )
        return (DUTY_PASSWORD,) * temporary + (DUTY_TERMS,) * (not accepted)

    @ormcache("self.id")
    def _get_own_student_id(self):
        """Id of the student whose own login this is, else False."""
        # sudo: students are hidden until the rules know who asks
        students = self.env["school.student"].sudo().with_context(active_test=False)
        domain = [("partner_id", "=", self.sudo().partner_id.id)]
        return self.sudo().share and students.search(domain, limit=1).id

    def _get_portal_students(self):
        """Students this portal user may see, with the user's own rights."""
        self.ensure_one()
        students = self.env["school.student"].with_user(self).sudo(False)
        if not self._is_portal():
            return students
        return students.search([("company_id", "!=", False)])

    def _is_current_password(self, password):
        """Tell whether a text is the user's present password."""
        self.ensure_one()
        credential = {"login": self.login, "password": password, "type": "password"}
        try:
            self.with_user(self)._check_credentials(credential, {"interactive": True})
        except AccessDenied:
            return False
        return True
