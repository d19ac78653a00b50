import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..const import LINK_CODE_MINUTES, NOTICE_CHANNELS


class AccessAddress(models.Model):
    """Where a person is told of passages; one address per channel.

    `code_digest` is a one-time code that proves the address: the code itself is in the
    link only. A dead address keeps its reason until another one is proved.
    """

    _name = "access.address"
    _description = "Address for notices of passage"
    _rec_name = "channel"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="cascade", index=True
    )
    channel = fields.Selection(
        [item for item in NOTICE_CHANNELS if item[0] != "inbox"], required=True
    )
    address = fields.Char(readonly=True, help="E-mail, or number of the chat.")
    verified_at = fields.Datetime(readonly=True)
    dead_at = fields.Datetime(readonly=True)
    code_digest = fields.Char(readonly=True, groups=".", index="btree_not_null")
    code_expires_at = fields.Datetime(readonly=True)

    _channel_uniq = models.Constraint(
        "UNIQUE (partner_id, channel)", "The person has an address of this channel."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, partner, channel):
        """Return the row of a person, in sudo; it may be empty."""
        # sudo: people of the portal do not read these
        return self.sudo().search(
            [("partner_id", "=", partner.id), ("channel", "=", channel)], limit=1
        )

    @api.model
    def _get_or_create(self, partner, channel):
        # sudo: addresses are nobody's to edit, they are made here
        return self._of(partner, channel) or self.sudo().create(
            {"partner_id": partner.id, "channel": channel}
        )

    def _is_usable(self):
        return bool(self.address and self.verified_at and not self.dead_at)

    @api.model
    def _adopt_login_email(self, user):
        """Take the e-mail a person signs in with: its owner has set the password by a
        letter. Return whether there is one."""
        # sudo: the login of the user themselves
        email = email_normalize(user.sudo().login)
        if not email:
            return False
        row = self._get_or_create(user.partner_id, "email")
        if row.address != email or not row._is_usable():
            row._prove(email)
        return True

    def _prove(self, address):
        """The owner has shown that the address is theirs."""
        self.write(
            {
                "address": address,
                "verified_at": fields.Datetime.now(),
                "dead_at": False,
                "code_digest": False,
                "code_expires_at": False,
            }
        )
        # what stopped because the old one was dead goes on
        self._get_subscriptions().filtered(lambda row: row.state == "stopped").write(
            {"state": "on"}
        )

    @api.model
    def _issue_code(self, partner, channel):
        """Return a new one-time code (22 characters, 128 random bits)."""
        code = secrets.token_urlsafe(16)
        expires = fields.Datetime.now() + timedelta(minutes=LINK_CODE_MINUTES)
        self._get_or_create(partner, channel).write(
            {"code_digest": self._digest(code), "code_expires_at": expires}
        )
        return code

    @api.model
    def _take_code(self, channel, code):
        """Return the row a code is for, in sudo, if it may still be used."""
        return self.sudo().search(
            [
                ("channel", "=", channel),
                ("code_digest", "=", self._digest(code)),
                ("code_expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _digest(self, code):
        return sha256(code.encode()).hexdigest()

    def _forget(self):
        """The person does not want to be told there any more."""
        self._get_subscriptions().filtered(lambda row: row.state != "off").write(
            {"state": "off"}
        )
        self.unlink()

    def _bury(self):
        """The address refuses us: stop what goes there and tell the parent so."""
        self.write({"dead_at": fields.Datetime.now()})
        self._get_subscriptions().filtered(lambda row: row.state == "on").write(
            {"state": "stopped"}
        )

    def _get_subscriptions(self):
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("channel", "in", list(set(self.mapped("channel")))),
        ]
        # sudo: an address that is dead is so for every choice that uses it
        return self.env["access.subscription"].sudo().search(domain)
