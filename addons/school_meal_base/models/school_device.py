import hashlib
import secrets
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, ormcache

#: A device's `last_seen_at` is written at most once in so many seconds per process.
SEEN_INTERVAL = 60


class SchoolDevice(models.Model):
    """A till, vending machine or terminal that calls the server on its own.

    Its token is random (256 bits), shown once and stored as a SHA-256 digest only: a
    fast digest is safe for a secret nobody can guess, and makes the check of every
    tap cost nothing.
    """

    _name = "school.device"
    _description = "School Device"
    _order = "school_id, name"

    name = fields.Char(required=True)
    kind = fields.Selection(
        [
            ("till", "Till"),
            ("vending", "Vending machine"),
            ("terminal", "Payment terminal"),
            ("edge", "School gateway"),
        ],
        required=True,
    )
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("active", "Active"), ("revoked", "Revoked")], required=True, default="active"
    )
    token_digest = fields.Char(copy=False, readonly=True, groups=".")
    expires_at = fields.Datetime(copy=False, readonly=True)
    last_seen_at = fields.Datetime(copy=False, readonly=True)

    _token_uniq = models.UniqueIndex(
        "(token_digest) WHERE token_digest IS NOT NULL", "Token already in use."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === ACTION METHODS === #

    def action_revoke(self):
        self.check_access("write")
        self.write({"state": "revoked"})

    # === BUSINESS METHODS === #

    def _issue_token(self, days=365):
        """Give the device a new token and return it in clear, this once.

        :param int days: how long it is valid
        """
        self.ensure_one()
        if not (
            self.env.su or self.env.user.has_group("school_meal_base.group_manager")
        ):
            raise AccessError(self.env._("Only a manager connects devices."))
        token = secrets.token_urlsafe(32)
        expires_at = fields.Datetime.add(fields.Datetime.now(), days=days)
        # sudo: the digest is closed to everybody, also to the manager.
        self.sudo().write(
            {
                "token_digest": self._digest(token),
                "expires_at": expires_at,
                "state": "active",
            }
        )
        return token

    @api.model
    def _authenticate(self, token):
        """Return (device id, school id, company id) for a valid token, else None."""
        try:
            device_id, school_id, company_id, expires_at = self._by_digest(
                self._digest(token)
            )
        except LookupError:
            return None
        if expires_at <= time.time():
            return None
        return device_id, school_id, company_id

    @api.model
    @ormcache("digest")
    def _by_digest(self, digest):
        # A change of any device clears the cache of every worker. A miss raises, so a
        # flood of wrong tokens does not push the good ones out of the cache.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, school_id, company_id,
                       extract(epoch FROM expires_at AT TIME ZONE 'UTC')::float
                  FROM school_device
                 WHERE token_digest = %s AND state = 'active'
                """,
                digest,
            )
        )
        if not rows:
            raise LookupError(digest)
        return rows[0]

    @staticmethod
    def _digest(token):
        return hashlib.sha256(token.encode()).hexdigest()
