from odoo import api, fields, models

CREDITED = "credited"
SUSPENSE = "suspense"
DUPLICATE = "duplicate"
ERROR = "error"
STATES = [
    (CREDITED, "To the account"),
    (SUSPENSE, "To find out"),
    (DUPLICATE, "Already loaded"),
    (ERROR, "Rejected"),
]
REASONS = [
    ("account_missing", "No account number"),
    ("check_digit", "Wrong account number"),
    ("unknown_account", "No such account"),
    ("account_closed", "The account is closed"),
    ("line_damaged", "The line is damaged"),
    ("amount_from_totals", "Unreadable amount, taken from the totals"),
    ("amount_unreadable", "Unreadable amount, counted with another line"),
    ("in_remainder", "Counted with the unreadable lines of an earlier file"),
    ("amount_not_positive", "Amount is zero or negative"),
    ("amount_too_large", "Amount is too large for one payment"),
    ("operation_loaded", "Operation number already loaded"),
    ("operation_differs", "Operation number loaded with another account or amount"),
    ("refused", "Refused by the ledger"),
]


class MealPaymentRegistryLine(models.Model):
    """One payment of a bank's registry and what became of it.

    The payer's name is kept masked: it helps to find the family of a stray payment
    and is not needed for anything else.
    """

    _name = "meal.payment.registry.line"
    _description = "Payment of a Bank's Registry"
    _order = "registry_id desc, sequence, id"
    _rec_name = "operation"

    registry_id = fields.Many2one(
        "meal.payment.registry",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    channel_id = fields.Many2one(
        "meal.payment.channel", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer("Line", readonly=True)
    operation = fields.Char("Operation number", required=True, readonly=True)
    occurred_at = fields.Datetime("Paid at", readonly=True)
    account_text = fields.Char("Account number in the file", readonly=True)
    payer = fields.Char(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_transferred = fields.Monetary("Transferred", readonly=True)
    amount_fee = fields.Monetary("Bank's fee", readonly=True)
    problems = fields.Char(readonly=True)
    problem_text = fields.Char("Problem", compute="_compute_problem_text")
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    account_id = fields.Many2one(
        "meal.account", "Account", readonly=True, ondelete="restrict"
    )
    transfer_uuid = fields.Char(readonly=True)
    is_posted = fields.Boolean(readonly=True)
    suspense_ids = fields.One2many("meal.suspense", "registry_line_id")

    _operation_once = models.UniqueIndex(
        "(channel_id, operation) WHERE is_posted",
        "A payment with this operation number has already been recorded.",
    )
    _posted_is_money = models.Constraint(
        "CHECK (NOT is_posted OR (state IN ('credited', 'suspense')"
        " AND transfer_uuid IS NOT NULL))",
        "Only recorded money has been posted.",
    )
    _unreadable_index = models.Index(
        "(channel_id, operation) WHERE reason = 'amount_unreadable'"
    )
    _account_index = models.Index("(account_id) WHERE account_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("problems", "state", "reason")
    def _compute_problem_text(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for line in self:
            codes = [code for code in (line.problems or "").split(",") if code]
            line.problem_text = (
                self.env["meal.payment.problem"]._describe_codes(codes)
                or reasons.get(line.reason)
                or False
            )
