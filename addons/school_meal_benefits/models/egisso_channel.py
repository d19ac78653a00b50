from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS

from ..egisso_gateway import Gateway, GatewayError, GatewayRefusal


class EgissoChannel(models.Model):
    """How packages of a municipality go out: as files by hand, or over SOAP."""

    _name = "egisso.channel"
    _description = "Channel to EGISSO"
    _order = "company_id, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(
        [
            ("file", "Files, uploaded to the portal by hand"),
            ("soap", "Gateway of the region (SOAP)"),
        ],
        required=True,
        default="file",
    )
    wsdl_url = fields.Char("Address of the WSDL", help="https://…?wsdl")
    login = fields.Char()
    secret = fields.Char(groups=NO_ACCESS, copy=False)
    new_secret = fields.Char(
        "Password",
        compute="_compute_new_secret",
        inverse="_inverse_new_secret",
        help="Kept, and never shown again.",
    )
    has_secret = fields.Boolean("A password is kept", compute="_compute_new_secret")
    timeout = fields.Integer("Wait for an answer, seconds", default=30)
    retries = fields.Integer(
        "Repeats", default=2, help="Within one run; the next run is a quarter later."
    )
    active = fields.Boolean(default=True)

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "The municipality has a channel already."
    )
    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 300 AND retries BETWEEN 0 AND 10)",
        "Wait 1 to 300 seconds and repeat 0 to 10 times.",
    )

    # === CONSTRAINTS === #

    @api.constrains("mode", "wsdl_url")
    def _check_address(self):
        for channel in self.filtered(lambda channel: channel.mode == "soap"):
            address = urlsplit(channel.wsdl_url or "")
            is_local = address.hostname in ("127.0.0.1", "localhost")
            if address.scheme != "https" and not (
                is_local and address.scheme == "http"
            ):
                raise ValidationError(
                    self.env._(
                        "Enter the address of the gateway's WSDL, beginning with"
                        " https://: personal data go there."
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("secret")
    def _compute_new_secret(self):
        for channel in self:
            channel.new_secret = False
            # sudo: only whether there is one
            channel.has_secret = bool(channel.sudo().secret)

    def _inverse_new_secret(self):
        for channel in self.filtered("new_secret"):
            # sudo: nobody reads the column; who may change the row may replace it
            channel.sudo().secret = channel.new_secret

    # === ACTIONS === #

    def action_test(self):
        """Ask the gateway of a package that does not exist."""
        self.ensure_one()
        self.check_access("write")
        try:
            self._connect().result("00000000-0000-0000-0000-000000000000")
        except GatewayError as error:
            raise UserError(self._get_trouble(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("The gateway answers."),
                "type": "success",
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find_for(self, company):
        return self.search([("company_id", "=", company.id)], limit=1)

    def _connect(self):
        self.ensure_one()
        channel = self.sudo()  # sudo: the password is nobody's to read
        return Gateway(
            channel.wsdl_url, channel.login or "", channel.secret, channel.timeout
        )

    @api.model
    def _get_trouble(self, error):
        """Return the sentence for a failure of the gateway."""
        _ = self.env._
        if isinstance(error, GatewayRefusal):
            return _("The gateway refused: %s", error.text)
        return {
            "timeout": _("The gateway did not answer in time. It will be asked again."),
            "connection": _("The gateway cannot be reached. It will be asked again."),
            "answer": _("The gateway answered something unclear. Ask its operator."),
            "fault": _("The gateway has a fault. It will be asked again."),
        }[error.args[0]]
