from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PAYMENT_STATES
from .compensation_month_posting import OWED
from .compensation_payee import BANK_GROUPS


class CompensationPayment(models.Model):
    """A payment order of a list: what one student's parent is sent, all lines together.

    Account and BIC are those the money was sent to, whatever details came later.
    """

    _name = "compensation.payment"
    _description = "Payment of Compensation"
    _order = "list_id desc, number, id"
    _rec_name = "number"

    list_id = fields.Many2one(
        "compensation.payment.list",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(
        "Payment order", readonly=True, aggregator=False, help="Within the year."
    )
    date = fields.Date(related="list_id.date", store=True)
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Payee", required=True, readonly=True, ondelete="restrict"
    )
    bank_account = fields.Char(
        "Account", required=True, readonly=True, groups=BANK_GROUPS
    )
    bank_bic = fields.Char(
        "Bank's BIC", required=True, readonly=True, groups=BANK_GROUPS
    )
    line_ids = fields.Many2many("compensation.line", string="Pays for", readonly=True)
    months = fields.Char("Months taught", compute="_compute_months")
    amount = fields.Monetary(required=True, readonly=True)
    state = fields.Selection(
        PAYMENT_STATES, "Status", required=True, readonly=True, default="draft"
    )
    payment_id = fields.Many2one(
        "account.payment",
        "Payment",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    returned_on = fields.Date(readonly=True)
    return_reason = fields.Char("Why returned", readonly=True)
    return_move_id = fields.Many2one(
        "account.move", "Entry of the return", readonly=True, ondelete="restrict"
    )

    _list_student_uniq = models.Constraint(
        "UNIQUE (list_id, student_id)", "A list pays a student once."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0 AND min_scale(amount) <= 2)",
        "A payment is a positive amount of roubles and kopecks.",
    )
    _sent_is_posted = models.Constraint(
        "CHECK (state = 'draft' OR (payment_id IS NOT NULL AND number > 0))",
        "A payment that was sent has a number and a journal entry.",
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER compensation_payment_sent
            BEFORE UPDATE OF list_id, student_id, amount, bank_account, bank_bic,
                             partner_id, number, payment_id
            ON compensation_payment FOR EACH ROW WHEN (OLD.state <> 'draft')
            EXECUTE FUNCTION meal_refuse_change(
                'What was sent to the bank is never changed.');
            CREATE OR REPLACE TRIGGER compensation_payment_kept
            BEFORE DELETE ON compensation_payment FOR EACH ROW
            WHEN (OLD.state <> 'draft')
            EXECUTE FUNCTION meal_refuse_change(
                'What was sent to the bank is never changed.');
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.period")
    def _compute_months(self):
        for payment in self:
            periods = sorted(set(payment.line_ids.mapped("period")))
            payment.months = ", ".join(f"{period:%m.%Y}" for period in periods)

    # === ACTIONS === #

    def action_return(self):
        """Ask when and why the bank returned the money (button)."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Returned by the bank"),
            "res_model": "compensation.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_payment_id": self.id},
        }

    def action_open_payment(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "res_id": self.payment_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _is_up_to_date(self):
        """Return whether the draft still says what would be paid now."""
        lines = self.line_ids
        lines._refresh_payees()
        newest = lines.sorted(lambda line: (line.period, line.id))[-1:]
        details = newest.partner_id, newest.bank_account, newest.bank_bic
        return (
            set(lines.mapped("state")) == {"listed"}
            and not any(lines.mapped("problem"))
            and details == (self.partner_id, self.bank_account, self.bank_bic)
        )

    def _post(self):
        """Make the payment in Odoo: it settles what was accrued (called in sudo)."""
        self.ensure_one()
        month = self.line_ids.month_id[:1]
        owed = month._get_gl_account(OWED)
        payment = (
            self.env["account.payment"]
            .with_company(self.company_id)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "supplier",
                    "partner_id": self.partner_id.id,
                    "amount": self.amount,
                    "currency_id": self.currency_id.id,
                    "date": self.date,
                    "journal_id": self.list_id.journal_id.id,
                    "destination_account_id": owed.id,
                    "memo": self._get_purpose(),
                }
            )
        )
        payment.action_post()
        item = payment.move_id.line_ids.filtered(lambda item: item.account_id == owed)
        (item | self._get_open_items()).reconcile()
        return payment

    def _get_open_items(self):
        """Return what was accrued for these lines and is not settled, returned money of
        earlier payments included."""
        returned = self.line_ids.payment_ids.return_move_id
        items = self.line_ids.move_line_id | returned.line_ids
        accounts = self.line_ids.move_line_id.account_id
        return items.filtered(
            lambda item: item.account_id in accounts and not item.reconciled
        )

    def _get_transit_items(self):
        """Return the item of the money that left and is not on a statement yet."""
        return self.payment_id.move_id.line_ids.filtered(
            lambda item: item.account_id == self.payment_id.outstanding_account_id
        )

    def _get_return_items(self):
        return self.return_move_id.line_ids.filtered(
            lambda item: item.account_id == self.payment_id.outstanding_account_id
        )

    def _get_purpose(self):
        """Return what the bank shows to the payee: no name, no ground of the child."""
        purpose = f"Денежная компенсация за питание за {self.months}"
        purpose += ". НДС не облагается"
        kbk = self.list_id.kbk
        return f"(КБК {kbk}) {purpose}" if kbk else purpose

    def _confirm(self):
        """The bank has credited the money (called in sudo)."""
        sent = self.filtered(lambda each: each.state == "sent")
        sent.write({"state": "paid"})
        sent.line_ids.write({"state": "paid"})
        sent.line_ids.month_id._update_paid()

    def _return(self, date, reason):
        """The bank sends the money back: it is owed again. Told twice, nothing more
        happens (called in sudo)."""
        for payment in self:
            if payment.state == "returned":
                continue
            if payment.state not in ("sent", "paid"):
                raise UserError(
                    self.env._("Only a payment that was sent can come back.")
                )
            payment.write(
                {
                    "state": "returned",
                    "returned_on": date,
                    "return_reason": reason,
                    "return_move_id": payment._reverse(date).id,
                }
            )
            payment.line_ids.write({"state": "due"})
            payment.line_ids._refresh_payees()
            payment.line_ids.month_id._update_paid()

    def _reverse(self, date):
        move = self.payment_id.move_id
        reversal = move._reverse_moves(
            [
                {
                    "date": self.line_ids.month_id[:1]._get_open_date(date),
                    "ref": self.env._("Returned by the bank: %s", move.name),
                }
            ]
        )
        reversal._post(soft=False)
        return reversal
