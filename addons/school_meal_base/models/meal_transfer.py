from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..const import MOVING_PHASES, PHASES, REASONS, TRANSFER_KINDS
from ..fields import LooseMany2one


class MealTransfer(models.Model):
    """One fact of the ledger: an amount from one account to another, for ever.

    Rows are written by `meal.ledger` only (see ``sql/``); a trigger forbids
    everybody to change or delete them. A correction is a new row. There are no names
    and no free text here: the ledger outlives the erasure of a child's data.
    """

    _name = "meal.transfer"
    _description = "Ledger Transfer"
    _inherit = ["meal.frozen.mixin"]
    _order = "id desc"
    _rec_name = "uuid"
    _log_access = False  # no change to log; see `user_id` and `create_date`

    uuid = fields.Char(required=True, readonly=True, size=64)
    payload_hash = fields.Char(required=True, readonly=True)
    kind = fields.Selection(TRANSFER_KINDS, required=True, readonly=True)
    phase = fields.Selection(PHASES, required=True, readonly=True)
    debit_account_id = LooseMany2one(
        "meal.account",
        "From account",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    credit_account_id = LooseMany2one(
        "meal.account", "To account", required=True, readonly=True, ondelete="restrict"
    )
    amount = fields.Monetary(required=True, readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    business_date = fields.Date(required=True, readonly=True)
    school_id = LooseMany2one("school.school", readonly=True, ondelete="restrict")
    company_id = LooseMany2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    pending_id = LooseMany2one(
        "meal.transfer", "Resolves the hold", readonly=True, ondelete="restrict"
    )
    reversal_of_id = LooseMany2one(
        "meal.transfer", "Reverses", readonly=True, ondelete="restrict"
    )
    reversed_before = fields.Monetary(
        readonly=True, help="What had been given back of the reversed entry before."
    )
    late_hold_id = LooseMany2one(
        "meal.transfer",
        "Settles the expired hold",
        readonly=True,
        ondelete="restrict",
        help="The goods were gone when the hold was no longer there.",
    )
    group_uuid = fields.Char(readonly=True, size=64)
    forced = fields.Boolean(required=True, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    source_model = fields.Char(readonly=True)
    source_id = fields.Many2oneReference(model_field="source_model", readonly=True)
    device_id = LooseMany2one("school.device", readonly=True, ondelete="restrict")
    expires_at = fields.Datetime(readonly=True)
    user_id = LooseMany2one("res.users", "Recorded by", readonly=True)
    create_date = fields.Datetime("Recorded at", readonly=True)

    # PostgreSQL reads the text of every CHECK again at every insert: constants have
    # their type already, and nothing is converted.
    _uuid_uniq = models.Constraint(
        "UNIQUE (uuid)", "This operation has already been recorded."
    )
    _amount_exact = models.Constraint(
        "CHECK (amount > '0'::numeric AND amount <= '1000000'::numeric"
        " AND min_scale(amount) <= 2)",
        "An amount is positive and in whole kopecks.",
    )
    _two_accounts = models.Constraint(
        "CHECK (debit_account_id <> credit_account_id)",
        "Money moves between two different accounts.",
    )
    _resolution_has_hold = models.Constraint(
        "CHECK ((pending_id IS NULL) = (phase = 'single' OR phase = 'pending'))",
        "A hold is captured, released or expires; nothing else refers to one.",
    )
    _hold_expires = models.Constraint(
        "CHECK ((expires_at IS NULL) = (phase <> 'pending'))",
        "A hold has a time limit.",
    )
    _forced_has_reason = models.Constraint(
        "CHECK (NOT forced OR reason IS NOT NULL)",
        "What is recorded against the rules needs a reason.",
    )
    _resolved_once = models.UniqueIndex(
        "(pending_id) WHERE pending_id IS NOT NULL",
        "A hold is resolved only once.",
    )
    _late_hold_settled_once = models.UniqueIndex(
        "(late_hold_id) WHERE late_hold_id IS NOT NULL",
        "An expired hold is settled only once.",
    )
    # Also what two reversals of one entry at the same moment run into.
    _reversal_chain = models.UniqueIndex(
        "(reversal_of_id, reversed_before) WHERE reversal_of_id IS NOT NULL",
        "Another return of this entry was recorded at the same moment. Try again.",
    )
    _debit_index = models.Index("(debit_account_id, business_date)")
    _credit_index = models.Index("(credit_account_id, business_date)")
    _open_hold_index = models.Index(
        "(debit_account_id, expires_at) WHERE phase = 'pending'"
    )
    _source_index = models.Index(
        "(source_model, source_id) WHERE source_id IS NOT NULL"
    )
    # Days follow each other on disk: a range index costs next to nothing per insert.
    _day_index = models.Index("USING brin (business_date)")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(
            self.env._("Ledger entries are recorded by the ledger itself only.")
        )

    def _frozen_message(self):
        return self.env._(
            "Ledger entries are never changed or deleted: reverse the entry instead."
        )

    # === ACTION METHODS === #

    def action_open_reversal(self):
        self.ensure_one()
        self._check_reversible()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reverse an entry"),
            "res_model": "meal.transfer.reverse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_transfer_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _check_reversible(self):
        self.ensure_one()
        if self.phase not in MOVING_PHASES:
            raise UserError(self.env._("This entry moved no money: nothing to undo."))
        if "suspense" in (self.debit_account_id + self.credit_account_id).mapped(
            "kind"
        ):
            # The work list of stray money would no longer say what its account holds.
            raise UserError(
                self.env._(
                    "This money went through the list of unidentified receipts. Decide"
                    " on it there, or correct the two accounts by adjustments."
                )
            )

    def _get_reversible(self):
        """:return: kopecks of this entry that no reversal has given back yet"""
        self.ensure_one()
        [(back,)] = self._read_group(
            [("reversal_of_id", "=", self.id)], [], ["amount:sum"]
        )
        return round((self.amount - (back or 0)) * 100)

    def init(self):
        super().init()
        for name in ("ledger_rules", "ledger"):
            with file_open(f"school_meal_base/sql/{name}.sql") as script:
                # A constant script of this add-on: no value is put into it.
                self.env.cr.execute(script.read())
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER meal_transfer_append_only
            BEFORE UPDATE OR DELETE ON meal_transfer
            FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
                'Ledger entries are never changed or deleted: reverse them instead');
            CREATE OR REPLACE TRIGGER meal_transfer_no_truncate
            BEFORE TRUNCATE ON meal_transfer
            FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
                'Ledger entries are never changed or deleted: reverse them instead');
            DROP FUNCTION IF EXISTS meal_transfer_is_append_only();
            CREATE OR REPLACE TRIGGER meal_account_is_kept
            BEFORE DELETE ON meal_account
            FOR EACH ROW EXECUTE FUNCTION meal_account_is_kept();
            """
        )
