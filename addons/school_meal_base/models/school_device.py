import hashlib
import secrets
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, ormcache


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
    clock_wrong_at = fields.Datetime(
        "Clock found wrong at",
        copy=False,
        readonly=True,
        help="Its own time was not used then: set the clock of the device.",
    )
    clock_drift = fields.Integer("Clock drift, minutes", copy=False, readonly=True)

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

    def action_issue_token(self):
        """Show a new token this once: it is stored nowhere."""
        self.check_access("write")
        token = self._issue_token()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Token of %s", self.name),
                "message": self.env._(
                    "%s — put it into the device now: it is not shown again.", token
                ),
                "type": "success",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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
        """Return (device id, school id, company id, language) for a valid token, else
        None."""
        try:
            *device, expires_at = self._by_digest(self._digest(token))
        except LookupError:
            return None
        return device if expires_at > time.time() else None

    @api.model
    @ormcache("digest")
    def _by_digest(self, digest):
        # A change of any device clears the cache of every worker. A miss raises, so a
        # flood of wrong tokens does not push the good ones out of the cache.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.school_id, d.company_id,
                       (SELECT l.code FROM res_lang l
                         WHERE l.active
                         ORDER BY l.code = p.lang DESC, l.code = 'ru_RU' DESC, l.id
                         LIMIT 1),
                       extract(epoch FROM d.expires_at AT TIME ZONE 'UTC')::float
                  FROM school_device d
                  JOIN res_company c ON c.id = d.company_id
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE d.token_digest = %s AND d.state = 'active'
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
