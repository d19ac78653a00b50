import json
import random
import time
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from psycopg2 import OperationalError, errorcodes
from psycopg2.extensions import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    ISOLATION_LEVEL_READ_COMMITTED,
)

from odoo import api, models
from odoo.tools import SQL

from .. import const
from ..connections import kept_cursor
from ..exceptions import LedgerRefusal

#: The whole round trip of one operation.
WRITE_ONE = """
    SELECT * FROM meal_ledger_write(
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

#: How often an isolated operation is tried, and after what: two callers have used one
#: uuid at once, or the connection has died (no code when nobody could say so).
ISOLATED_TRIES = 5
REPEATED_AFTER = (
    None,
    errorcodes.ADMIN_SHUTDOWN,
    errorcodes.CRASH_SHUTDOWN,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.IDLE_SESSION_TIMEOUT,
    errorcodes.SERIALIZATION_FAILURE,
)

#: What SQL changes behind the ORM's back.
BALANCE_FIELDS = ("posted", "held", "holds_from", "overdraft", "available")


class LedgerResult(NamedTuple):
    """Answer of one ledger operation.

    `posted`, `held` and `available` are kopecks of the student's account after the
    operation (of the paying one when there are two), None when none took part.
    """

    status: str
    transfer_id: int
    uuid: str
    account_id: int | None
    posted: int | None
    held: int | None
    available: int | None


class MealLedger(models.AbstractModel):
    """The only writer of money: every balance and every transfer comes from here.

    Amounts are integer kopecks, times naive UTC. The caller chooses `uuid`, which
    makes every call repeatable: the same uuid with the same content answers the
    stored result (`status` is "exists"), with other content it is refused.

    Further keyword arguments of all operations (`meta`):

    * `occurred_at` (datetime, UTC): the device's clock; now by default
    * `business_date` (date): the school's local day; that of `occurred_at` by default
    * `school` (record or id): the student's school by default
    * `source` ((model name, id)): the document behind the operation
    * `device` (record or id), `group_uuid` (str), `reason` (code)

    A refusal raises :class:`LedgerRefusal` and leaves no trace. Plain calls are part
    of the caller's transaction; inside :meth:`_isolated` they commit on their own.
    """

    _name = "meal.ledger"
    _description = "Ledger Service"

    # === OPERATIONS === #

    @api.model
    def _authorise(
        self,
        account,
        amount,
        *,
        uuid,
        credit=None,
        kind="sale",
        expires_in=None,
        **meta,
    ):
        """Hold an amount of a student's account for a purchase.

        :param account: record, id, or scalar subquery (`SQL`)
        :param credit: the account that will receive it; the company's sales by default
        :param int expires_in: minutes; the company's setting by default
        """
        return self._write_one(
            phase=const.PENDING,
            uuid=uuid,
            kind=kind,
            debit=self._id(account),
            credit=self._id(credit),
            amount=amount,
            expires_in=expires_in,
            **meta,
        )

    @api.model
    def _capture(self, pending_uuid, amount=None, *, uuid, forced=False, **meta):
        """Turn a hold into a payment of the same or a smaller amount.

        A hold that has expired becomes a charge with the reason ``hold_expired``: what
        was sold is recorded, once and for no more than was held.

        :param forced: the goods are gone even if the hold was cancelled; recorded with
            the reason ``hold_released``. Otherwise a cancelled hold is refused.
        """
        return self._write_one(
            phase=const.POST,
            uuid=uuid,
            ref=pending_uuid,
            amount=amount,
            forced=forced,
            **meta,
        )

    @api.model
    def _void(self, pending_uuid, *, uuid, **meta):
        """Release a hold. Releasing one that is already gone changes nothing."""
        return self._write_one(phase=const.VOID, uuid=uuid, ref=pending_uuid, **meta)

    @api.model
    def _charge(
        self, account, amount, *, uuid, credit=None, kind="sale", forced=False, **meta
    ):
        """Take money from an account at once; `forced` records what already happened
        (with a `reason`) even when it leaves a debt."""
        return self._write_one(
            phase=const.SINGLE,
            uuid=uuid,
            kind=kind,
            debit=self._id(account),
            credit=self._id(credit),
            amount=amount,
            forced=forced,
            **meta,
        )

    @api.model
    def _top_up(self, account, amount, *, uuid, debit, **meta):
        """Credit an account; `debit` is where the money comes from (transit)."""
        return self._write_one(
            phase=const.SINGLE,
            uuid=uuid,
            kind=meta.pop("kind", "topup"),
            debit=self._id(debit),
            credit=self._id(account),
            amount=amount,
            **meta,
        )

    @api.model
    def _reverse(
        self,
        transfer_uuid,
        amount=None,
        *,
        uuid,
        kind="adjustment",
        forced=False,
        **meta,
    ):
        """Give back all or a part of a transfer; the sum of its reversals never
        exceeds it. `forced` lets a reversed top-up leave a debt."""
        meta.setdefault("reason", const.REASON_CORRECTION)
        return self._write_one(
            phase=const.SINGLE,
            uuid=uuid,
            kind=kind,
            ref=transfer_uuid,
            amount=amount,
            forced=forced,
            **meta,
        )

    @api.model
    def _transfer_between(
        self, source_account, target_account, amount, *, uuid, **meta
    ):
        """Move money from one account to another of the same company."""
        return self._write_one(
            phase=const.SINGLE,
            uuid=uuid,
            kind=meta.pop("kind", "sibling"),
            debit=self._id(source_account),
            credit=self._id(target_account),
            amount=amount,
            **meta,
        )

    @api.model
    def _write_many(self, operations):
        """Record many operations in one round trip, each on its own merits.

        :param operations: list of dicts with the keys of :meth:`_prepare_operation`
        :return: list in the same order; a :class:`LedgerResult`, or the
            :class:`LedgerRefusal` (not raised) where the operation was refused
        """
        prepared, answers = [], [None] * len(operations)
        positions = []
        self.env.flush_all()
        for position, operation in enumerate(operations):
            try:
                prepared.append(self._prepare_operation(**operation))
                positions.append(position)
            except LedgerRefusal as refusal:
                answers[position] = refusal
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM meal_ledger_write_many(%s::jsonb, %s)",
                json.dumps(prepared, default=self._json_default),
                self.env.uid,
            )
        )
        self.env["meal.account"].invalidate_model(BALANCE_FIELDS)
        for op_index, status, *row in rows:
            answers[positions[op_index]] = self._answer(
                prepared[op_index]["uuid"], status, row, raises=False
            )
        return answers

    # === TRANSACTIONS === #

    @contextmanager
    def _isolated(self, level=ISOLATION_LEVEL_READ_COMMITTED):
        """Run operations on a connection of the ledger's own and commit them.

        Under Odoo's REPEATABLE READ two taps on one account end in retries that sleep
        while they hold a worker; here the second simply waits some milliseconds. The
        outcome stays even when the caller's transaction fails: repeat with the same
        uuid. Records of other models must not be written through this environment.

        :param level: `ISOLATION_LEVEL_AUTOCOMMIT` where every statement may commit by
            itself: one round trip instead of three, and the account is locked no longer
            than the statement takes
        """
        with kept_cursor(self.env.registry, level) as cr:
            yield self.with_env(self.env(cr=cr))

    @api.model
    def _run_isolated(self, operation, *args, **kwargs):
        """Call one operation by name inside :meth:`_isolated`, again after a race."""
        return self._repeat_isolated(
            ISOLATION_LEVEL_READ_COMMITTED,
            lambda ledger: getattr(ledger, operation)(*args, **kwargs),
        )

    @api.model
    def _run_autocommit(self, call):
        """Return ``call(ledger)`` of a request whose only work is one operation."""
        return self._repeat_isolated(ISOLATION_LEVEL_AUTOCOMMIT, call)

    def _repeat_isolated(self, level, call):
        for attempt in range(1, ISOLATED_TRIES + 1):
            try:
                with self._isolated(level) as ledger:
                    result = call(ledger)
                self.env["meal.account"].invalidate_model(BALANCE_FIELDS)
                return result
            except OperationalError as error:
                if error.pgcode not in REPEATED_AFTER or attempt == ISOLATED_TRIES:
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**attempt))

    # === HELPERS === #

    @api.model
    def _prepare_operation(
        self,
        *,
        phase,
        uuid,
        amount=None,
        kind=None,
        debit=None,
        credit=None,
        ref=None,
        forced=False,
        reason=None,
        occurred_at=None,
        business_date=None,
        school=None,
        source=None,
        device=None,
        group_uuid=None,
        expires_in=None,
    ):
        """Check one operation and return it as the SQL function takes it.

        The order of the keys is that of its parameters.
        """
        if forced and not reason and phase == const.SINGLE:
            raise ValueError("A forced operation needs the code of its reason")
        if amount is not None or ref is None:
            self._check_amount(amount)
        if not uuid or len(uuid) > 64:
            raise self._refusal(const.UUID_CONFLICT)
        source_model, source_id = source or (None, None)
        return {
            "uuid": uuid,
            "phase": phase,
            "kind": kind,
            "debit": self._id(debit),
            "credit": self._id(credit),
            "amount": amount,
            "forced": forced,
            "reason": reason,
            "occurred_at": occurred_at,
            "business_date": business_date,
            "school": self._id(school),
            "group_uuid": group_uuid,
            "source_model": source_model,
            "source_id": source_id,
            "device": self._id(device),
            "expires_in": expires_in,
            "ref": ref,
        }

    def _write_one(self, **operation):
        op = self._prepare_operation(**operation)
        self.env.flush_all()
        query = SQL(WRITE_ONE, *op.values(), self.env.uid)
        self.env.cr.execute(query, log_exceptions=False)
        status, *row = self.env.cr.fetchone()
        self.env["meal.account"].invalidate_model(BALANCE_FIELDS, flush=False)
        return self._answer(op["uuid"], status, row)

    def _answer(self, uuid, status, row, raises=True):
        if status in ("created", "exists"):
            transfer_id, account_id, posted, held, available = row
            return LedgerResult(
                status, transfer_id, uuid, account_id, posted, held, available
            )
        refusal = self._refusal(status)
        if raises:
            raise refusal
        return refusal

    def _check_amount(self, amount):
        """Refuse what is not a positive whole number of kopecks within reason."""
        is_whole = isinstance(amount, int) and not isinstance(amount, bool)
        if not is_whole or not 0 < amount <= const.MAX_AMOUNT:
            raise self._refusal(const.AMOUNT_INVALID)

    def _refusal(self, code):
        return LedgerRefusal(code, self._refusal_messages()[code])

    def _refusal_messages(self):
        """Sentences for people; they never tell a balance or a debt."""
        _ = self.env._
        return {
            const.INSUFFICIENT_FUNDS: _(
                "There is not enough money on the account. Top it up and try again."
            ),
            const.ACCOUNT_BLOCKED: _(
                "The account is blocked. Ask the person responsible for meals."
            ),
            const.ACCOUNT_CLOSED: _(
                "The account is closed. Check the number or choose another account."
            ),
            const.UNKNOWN_ACCOUNT: _("There is no such account. Check the number."),
            const.AMOUNT_INVALID: _(
                "The amount must be more than zero, in whole kopecks, and no more than"
                " %(maximum)s roubles.",
                maximum=const.MAX_AMOUNT // 100,
            ),
            const.LIMIT_DAY: _(
                "The daily spending limit set by the parent has been reached."
            ),
            const.LIMIT_SITTING: _(
                "The limit for one visit set by the parent has been reached."
            ),
            const.UUID_CONFLICT: _(
                "This operation number was already used for another operation."
                " Start the operation again."
            ),
            const.HOLD_NOT_FOUND: _("The operation it refers to was not found."),
            const.HOLD_RESOLVED: _("This payment was already completed or cancelled."),
            const.PRODUCT_BANNED: _(
                "The parent does not allow this product. Choose another one."
            ),
            const.CARD_UNKNOWN: _("This card is not known here. Check the card."),
            const.CARD_BLOCKED: _(
                "This card is blocked. Ask for a new one at the till."
            ),
            const.CAPTURE_EXCEEDS: _(
                "No more can be taken than was held for the purchase."
            ),
            const.ALLERGEN: _(
                "This product does not suit the student's diet. Choose another one."
            ),
            const.REVERSAL_EXCEEDS: _(
                "More cannot be returned than was paid. Check what was returned before."
            ),
        }

    @staticmethod
    def _id(record):
        """Accept a record, an id, a scalar query for one, or nothing."""
        if isinstance(record, models.BaseModel):
            return record.id or None
        return record or None

    @staticmethod
    def _json_default(value):
        if isinstance(value, datetime | date):
            return (
                value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
            )
        raise TypeError(type(value))
