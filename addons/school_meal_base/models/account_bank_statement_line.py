from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..domain import payment_purpose

UNMATCHED = "unmatched"
REGISTRY = "registry"
TOPUP = "topup"
SUSPENSE = "suspense"
OTHER = "other"
#: Days between the date of a registry and the bank's transfer of its total.
TRANSFER_DAYS = 7


class AccountBankStatementLine(models.Model):
    """Bank lines that bring the families' money: a registry's total, or one payment
    with an account number in its purpose."""

    _inherit = "account.bank.statement.line"

    meal_import_key = fields.Char(readonly=True, copy=False)
    meal_state = fields.Selection(
        [
            (UNMATCHED, "Not matched"),
            (REGISTRY, "Registry"),
            (TOPUP, "To an account"),
            (SUSPENSE, "To find out"),
            (OTHER, "Not about meals"),
        ],
        string="Meal payments",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    meal_registry_ids = fields.One2many(
        "meal.payment.registry", "bank_line_id", string="Registry", readonly=True
    )
    meal_account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    meal_is_overdue = fields.Boolean(
        "Not matched for long",
        compute="_compute_meal_is_overdue",
        search="_search_meal_is_overdue",
    )

    _meal_import_key_uniq = models.UniqueIndex(
        "(journal_id, meal_import_key) WHERE meal_import_key IS NOT NULL",
        "This payment of the bank statement has already been loaded.",
    )

    # === COMPUTE METHODS === #

    @api.depends("meal_state", "date")
    @api.depends_context("uid")
    def _compute_meal_is_overdue(self):
        limit = self.env["meal.payment.registry"]._get_overdue_date()
        for line in self:
            line.meal_is_overdue = line.meal_state == UNMATCHED and line.date < limit

    def _search_meal_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = self.env["meal.payment.registry"]._get_overdue_date()
        domain = fields.Domain([("meal_state", "=", UNMATCHED), ("date", "<", limit)])
        return domain if True in value else ~domain

    # === ACTION METHODS === #

    def action_meal_match(self):
        """Look again for the registries of the lines that are not matched."""
        self._check_meal_accountant()
        self._match_registries()

    def action_meal_to_suspense(self):
        """Take a payment as the families' money whose owner is to be found out."""
        self._check_meal_accountant()
        for line in self:
            line._check_meal_open()
            self.env["meal.bank.import"]._put_in_suspense(line, "manual")

    def action_meal_set_other(self):
        """Say that the line has nothing to do with meal payments."""
        self._check_meal_accountant()
        self._check_meal_open()
        self.meal_state = OTHER

    def action_meal_reopen(self):
        """Take back “not about meals”."""
        self._check_meal_accountant()
        self.filtered(lambda line: line.meal_state == OTHER).meal_state = UNMATCHED

    def _check_meal_accountant(self):
        if not self.env.user.has_group("school_meal_base.group_accountant"):
            raise AccessError(self.env._("Only an accountant matches bank payments."))
        self.check_access("write")

    def _check_meal_open(self):
        if self.filtered(lambda line: line.meal_state != UNMATCHED):
            raise UserError(
                self.env._("Only a line that is not matched yet can be dealt with.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _match_registries(self, registries=None):
        """Pair recorded registries with the bank's transfers of their totals.

        A pair is made when amount and registry number agree, or when amount and date
        leave exactly one possibility; otherwise both stay on their lists.

        :param registries: only these; all unmatched ones of the companies by default
        :return: the lines that found their registry
        """
        domain = [("state", "=", "posted"), ("bank_line_id", "=", False)]
        if registries is not None:
            domain.append(("id", "in", registries.ids))
        matched = self.browse()
        for registry in self.env["meal.payment.registry"].search(domain, order="date"):
            line = self._find_transfer(registry)
            if line:
                line._set_registry(registry)
                matched += line
        return matched

    @api.model
    def _find_transfer(self, registry):
        """Return the one bank line that carries the registry's total, or nothing."""
        lines = self.search(
            [
                ("company_id", "=", registry.company_id.id),
                ("meal_state", "=", UNMATCHED),
                ("amount", "=", registry.total_transferred),
                ("date", ">=", registry.date),
            ],
            order="date, id",
        )
        lines = lines.filtered(
            lambda line: (line.date - registry.date).days <= TRANSFER_DAYS
        )
        named = lines.filtered(
            lambda line: payment_purpose.names_registry(
                line.payment_ref or "", registry.number
            )
        )
        if len(named) == 1:
            return named
        marked = lines.filtered(
            lambda line: payment_purpose.is_registry(line.payment_ref or "")
        )
        rivals = self.env["meal.payment.registry"].search_count(
            [
                ("company_id", "=", registry.company_id.id),
                ("state", "=", "posted"),
                ("bank_line_id", "=", False),
                ("total_transferred", "=", registry.total_transferred),
                ("id", "!=", registry.id),
            ]
        )
        return (
            marked if len(marked) == 1 and not named and not rivals else self.browse()
        )

    def _set_registry(self, registry):
        """Note that this line brought the registry's money, and book it."""
        self.ensure_one()
        channel = registry.channel_id
        self._book_to_transit(
            channel,
            fee=registry.currency_id.round(
                registry.total_paid - registry.total_transferred
            ),
        )
        self.meal_state = REGISTRY
        # sudo: registries change only through this service, not by editing.
        registry.sudo().bank_line_id = self

    def _book_to_transit(self, channel, fee=0.0):
        """Set the counterpart of the line to the transit account of the channel.

        The families were credited what they paid: the fee the bank kept is an expense
        and makes the amount in transit whole.
        """
        account = channel._get_gl_account()
        if not account:
            raise UserError(
                self.env._(
                    "Choose the general ledger account of money in transit first:"
                    " School meals / Configuration."
                )
            )
        for line in self:
            values = line._prepare_move_line_default_vals(account.id)
            if fee and channel.fee_account_id:
                counterpart = values[1]
                counterpart["credit"] += fee
                counterpart["amount_currency"] -= fee
                values.append(
                    {
                        **counterpart,
                        "account_id": channel.fee_account_id.id,
                        "debit": fee,
                        "credit": 0.0,
                        "amount_currency": fee,
                    }
                )
            # The same way in which core undoes a reconciliation of a bank line.
            line.with_context(force_delete=True, skip_readonly_check=True).write(
                {
                    "line_ids": [Command.clear()]
                    + [Command.create(item) for item in values]
                }
            )
