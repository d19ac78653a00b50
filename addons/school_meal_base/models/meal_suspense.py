import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..domain import suspense_match
from .meal_payment_posting import NAMESPACE
from .meal_payment_registry_line import REASONS

#: Suggestions shown to the accountant at most.
MAX_SUGGESTIONS = 10


class MealSuspense(models.Model):
    """A payment whose owner is not known yet: the accountant's work list.

    The money is on the suspense account of the ledger until it is moved to a
    student's account or returned to the payer.
    """

    _name = "meal.suspense"
    _description = "Unidentified Receipt"
    _order = "state desc, date, id"
    _rec_name = "operation"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_id = fields.Many2one(
        "meal.payment.channel", readonly=True, ondelete="restrict"
    )
    registry_line_id = fields.Many2one(
        "meal.payment.registry.line",
        "Payment of a registry",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    registry_id = fields.Many2one(related="registry_line_id.registry_id")
    bank_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Line of a bank statement",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    operation = fields.Char("Operation number", readonly=True)
    account_text = fields.Char("Account number as written", readonly=True)
    payer = fields.Char(readonly=True)
    purpose = fields.Char(readonly=True)
    reason = fields.Selection(
        [*REASONS, ("ambiguous", "Several account numbers"), ("manual", "By hand")],
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "To find out"),
            ("moved", "Moved to an account"),
            ("returned", "To be returned to the payer"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    account_id = fields.Many2one(
        "meal.account", "Moved to", readonly=True, ondelete="restrict"
    )
    transfer_uuid = fields.Char(required=True, readonly=True)
    resolution_uuid = fields.Char(readonly=True)
    resolved_at = fields.Datetime(readonly=True)
    resolved_by_id = fields.Many2one("res.users", "Resolved by", readonly=True)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An unidentified receipt has an amount."
    )
    _transfer_uniq = models.Constraint(
        "UNIQUE (transfer_uuid)", "This receipt is already on the work list."
    )
    _resolved_with_transfer = models.Constraint(
        "CHECK ((state = 'open') = (resolution_uuid IS NULL))",
        "A resolved receipt has a transfer that moved the money.",
    )

    # === ACTION METHODS === #

    def action_find_owner(self):
        """Open the choice of the student whose money it is."""
        self.ensure_one()
        self._check_accountant()
        wizard = self.env["meal.suspense.resolve"].create({"suspense_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Whose money is it?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_return(self):
        """Mark the money to be returned to the payer: it leaves suspense."""
        self._check_accountant()
        # sudo: the work list changes only through this service, not by editing.
        self.sudo()._return_to_payer()

    # === BUSINESS METHODS === #

    def _check_accountant(self):
        """Only the accountant of the company moves stray money; raise otherwise."""
        if not self.env.user.has_group("school_meal_base.group_accountant"):
            raise AccessError(
                self.env._("Only an accountant decides on unidentified receipts.")
            )
        self.check_access("read")

    def _move_to(self, account):
        """Credit the student's account whose money it was.

        :raise UserError: already resolved, or another company's account
        """
        self.ensure_one()
        self._check_open()
        if account.kind != "student" or account.company_id != self.company_id:
            raise UserError(
                self.env._("Choose the personal account of a student of this company.")
            )
        self._resolve("moved", account, kind="topup", reason="identified")

    def _return_to_payer(self):
        """Move the money to the account of payouts, from where the bank returns it."""
        for item in self:
            item._check_open()
            account = self.env["meal.account"]._system("payout", item.company_id)
            item._resolve(
                "returned", account, kind="payout", reason="returned_to_payer"
            )

    def _check_open(self):
        self.lock_for_update(allow_referencing=True)
        if self.filtered(lambda item: item.state != "open"):
            raise UserError(
                self.env._(
                    "This receipt has been dealt with already. Refresh the page."
                )
            )

    def _get_today(self):
        """Return the local day of the bank, of the company without a channel."""
        if self.channel_id:
            return self.channel_id._get_today()
        return self.env["meal.posting"]._local_today(self.company_id)

    def _resolve(self, state, account, **meta):
        transfer_uuid = str(uuid.uuid5(NAMESPACE, f"suspense/{self.transfer_uuid}"))
        ledger = self.env["meal.ledger"]
        ledger._transfer_between(
            self.env["meal.account"]._system("suspense", self.company_id),
            account,
            round(self.amount * 100),
            uuid=transfer_uuid,
            business_date=self._get_today(),
            source=(self._name, self.id),
            **meta,
        )
        self.write(
            {
                "state": state,
                "account_id": account.id,
                "resolution_uuid": transfer_uuid,
                "resolved_at": fields.Datetime.now(),
                "resolved_by_id": self.env.uid,
            }
        )

    @api.model
    def _open_balance(self, company):
        """Kopecks of the company that wait for their owner, by the work list."""
        [(total,)] = self._read_group(
            [("company_id", "=", company.id), ("state", "=", "open")],
            [],
            ["amount:sum"],
        )
        return round((total or 0) * 100)

    # === BUSINESS METHODS - SUGGESTIONS === #

    def _get_suggestions(self):
        """Guess whose money it may be, the likeliest first.

        :return: list of (account, hint code, score 0..1); hints: "number" for a
            mistyped account number, "guardian" for a payer named like a guardian
        """
        self.ensure_one()
        found = {}
        for account in self._find_by_number():
            found[account] = ("number", 1.0)
        for account, score in self._find_by_payer():
            # A wrong digit and the right family: surely the one.
            hint, sure = found.get(account, ("guardian", 0.0))
            found[account] = (hint, sure + score)
        ranked = sorted(found.items(), key=lambda item: -item[1][1])
        return [
            (account, hint, score)
            for account, (hint, score) in ranked[:MAX_SUGGESTIONS]
        ]

    def _find_by_number(self):
        numbers = suspense_match.neighbours(self.account_text or "")
        accounts = self.env["meal.account"].search(
            [
                ("number", "in", numbers),
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "closed"),
            ]
        )
        return accounts.sorted(lambda account: numbers.index(account.number))

    def _find_by_payer(self):
        """Return (account, score) of the students whose guardian is named alike."""
        words = (self.payer or "").split()
        if not words:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT account.id, partner.name
                  FROM school_guardian guardian
                  JOIN res_partner partner ON partner.id = guardian.partner_id
                  JOIN meal_account account ON account.student_id = guardian.student_id
                 WHERE account.company_id = %s
                   AND account.state <> 'closed'
                   AND guardian.active
                   AND partner.name ILIKE %s
                """,
                self.company_id.id,
                f"%{words[0][:4].rstrip('.%_')}%",
            )
        )
        scores = {}
        for account_id, name in rows:
            score = suspense_match.similarity(self.payer, name)
            if score >= suspense_match.THRESHOLD:
                scores[account_id] = max(score, scores.get(account_id, 0))
        accounts = self.env["meal.account"]
        return [(accounts.browse(key), score) for key, score in scores.items()]
