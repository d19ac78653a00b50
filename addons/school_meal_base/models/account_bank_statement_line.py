from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ..domain import payment_purpose

UNMATCHED = "unmatched"
REGISTRY = "registry"
TOPUP = "topup"
SUSPENSE = "suspense"
PAYOUT = "payout"
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
            (PAYOUT, "Paid out"),
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
            line._check_no_registry()
            self.env["meal.bank.import"]._put_in_suspense(line, "manual")

    def action_meal_choose(self):
        """Open the choice of the registries whose money the line brought."""
        self.ensure_one()
        self._check_meal_accountant()
        self._check_meal_open()
        wizard = self.env["meal.bank.match"].create({"line_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which registries does the transfer bring?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_meal_unmatch(self):
        """Take back the match of a transfer with registries, or a payout."""
        self._check_meal_accountant()
        if self.filtered(lambda line: line.meal_state not in (REGISTRY, PAYOUT)):
            raise UserError(
                self.env._(
                    "Only a line that is matched with registries or paid out is"
                    " released."
                )
            )
        self._release()

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
        if self.filtered(
            lambda line: (
                line.meal_state not in (UNMATCHED, False)
                or (not line.meal_state and line.is_reconciled)
                or line.amount <= 0
            )
        ):
            raise UserError(
                self.env._("Only a line that is not matched yet can be dealt with.")
            )

    def _check_no_registry(self):
        """The families of a registry are credited by it: its transfer taken as new
        money would credit somebody a second time."""
        registries = self.env["meal.payment.registry"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("bank_line_id", "=", False),
                ("total_transferred", "=", self.amount),
            ],
            limit=1,
        )
        if registries or payment_purpose.is_registry(self.payment_ref or ""):
            raise UserError(
                self.env._(
                    "This looks like the bank's transfer of a registry: match it with"
                    " the registry instead. If the registry has not been loaded yet,"
                    " load it first."
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _match_registries(self, registries=None):
        """Pair recorded registries with the bank's transfers of their totals.

        A pair is made when amount and registry number agree, or when amount and date
        leave exactly one possibility; otherwise both stay on their lists. What is in
        the way of one pair is written on its registry and stops nothing else: the
        families are credited already.

        :param registries: only these; all unmatched ones of the companies by default
        :return: the lines that found their registry
        """
        domain = [("state", "=", "posted"), ("bank_line_id", "=", False)]
        if registries is not None:
            domain.append(("id", "in", registries.ids))
        matched = self.browse()
        for registry in self.env["meal.payment.registry"].search(domain, order="date"):
            line = self._find_transfer(registry)
            if line and line._try_registry(registry):
                matched += line
        return matched

    @api.model
    def _find_transfer(self, registry):
        """Return the one bank line that carries the registry's total, or nothing."""
        lines = self.search(
            [
                ("company_id", "=", registry.company_id.id),
                # A line that was entered by hand has no state of ours.
                ("meal_state", "in", (UNMATCHED, False)),
                ("is_reconciled", "=", False),
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

    def _try_registry(self, registry):
        """Match, or note on the registry why it cannot be done; return the success."""
        try:
            with self.env.cr.savepoint():
                self._set_registries(registry)
        except (UserError, RedirectWarning) as error:
            # sudo: registries change only through this service, not by editing.
            registry.sudo().match_problem = error.args[0]
            return False
        return True

    def _set_registries(self, registries):
        """Note that this line brought the registries' money, and book it."""
        self.ensure_one()
        values = self._prepare_move_line_default_vals()[:1]
        for channel, items in registries.grouped("channel_id").items():
            values += self._prepare_channel_vals(channel, items)
        self._rebook(values)
        self.meal_state = REGISTRY
        # sudo: registries change only through this service, not by editing.
        registries.sudo().write({"bank_line_id": self.id, "match_problem": False})

    def _release(self):
        """Take a match back: the line waits again, so do its registries."""
        for line in self:
            line._rebook(line._prepare_move_line_default_vals())
            line.meal_state = UNMATCHED if line.meal_state == REGISTRY else OTHER
            # sudo: as above.
            line.meal_registry_ids.sudo().write({"bank_line_id": False})

    def _prepare_channel_vals(self, channel, registries):
        """Return the counterparts of a transfer: what the families were credited
        leaves transit whole, the fee the bank kept is an expense."""
        rounded = self.company_id.currency_id.round
        paid = rounded(sum(registries.mapped("total_paid")))
        fee = rounded(paid - sum(registries.mapped("total_transferred")))
        transit = self._get_transit(channel)
        values = [self._prepare_counterpart(transit, -paid)]
        if fee:
            if not channel.fee_account_id:
                raise UserError(
                    self.env._(
                        "The bank kept a fee of %(fee)s. Choose the account of the"
                        " bank's fee in the channel “%(channel)s”, then look for the"
                        " bank transfer again.",
                        fee=f"{fee:.2f}",
                        channel=channel.name,
                    )
                )
            values.append(self._prepare_counterpart(channel.fee_account_id, fee))
        return values

    def _prepare_counterpart(self, account, balance):
        counterpart = self._prepare_move_line_default_vals(account.id)[1]
        return {
            **counterpart,
            "debit": max(balance, 0.0),
            "credit": max(-balance, 0.0),
            "amount_currency": balance,
        }

    def _get_transit(self, channel):
        account = channel._get_gl_account()
        if not account:
            raise UserError(
                self.env._(
                    "Choose the general ledger account of money in transit first:"
                    " School meals / Configuration."
                )
            )
        return account

    def _book_to_transit(self, channel):
        """Set the counterpart of the line to the transit account of the channel."""
        account = self._get_transit(channel)
        for line in self:
            line._rebook(line._prepare_move_line_default_vals(account.id))

    def _rebook(self, values):
        """Replace the journal items of the line."""
        self.ensure_one()
        # The same way in which core undoes a reconciliation of a bank line.
        self.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": [Command.clear()] + [Command.create(item) for item in values]}
        )
