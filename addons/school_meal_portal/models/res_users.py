import contextlib
import logging
import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL, hash_sign, ormcache, verify_hash_signed

from ..const import (
    DEVICE_COOKIE,
    DEVICE_DAYS,
    DUTY_PASSWORD,
    DUTY_TERMS,
    RECOVERY_EMAIL_URL,
    RECOVERY_LINK_HOURS,
)
from ..domain.typed_login import normalise

_logger = logging.getLogger(__name__)

RECOVERY_SCOPE = "meal_recovery_email"


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
        if request.session.uid or self._get_known_device(login):
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

    # === RECOVERY E-MAIL === #

    def _send_recovery_letter(self, address):
        """Ask the owner of an address to confirm it for a student's own login."""
        self.ensure_one()
        token = hash_sign(
            self.sudo().env,  # sudo: the secret that signs
            RECOVERY_SCOPE,
            [self.id, address, self._get_recovery_state()],
            expiration_hours=RECOVERY_LINK_HOURS,
        )
        url = f"{self.get_base_url()}{RECOVERY_EMAIL_URL}/confirm?token={token}"
        body = self.env["ir.qweb"]._render(
            "school_meal_portal.recovery_email_letter",
            {"url": url, "hours": RECOVERY_LINK_HOURS},
        )
        # sudo: letters are the system's
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Confirm the e-mail of the meal account"),
                "email_to": address,
                "email_from": self.sudo().company_id.email_formatted,
                "body_html": body,
                "auto_delete": True,
            }
        )

    @api.model
    def _read_recovery_token(self, token):
        """Return the user and the address of a letter's link; nothing for a link that
        is forged, expired, used, or older than the password."""
        value = None
        with contextlib.suppress(ValueError):  # whatever a link may contain
            # sudo: the secret that signs
            value = verify_hash_signed(self.sudo().env, RECOVERY_SCOPE, token or "")
        user_id, address, state = value or (False, "", "")
        user = self.sudo().browse(user_id or []).exists()
        if not user.active or user._get_recovery_state() != state:
            return self.browse(), ""
        return user, address

    def _get_recovery_state(self):
        """Fingerprint of the password and the e-mail: a change of either makes older
        links worthless."""
        rows = self.env.execute_query(
            SQL("SELECT password FROM res_users WHERE id = %s", self.id)
        )
        text = f"{rows[0][0]}\n{self.sudo().partner_id.email}"
        return sha256(text.encode()).hexdigest()

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

    def _hides_debt(self):
        """Tell whether this is a student's own login in a municipality that hides
        debts from it."""
        self.ensure_one()
        student_id = self._get_own_student_id()
        # sudo: a setting of the municipality
        student = self.env["school.student"].sudo().browse(student_id or [])
        return bool(student.company_id.meal_hide_debt)

    def _get_portal_students(self):
        """Students whose pages this user may open: with the user's own rights in the
        portal, in sudo for staff, whose roles say nothing about their own children."""
        self.ensure_one()
        students = self.env["school.student"].with_user(self).sudo(False)
        if self._is_portal():
            return students.search([("company_id", "!=", False)])
        if not self._is_internal():
            return students
        return students.sudo().search(
            [("guardian_ids", "any", self._get_guardian_domain())]
        )

    def _get_guardian_domain(self):
        """Rows that make this person a guardian, as the record rules have it."""
        return [("partner_id", "=", self.sudo().partner_id.id), ("active", "=", True)]

    @api.model
    def _check_student_password(self, number, password):
        """Return the student, in sudo, whose own login and password these are.

        :raises AccessDenied: they are not, or were tried too often; counted like a
            failed sign-in
        """
        users = self.sudo()  # sudo: it is not the visitor's own login
        with self._assert_can_auth(user=number):
            order = self._get_login_order()
            user = users.search(self._get_login_domain(number), order=order, limit=1)
            student_id = user and user._get_own_student_id()
            if not student_id or not password:
                raise AccessDenied()
            credential = {"login": user.login, "password": password, "type": "password"}
            owner = user.with_user(user).sudo()
            owner._check_credentials(credential, {"interactive": True})
        return self.env["school.student"].sudo().browse(student_id)

    def _is_current_password(self, password):
        """Tell whether a text is the user's present password."""
        self.ensure_one()
        credential = {"login": self.login, "password": password, "type": "password"}
        try:
            self.with_user(self)._check_credentials(credential, {"interactive": True})
        except AccessDenied:
            return False
        return True
