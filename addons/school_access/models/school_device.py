import hashlib
import hmac
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

#: Of codes typed by people: no letters that look like others.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SELECTOR, _SECRET = 4, 6
CODE_MINUTES = 30
CODE_ATTEMPTS = 5
TOKEN_DAYS = 90


class SchoolDevice(models.Model):
    """A gateway is connected by a code of one use and renews its token by itself."""

    _inherit = "school.device"

    controller_ids = fields.One2many("access.controller", "device_id", "Controllers")
    journal_ids = fields.One2many("access.edge.journal", "device_id", "Journals")
    code_selector = fields.Char(
        copy=False, readonly=True, groups=".", index="btree_not_null"
    )
    code_digest = fields.Char(copy=False, readonly=True, groups=".")
    code_expires_at = fields.Datetime(copy=False, readonly=True, groups=".")
    code_attempts = fields.Integer(copy=False, readonly=True, groups=".")
    next_token_digest = fields.Char(
        copy=False, readonly=True, groups=".", index="btree_not_null"
    )

    # === ACTION METHODS === #

    def action_enrol(self):
        """Show a code for `school-edge enrol` this once: it is stored nowhere."""
        self.ensure_one()
        self.check_access("write")
        code = self._issue_code()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Code for %s", self.name),
                "message": self.env._(
                    "%(code)s — type it into the gateway within %(minutes)s minutes:"
                    " school-edge enrol %(code)s",
                    code=code,
                    minutes=CODE_MINUTES,
                ),
                "type": "success",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _issue_code(self):
        """Give the gateway a new code and return it in clear, this once."""
        self.ensure_one()
        if self.kind != "edge":
            raise UserError(
                self.env._("Codes are for gateways: choose the kind “School gateway”.")
            )
        selector, secret = (
            "".join(secrets.choice(_ALPHABET) for _letter in range(count))
            for count in (_SELECTOR, _SECRET)
        )
        now = fields.Datetime.now()
        # sudo: the digest is closed to everybody, also to the manager.
        self.sudo().write(
            {
                "code_selector": selector,
                "code_digest": self._digest_code(selector, secret),
                "code_expires_at": fields.Datetime.add(now, minutes=CODE_MINUTES),
                "code_attempts": 0,
            }
        )
        return f"{selector}-{secret}"

    @api.model
    def _enrol(self, code):
        """Return (device, token) for a valid code, which is used up; else None."""
        code = re.sub(r"[\s-]", "", code if isinstance(code, str) else "").upper()
        if len(code) != _SELECTOR + _SECRET:
            return None
        selector, secret = code[:_SELECTOR], code[_SELECTOR:]
        # sudo: nobody has signed in yet; the code decides.
        device = self.sudo().search(
            [
                ("code_selector", "=", selector),
                ("code_expires_at", ">", fields.Datetime.now()),
                ("code_attempts", "<", CODE_ATTEMPTS),
                ("kind", "=", "edge"),
            ],
            limit=1,
        )
        if not device:
            return None
        digest = self._digest_code(selector, secret)
        if not hmac.compare_digest(digest, device.code_digest):
            device.code_attempts += 1
            return None
        device.write({"code_selector": False, "code_digest": False})
        token = device._issue_token(days=TOKEN_DAYS)
        device.next_token_digest = False
        return device, token

    @staticmethod
    def _digest_code(selector, secret):
        # Thirty bits that live for half an hour and five attempts; the slow digest
        # keeps whoever reads the table from finding them in that time.
        return hashlib.scrypt(
            secret.encode(), salt=selector.encode(), n=2**14, r=8, p=1
        ).hex()

    def _renew_token(self):
        """Return a new token; the old one is valid until the new one is used."""
        self.ensure_one()
        token = secrets.token_urlsafe(32)
        # sudo: asked by the device itself, which has no rights to records.
        self.sudo().next_token_digest = self._digest(token)
        return token

    @api.model
    def _authenticate(self, token):
        return super()._authenticate(token) or self._begin_next_token(token)

    def _begin_next_token(self, token):
        """Replace the token of a device that uses its new one for the first time."""
        digest = self._digest(token)
        # sudo: the digest is closed to everybody.
        device = self.sudo().search(
            [("next_token_digest", "=", digest), ("state", "=", "active")], limit=1
        )
        if not device:
            return None
        device.write(
            {
                "token_digest": digest,
                "next_token_digest": False,
                "expires_at": fields.Datetime.add(
                    fields.Datetime.now(), days=TOKEN_DAYS
                ),
            }
        )
        device.flush_recordset()
        return super()._authenticate(token)

    @api.model
    @ormcache("device_id")
    def _is_gateway(self, device_id):
        """Any change of a device clears the cache."""
        rows = self.env.execute_query(
            SQL("SELECT kind = 'edge' FROM school_device WHERE id = %s", device_id)
        )
        return bool(rows and rows[0][0])
