from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import (
    FAILURE_MEMORY_HOURS,
    LOCK_AFTER,
    LOCK_MINUTES,
    PARAM_LOCK_AFTER,
    PARAM_LOCK_MINUTES,
)


class MealLoginFailure(models.Model):
    """Failed sign-ins of one login, in the database: every worker and node sees them,
    and a restart forgets nothing.

    The login is kept as a hash: people type passwords into the wrong field.
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

    @api.model
    def _hash(self, login):
        return sha256((login or "").strip().lower().encode()).hexdigest()

    @api.model
    def _get_locked_minutes(self, login):
        """Return for how many minutes more a login is locked; 0 when it is not."""
        rows = self.env.execute_query(
            SQL(
                "SELECT locked_until FROM meal_login_failure"
                " WHERE login_hash = %s AND locked_until > %s",
                self._hash(login),
                fields.Datetime.now(),
            )
        )
        if not rows:
            return 0
        left = rows[0][0] - fields.Datetime.now()
        return max(1, -(-left.seconds // 60))

    @api.model
    def _record(self, login):
        """Count a failure, locking the login when there were too many.

        On a cursor of its own: the failed request is rolled back, the count is not.
        """
        now = fields.Datetime.now()
        params = self.env["ir.config_parameter"].sudo()  # sudo: nobody is signed in
        limit = int(params.get_param(PARAM_LOCK_AFTER) or LOCK_AFTER)
        minutes = int(params.get_param(PARAM_LOCK_MINUTES) or LOCK_MINUTES)
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO meal_login_failure AS f
                           (login_hash, failures, last_failure_at, locked_until)
                    VALUES (%(hash)s, 1, %(now)s,
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
                    hash=self._hash(login),
                    now=now,
                    limit=limit,
                    until=now + timedelta(minutes=minutes),
                    memory=now - timedelta(hours=FAILURE_MEMORY_HOURS),
                )
            )

    @api.model
    def _forget(self, logins):
        """Unlock logins: after a success, a new password or a reset at the till."""
        hashes = tuple(self._hash(login) for login in logins if login)
        if hashes:
            self.env.cr.execute(
                SQL("DELETE FROM meal_login_failure WHERE login_hash IN %s", hashes)
            )

    @api.autovacuum
    def _gc_failures(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM meal_login_failure WHERE last_failure_at < %s",
                fields.Datetime.now() - timedelta(hours=FAILURE_MEMORY_HOURS),
            )
        )
