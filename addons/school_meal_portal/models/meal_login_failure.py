from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import (
    FAILURE_MEMORY_HOURS,
    LOCK_AFTER,
    LOCK_MINUTES,
    PARAM_LOCK_AFTER,
    PARAM_LOCK_MINUTES,
    PARAM_SOURCE_LOCK_AFTER,
    SOURCE_LOCK_AFTER,
)
from ..domain.typed_login import normalise, source_of


class MealLoginFailure(models.Model):
    """Failed sign-ins of one login, in the database: every worker and node sees them,
    and a restart forgets nothing. Rows of a network and an hour bound guesses over many
    logins in the same way.

    The login is kept as a hash: people type passwords into the wrong field.

    A lock can be provoked by a stranger who knows a login. It is short, falls on
    staff and families alike, ends with a new password, and does not touch browsers in
    which the login has been used with success (see `res.users`): without such a limit
    ten digits and a short password could be guessed in a night.
    """

    _name = "meal.login.failure"
    _description = "Failed Sign-in"
    _rec_name = "login_hash"
    _log_access = False

    login_hash = fields.Char(required=True, readonly=True)
    failures = fields.Integer(required=True, readonly=True)
    last_failure_at = fields.Datetime(required=True, readonly=True)
    locked_until = fields.Datetime(readonly=True)

    _login_uniq = models.Constraint("UNIQUE (login_hash)", "One row per login.")

    # === KEYS === #

    @api.model
    def _hash(self, login):
        return sha256(normalise(login).encode()).hexdigest()

    @api.model
    def _key(self, login, device=""):
        """Key of a login; or of a login in a browser that has signed in with it."""
        login_hash = self._hash(login)
        # No login contains a line break: keys of several kinds are never equal.
        text = f"device\n{login_hash}\n{device}"
        return sha256(text.encode()).hexdigest() if device else login_hash

    @api.model
    def _source_key(self, address):
        """Key of a network in this hour."""
        hour = fields.Datetime.now().strftime("%Y-%m-%d %H")
        text = f"source\n{source_of(address)}\n{hour}"
        return sha256(text.encode()).hexdigest()

    # === LOCK === #

    @api.model
    def _get_locked_minutes(self, keys):
        """Return for how many minutes more one of the keys is locked; 0 for none."""
        now = fields.Datetime.now()
        [(until,)] = self.env.execute_query(
            SQL(
                "SELECT max(locked_until) FROM meal_login_failure"
                " WHERE login_hash IN %s AND locked_until > %s",
                tuple(keys),
                now,
            )
        )
        return max(1, -(-(until - now).seconds // 60)) if until else 0

    @api.model
    def _record(self, key, source_key):
        """Count a failure, locking the login or the network when there were too many.

        On a cursor of its own: the failed request is rolled back, the count is not.
        """
        params = self.env["ir.config_parameter"].sudo()  # sudo: nobody is signed in
        limit = int(params.get_param(PARAM_LOCK_AFTER) or LOCK_AFTER)
        by_source = params.get_param(PARAM_SOURCE_LOCK_AFTER)
        by_source = int(SOURCE_LOCK_AFTER if by_source in (False, "") else by_source)
        minutes = int(params.get_param(PARAM_LOCK_MINUTES) or LOCK_MINUTES)
        with self.env.registry.cursor() as cr:
            self._count(cr, key, limit, minutes)
            if by_source:
                self._count(cr, source_key, by_source, minutes)

    @api.model
    def _check_rate(self, purpose, limit):
        """Count something the current user asks for; refuse more than `limit` of it
        until they pause for an hour."""
        key = sha256(f"{purpose}\n{self.env.uid}".encode()).hexdigest()
        if minutes := self._get_locked_minutes([key]):
            raise UserError(
                self.env._("Too many requests. Try again in %s min.", minutes)
            )
        with self.env.registry.cursor() as cr:
            self._count(cr, key, limit, 60)

    @api.model
    def _count(self, cr, key, limit, minutes):
        now = fields.Datetime.now()
        cr.execute(
            SQL(
                """
                INSERT INTO meal_login_failure AS f
                       (login_hash, failures, last_failure_at, locked_until)
                VALUES (%(key)s, 1, %(now)s,
                        CASE WHEN %(limit)s <= 1 THEN %(until)s END)
                ON CONFLICT (login_hash) DO UPDATE
                   SET failures = CASE
                           WHEN f.last_failure_at < %(memory)s
                                OR f.locked_until <= %(now)s THEN 1
                           ELSE f.failures + 1 END,
                       last_failure_at = %(now)s,
                       locked_until = CASE
                           WHEN f.last_failure_at >= %(memory)s
                                AND f.locked_until IS NULL
                                AND f.failures + 1 >= %(limit)s THEN %(until)s
                           WHEN f.locked_until > %(now)s THEN f.locked_until
                       END
                """,
                key=key,
                now=now,
                limit=limit,
                until=now + timedelta(minutes=minutes),
                memory=now - timedelta(hours=FAILURE_MEMORY_HOURS),
            )
        )

    @api.model
    def _forget(self, keys):
        """Unlock: after a success, a new password or a reset at the till."""
        if keys := tuple(keys):
            self.env.cr.execute(
                SQL("DELETE FROM meal_login_failure WHERE login_hash IN %s", keys)
            )

    @api.autovacuum
    def _gc_failures(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM meal_login_failure WHERE last_failure_at < %s",
                fields.Datetime.now() - timedelta(hours=FAILURE_MEMORY_HOURS),
            )
        )
