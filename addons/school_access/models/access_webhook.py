import hashlib
import hmac
import json
import logging
import secrets
import time
from urllib.parse import urlsplit
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import ALLOW, ANSWERS, HOLD
from ..domain import outgoing
from ..domain.circuit import Circuit
from ..domain.webhook_signature import ANSWER, NONCE, verify
from ..domain.webhook_signature import sign as sign_body

_logger = logging.getLogger(__name__)

#: (database, webhook) -> its circuit; each process learns by itself who is dead, so
#: that a failure writes nothing and waits for nobody.
_circuits = {}

MAX_REASON = 200


class AccessWebhook(models.Model):
    """Another system that confirms passages (face recognition, a city's centre).

    It is asked by a signed POST and may answer later, or open a door, by a call of its
    own: ``domain/webhook_signature.py`` says how both are signed, the controller
    ``webhook`` which calls there are. What leaves are ids; a name only if that is set.

    The secret is stored nowhere: it follows from the database's own secret and a salt,
    so a backup read elsewhere, or a copy of the database, cannot speak for this one.
    """

    _name = "access.webhook"
    _description = "Other system that confirms passages"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    public_id = fields.Char(
        "Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: uuid4().hex,
        help="The other system names itself with it: header X-Access-Webhook.",
    )
    salt = fields.Char(copy=False, readonly=True, groups=".")
    url = fields.Char(
        "Address", help="Asked before somebody passes. http or https, no redirects."
    )
    timeout = fields.Integer("Waits, milliseconds", required=True, default=700)
    send_name = fields.Boolean(
        "Send the name", help="Otherwise only numbers of this database leave it."
    )
    may_answer = fields.Boolean("May answer later")
    may_open = fields.Boolean("May open doors")
    point_ids = fields.One2many("access.point", "webhook_id", "Points")
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime(readonly=True, copy=False)

    _public_id_uniq = models.Constraint("UNIQUE (public_id)", "Known already.")
    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 100 AND 1000)",
        "A child waits at the door: give between 100 and 1000 milliseconds.",
    )

    # === CONSTRAINTS === #

    @api.constrains("url")
    def _check_url(self):
        for webhook in self.filtered("url"):
            parts = urlsplit(webhook.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(
                    self.env._(
                        "Enter the whole address of the other system, beginning with"
                        " https:// or http://."
                    )
                )
            if parts.username or parts.password:
                raise ValidationError(
                    self.env._(
                        "Leave the password out of the address: calls are signed."
                    )
                )

    # === ACTION METHODS === #

    def action_issue_secret(self):
        """Show a new secret this once; the old one is worth nothing any more."""
        self.check_access("write")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Secret of %s", self.name),
                "message": self.env._(
                    "%s — put it into the other system now: it is not shown again.",
                    self._issue_secret(),
                ),
                "type": "success",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === SECRET === #

    def _issue_secret(self):
        self.ensure_one()
        manager = "school_meal_base.group_manager"
        if not (self.env.su or self.env.user.has_group(manager)):
            raise AccessError(self.env._("Only an administrator connects systems."))
        # sudo: the salt is closed to everybody
        self.sudo().salt = secrets.token_hex(16)
        return self._get_secret()

    def _get_secret(self):
        # sudo: the secret of the database and the salt are closed to everybody
        webhook = self.sudo()
        if not webhook.salt:
            return None
        key = webhook.env["ir.config_parameter"].get_param("database.secret")
        text = f"access.webhook:{webhook.public_id}:{webhook.salt}"
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()

    # === ASKING === #

    def _ask(self, request, person):
        """Ask the other system about one passage.

        :param dict request: values of the `access.verification` to be
        :return: ("allow", "deny" or "hold": it answers later; reason), or (None, why
            there is no answer)
        """
        self.ensure_one()
        secret = self._get_secret()
        if not (self.active and self.url and secret):
            return None, self.env._("The other system is not connected.")
        circuit = _circuits.setdefault((self.env.cr.dbname, self.id), Circuit())
        if not circuit.allows():
            return None, self.env._("The other system has not answered lately.")
        try:
            answer = self._call(secret, self._prepare_question(request, person))
        except outgoing.NoAnswer as error:
            self._note_failure(circuit, str(error))
            return None, self.env._("The other system has not answered.")
        if circuit.succeeded():
            self.env["access.alarm"]._close_open("webhook_down", [self.id])
        return answer

    def _prepare_question(self, request, person):
        question = {
            "request": request["uuid"],
            "point": request["point_id"],
            "site": request["site_id"],
            "person": person.id,
            "kind": person.kind,
            "direction": request["direction"],
            "asked_at": request["asked_at"].isoformat() + "Z",
            "expires_at": request["expires_at"].isoformat() + "Z",
        }
        if self.send_name:
            question["name"] = person.name
        return question

    def _call(self, secret, question):
        """Return (answer, reason) of a call; raise NoAnswer."""
        body = json.dumps(question, ensure_ascii=False).encode()
        nonce = secrets.token_hex(16)
        target = urlsplit(self.url).path or "/"
        headers = sign_body(secret, target, body, nonce=nonce, now=time.time())
        content, answered = outgoing.post(self.url, body, headers, self.timeout / 1000)
        answered[NONCE] = nonce  # ours, whatever it says
        if not verify(secret, ANSWER, content, answered, now=time.time()):
            raise outgoing.NoAnswer("signature")
        return self._parse_answer(content)

    def _parse_answer(self, content):
        try:
            answer = json.loads(content)
            verdict, reason = answer["verdict"], answer.get("reason") or ""
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise outgoing.NoAnswer("answer") from None
        if verdict not in (*dict(ANSWERS), HOLD) or not isinstance(reason, str):
            raise outgoing.NoAnswer("answer")
        if verdict == HOLD and not self.may_answer:
            raise outgoing.NoAnswer("hold")
        return verdict, self._clean(reason)

    @api.model
    def _clean(self, reason):
        """Return a text of somebody else as one that can be stored and shown."""
        kept = "".join(letter for letter in reason if letter.isprintable())
        return kept[:MAX_REASON]

    def _note_failure(self, circuit, error):
        _logger.info("Other system %s has not answered: %s", self.id, error)
        if circuit.failed():
            self.write({"last_error": error, "last_error_at": fields.Datetime.now()})
            self.env["access.alarm"]._raise_alarm(
                "webhook_down",
                self.id,
                school_id=self.school_id.id,
                details=error,
            )

    # === BEING CALLED === #

    @api.model
    def _find_caller(self, public_id, target, body, headers):
        """Return the webhook that has signed this call, once; else nothing."""
        # sudo: the caller is no user; the signature says who it is
        webhook = self.sudo().search([("public_id", "=", public_id or "")], limit=1)
        secret = webhook and webhook._get_secret()
        nonce = secret and verify(secret, target, body, headers, now=time.time())
        if not nonce:
            return self.browse()
        # sudo: the signature was checked; numbers used are written here only
        is_new = self.env["access.webhook.nonce"].sudo()._use(webhook, nonce)
        return webhook if is_new else self.browse()

    def _answer_request(self, uuid, verdict, reason):
        """Answer a request that waits; see ``access.verification._answer``.

        :return: that, or None: there is no such request for this system
        """
        if not self.may_answer:
            return None
        domain = [("uuid", "=", uuid), ("webhook_id", "=", self.id)]
        verification = self.env["access.verification"].search(domain)
        if not verification:
            return None
        return verification._answer(verdict == ALLOW, self._clean(reason), self)

    def _open_point(self, point_id, direction):
        """Open a point this system is set for; None if it may not."""
        point = self.point_ids.filtered(lambda point: point.id == point_id)
        if not (self.may_open and point):
            return None
        controllers = self.env["access.controller"].search(
            [("point_id", "=", point.id)]
        )
        online = controllers.filtered(lambda controller: controller.state == "online")
        for controller in online:
            controller._open_by_order(direction)
        if online:
            return "opened"
        return "not_connected" if controllers else None
