from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..domain.sber_registry import Layout


class MealPaymentChannel(models.Model):
    """A way for money to come in: a bank's registries, or payments by bank order.

    Money of a channel stands on its own transit account from the moment the families
    are credited until the bank's transfer arrives.
    """

    _name = "meal.payment.channel"
    _description = "Payment Channel"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("registry", "Bank's registries"), ("bank", "Payments by bank order")],
        required=True,
        default="registry",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    transit_account_id = fields.Many2one(
        "meal.account",
        readonly=True,
        copy=False,
        ondelete="restrict",
        string="Account of money in transit",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank journal",
        domain="[('type', '=', 'bank')]",
        check_company=True,
    )
    fee_account_id = fields.Many2one(
        "account.account",
        string="Account of the bank's fee",
        check_company=True,
        help="The family gets what it paid; the fee the bank keeps goes here when the"
        " bank's transfer is matched.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone of the bank",
        required=True,
        default="Europe/Moscow",
    )
    payee_inn = fields.Char(
        "Payee's INN",
        help="When set, a file whose name has another INN is refused.",
    )
    payee_account = fields.Char(
        "Payee's bank account",
        help="When set, a file whose name has another account is refused.",
    )
    # Places of the fields in a registry's line, counted from 1; 0 when absent.
    layout_fields = fields.Integer(
        "Number of fields", default=13, help="0 when the number varies."
    )
    layout_date = fields.Integer("Date", default=1)
    layout_time = fields.Integer("Time", default=2)
    layout_operation = fields.Integer("Operation number", default=5)
    layout_account = fields.Integer("Account number", default=6)
    layout_payer = fields.Integer("Payer", default=7)

    _code_uniq = models.Constraint(
        "UNIQUE (company_id, code)", "This channel code is already in use."
    )

    # === CONSTRAINTS === #

    @api.constrains("kind", "layout_fields", "layout_operation", "layout_account")
    def _check_layout(self):
        for channel in self.filtered(lambda item: item.kind == "registry"):
            if min(channel.layout_operation, channel.layout_account) < 1:
                raise ValidationError(
                    self.env._(
                        "The places of the operation number and of the account number"
                        " are counted from 1."
                    )
                )
            size = channel.layout_fields
            if size and channel._get_layout().head_size() + 4 > size:
                raise ValidationError(
                    self.env._(
                        "A field stands among the last four, which are: paid,"
                        " transferred, fee, code. Correct its place or the number of"
                        " fields."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        for channel in channels:
            channel.transit_account_id = self.env["meal.account"]._system(
                "transit", channel.company_id, code=channel.code
            )
        return channels

    # === BUSINESS METHODS === #

    def _get_layout(self):
        """Return the layout for the reader, whose positions count from 0."""
        self.ensure_one()

        def place(number):
            return number - 1 if number else None

        return Layout(
            fields=self.layout_fields,
            date=place(self.layout_date),
            time=place(self.layout_time),
            operation=place(self.layout_operation),
            account=place(self.layout_account),
            payer=place(self.layout_payer),
            branch=None,
            terminal=None,
            address=None,
            period=None,
        )

    def _to_utc(self, moment):
        """Return a naive UTC time for the bank's local one; None stays None."""
        if moment is None:
            return None
        local = moment.replace(tzinfo=ZoneInfo(self.tz))
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def _get_today(self):
        """Return the bank's local day, whoever presses the button and wherever."""
        self.ensure_one()
        return datetime.now(ZoneInfo(self.tz)).date()

    def _get_gl_account(self):
        """Return the general ledger account where money of the channel is in transit,
        or an empty record when accounting is not set up yet."""
        self.ensure_one()
        account = self.transit_account_id.gl_account_id
        if not account and "meal.gl.mapping" in self.env:
            # sudo: the mapping of kinds is a setting, read on behalf of the service.
            account = (
                self.env["meal.gl.mapping"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("kind", "=", "transit"),
                    ],
                    limit=1,
                )
                .account_id
            )
        return account

    @api.model
    def _get_bank_channel(self, company, journal):
        """Return the channel of payments by bank order, opening it at first use."""
        domain = [("company_id", "=", company.id), ("kind", "=", "bank")]
        channels = self.with_context(active_test=False).search(domain)
        channel = channels.filtered(lambda item: item.journal_id == journal)[:1]
        # sudo: the channel belongs to the service, any accountant may load the file.
        return (
            channel
            or channels[:1]
            or self.sudo()
            .create(
                {
                    "name": self.env._("Payments by bank order"),
                    "code": "bank",
                    "kind": "bank",
                    "company_id": company.id,
                    "journal_id": journal.id,
                }
            )
            .sudo(False)
        )
