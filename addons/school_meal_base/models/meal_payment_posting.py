import json
import uuid

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from .. import const
from ..domain import account_number, sber_registry
from ..exceptions import LedgerRefusal
from .meal_payment_registry_line import CREDITED, DUPLICATE, ERROR, SUSPENSE

#: Namespace of the operation ids: one payment of a channel is one transfer for ever.
NAMESPACE = uuid.UUID("6f1d3c2e-8f0b-5f6e-9a54-3b1c8f2d7a10")
#: Payments recorded at once: the tills never wait longer for a locked account.
CHUNK = 500
#: Reasons of lines whose money waits together, under the first of them.
REMAINDER = ("amount_unreadable", "amount_from_totals")
DAMAGED = {
    sber_registry.FIELD_COUNT,
    sber_registry.AMOUNTS_DISAGREE,
    sber_registry.OPERATION_MISSING,
}


def split_amount(kopecks):
    """Return the parts in which the ledger takes an amount of any size."""
    whole, rest = divmod(kopecks, const.MAX_AMOUNT)
    return [const.MAX_AMOUNT] * whole + ([rest] if rest else [])


class MealPaymentPosting(models.AbstractModel):
    """Decides where the payments of a registry go, and records them in the ledger.

    Each payment leaves the channel's transit account exactly once, under an id made
    of the channel and the operation number, to a student's account or to suspense.
    """

    _name = "meal.payment.posting"
    _description = "Recording of Payments"

    # === DECIDING === #

    @api.model
    def _classify(self, registry):
        """Write the expected outcome of every payment of a registry."""
        lines = self._fetch_lines(registry)
        accounts = self._find_accounts(registry.company_id, lines)
        loaded = self._find_loaded(registry, lines)
        repeats_remainder = self._repeats_remainder(registry)
        seen = {}
        for line in lines:
            first = loaded.get(line["operation"]) or seen.get(line["operation"])
            if not first and repeats_remainder:
                line.update(self._outcome(DUPLICATE, "in_remainder"))
            else:
                line.update(self._decide(line, accounts, first))
            if line["state"] in (CREDITED, SUSPENSE):
                seen.setdefault(line["operation"], line)
        self._store(lines)

    @api.model
    def _fetch_lines(self, registry):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT id, operation, account_text, problems, reason, occurred_at,
                       (amount_paid * 100)::bigint AS amount
                  FROM meal_payment_registry_line
                 WHERE registry_id = %s
                 ORDER BY sequence, id
                """,
                registry.id,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _find_accounts(self, company, lines):
        """Return dict of a ten-digit number to (id, state) of the company's account."""
        numbers = {line["account_text"] for line in lines if line["account_text"]}
        valid = {
            account_number.normalize(text)
            for text in numbers
            if account_number.is_valid(text)
        }
        rows = self.env.execute_query(
            SQL(
                """
                SELECT number, id, state FROM meal_account
                 WHERE number = ANY(%s) AND company_id = %s AND kind = 'student'
                """,
                list(valid),
                company.id,
            )
        )
        return {number: (account_id, state) for number, account_id, state in rows}

    @api.model
    def _find_loaded(self, registry, lines):
        """Return dict of an operation number to the payment recorded under it, or to
        the unreadable one whose money was recorded in the remainder of its registry."""
        self.env.cr.execute(
            SQL(
                """
                SELECT operation, account_text, (amount_paid * 100)::bigint AS amount,
                       true AS in_remainder
                  FROM meal_payment_registry_line line
                 WHERE channel_id = %(channel)s AND operation = ANY(%(operations)s)
                   AND registry_id <> %(registry)s AND reason = 'amount_unreadable'
                   AND EXISTS (SELECT FROM meal_payment_registry_line holder
                                WHERE holder.registry_id = line.registry_id
                                  AND holder.is_posted
                                  AND holder.reason = 'amount_from_totals')
                 UNION ALL
                SELECT operation, account_text, (amount_paid * 100)::bigint AS amount,
                       reason = ANY(%(remainder)s) AS in_remainder
                  FROM meal_payment_registry_line
                 WHERE channel_id = %(channel)s AND operation = ANY(%(operations)s)
                   AND registry_id <> %(registry)s AND is_posted
                """,
                channel=registry.channel_id.id,
                operations=[line["operation"] for line in lines],
                registry=registry.id,
                remainder=list(REMAINDER),
            )
        )
        return {row["operation"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _repeats_remainder(self, registry):
        """Tell whether this is a corrected copy of a registry whose unreadable lines
        were recorded as one remainder: what was not recorded by itself is in there,
        even when the damaged line hid its operation number."""
        return bool(
            self.env["meal.payment.registry.line"].search_count(
                [
                    ("channel_id", "=", registry.channel_id.id),
                    ("registry_id", "!=", registry.id),
                    ("registry_id.number", "=", registry.number),
                    ("registry_id.date", "=", registry.date),
                    ("reason", "=", "amount_from_totals"),
                    ("is_posted", "=", True),
                ],
                limit=1,
            )
        )

    @api.model
    def _decide(self, line, accounts, first):
        """Return state, reason and account of one payment.

        :param dict accounts: number to (id, state)
        :param first: the payment that used the operation number before, or None
        """
        reason = line["reason"]
        if first and first.get("in_remainder"):
            return self._outcome(DUPLICATE, "in_remainder")
        if first:
            same = first["account_text"] == line["account_text"]
            same = same and first["amount"] == line["amount"]
            code = "operation_loaded" if same else "operation_differs"
            return self._outcome(DUPLICATE, code)
        if reason == "amount_unreadable":
            return self._outcome(ERROR, reason)
        if line["amount"] <= 0:
            return self._outcome(ERROR, "amount_not_positive")
        if line["amount"] > const.MAX_AMOUNT:
            # No typing error: the bank has this money. It waits for a person.
            return self._outcome(SUSPENSE, "amount_too_large")
        if reason == "amount_from_totals":
            return self._outcome(SUSPENSE, reason)
        if DAMAGED & set((line["problems"] or "").split(",")):
            return self._outcome(SUSPENSE, "line_damaged")
        text = line["account_text"] or ""
        if not text:
            return self._outcome(SUSPENSE, "account_missing")
        if not account_number.is_valid(text):
            return self._outcome(SUSPENSE, "check_digit")
        account_id, state = accounts.get(account_number.normalize(text), (None, None))
        if not account_id:
            return self._outcome(SUSPENSE, "unknown_account")
        if state == "closed":
            return self._outcome(SUSPENSE, "account_closed")
        return self._outcome(CREDITED, None, account_id)

    @staticmethod
    def _outcome(state, reason, account_id=None):
        return {"state": state, "reason": reason, "account_id": account_id}

    @api.model
    def _store(self, lines):
        """Write the outcomes in one statement: a registry may hold 20,000 payments."""
        columns = ("id", "state", "reason", "account_id", "transfer_uuid", "is_posted")
        rows = [{name: line.get(name) for name in columns} for line in lines]
        self.env.execute_query(
            SQL(
                """
                WITH outcome AS (
                    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS o(
                        id integer, state text, reason text, account_id integer,
                        transfer_uuid text, is_posted boolean))
                UPDATE meal_payment_registry_line line
                   SET state = o.state, reason = o.reason, account_id = o.account_id,
                       transfer_uuid = o.transfer_uuid,
                       is_posted = COALESCE(o.is_posted, false)
                  FROM outcome o
                 WHERE line.id = o.id
                RETURNING line.id
                """,
                json.dumps(rows),
            )
        )
        self.env["meal.payment.registry.line"].invalidate_model()

    # === RECORDING === #

    @api.model
    def _post(self, registry, isolated=False):
        """Record the payments that `_classify` has found good, and the stray ones in
        suspense. May be repeated after an interruption at any point."""
        # Two registries of one channel, or one twice, wait for nobody: the second is
        # refused at once with a sentence of core.
        registry.lock_for_update(allow_referencing=True)
        registry.channel_id.lock_for_update(allow_referencing=True)
        lines = self._fetch_decided(registry)
        suspense_id = self._get_suspense_id(registry, isolated)
        for line in lines:
            if line["amount"] > const.MAX_AMOUNT:
                self._record_stray(registry, line, suspense_id, isolated)
        usual = [line for line in lines if line["amount"] <= const.MAX_AMOUNT]
        for chunk in split_every(CHUNK, usual, list):
            operations = [
                self._prepare_operation(registry, line, suspense_id) for line in chunk
            ]
            answers = self._record(operations, isolated)
            for line, answer in zip(chunk, answers, strict=True):
                self._apply(registry, line, answer, suspense_id, isolated)
        self._store(lines)
        self._open_suspense(registry, lines)

    @api.model
    def _fetch_decided(self, registry):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT id, operation, account_id, state, reason, occurred_at,
                       (amount_paid * 100)::bigint AS amount
                  FROM meal_payment_registry_line
                 WHERE registry_id = %s AND state IN ('credited', 'suspense')
                 ORDER BY account_id NULLS LAST, sequence, id
                """,
                registry.id,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _get_suspense_id(self, registry, isolated):
        if not isolated:
            return self.env["meal.account"]._system("suspense", registry.company_id).id
        # Opened at first use where it is at once visible to the ledger's connection.
        with self.env["meal.ledger"]._isolated() as ledger:
            company = ledger.env["res.company"].browse(registry.company_id.id)
            return ledger.env["meal.account"]._system("suspense", company).id

    @api.model
    def _prepare_operation(self, registry, line, suspense_id):
        is_credited = line["state"] == CREDITED
        return {
            "phase": const.SINGLE,
            "kind": "topup",
            "uuid": self._get_uuid(registry.channel_id, line["operation"]),
            "debit": registry.channel_id.transit_account_id.id,
            "credit": line["account_id"] if is_credited else suspense_id,
            "amount": line["amount"],
            "occurred_at": line["occurred_at"],
            "business_date": registry.channel_id._get_today(),
            "source": ("meal.payment.registry.line", line["id"]),
        }

    @api.model
    def _prepare_parts(self, registry, line, suspense_id):
        """Return the operations that put a payment in suspense: one, or several when
        it is larger than the ledger takes at once."""
        operation = self._prepare_operation(
            registry, {**line, "state": SUSPENSE}, suspense_id
        )
        key = line["operation"]
        return [
            {
                **operation,
                "amount": amount,
                "uuid": self._get_uuid(
                    registry.channel_id, f"{key}#part{n}" if n else key
                ),
            }
            for n, amount in enumerate(split_amount(line["amount"]))
        ]

    @api.model
    def _record_stray(self, registry, line, suspense_id, isolated):
        """Record a payment in suspense, whatever its size."""
        operations = self._prepare_parts(registry, line, suspense_id)
        for answer in self._record(operations, isolated):
            if isinstance(answer, LedgerRefusal):
                raise answer
        line.update(transfer_uuid=operations[0]["uuid"], is_posted=True)

    @api.model
    def _get_uuid(self, channel, operation):
        """Return the id of the transfer of one payment, the same at every attempt."""
        return str(uuid.uuid5(NAMESPACE, f"{channel.id}/{operation}"))

    @api.model
    def _record(self, operations, isolated):
        ledger = self.env["meal.ledger"]
        if isolated:
            return ledger._run_isolated("_write_many", operations)
        return ledger._write_many(operations)

    @api.model
    def _apply(self, registry, line, answer, suspense_id, isolated):
        """Note the ledger's answer; a refused payment goes to suspense."""
        line["transfer_uuid"] = self._get_uuid(registry.channel_id, line["operation"])
        line["is_posted"] = True
        if not isinstance(answer, LedgerRefusal):
            return
        if answer.code == const.UUID_CONFLICT:
            # An interrupted attempt has recorded it, before the account was changed.
            self._apply_recorded(line, suspense_id)
            return
        line.update(
            state=SUSPENSE,
            account_id=None,
            reason="account_closed"
            if answer.code == const.ACCOUNT_CLOSED
            else "refused",
        )
        self._record_stray(registry, line, suspense_id, isolated)

    @api.model
    def _apply_recorded(self, line, suspense_id):
        [transfer] = self.env["meal.transfer"].search_read(
            [("uuid", "=", line["transfer_uuid"])], ["credit_account_id", "amount"]
        ) or [None]
        if not transfer or round(transfer["amount"] * 100) != line["amount"]:
            raise UserError(
                self.env._(
                    "Operation %(operation)s was recorded with another amount. Nothing"
                    " was changed; compare the registries and ask the bank.",
                    operation=line["operation"],
                )
            )
        account_id = transfer["credit_account_id"][0]
        is_stray = account_id == suspense_id
        line.update(
            state=SUSPENSE if is_stray else CREDITED,
            account_id=None if is_stray else account_id,
            reason=(line["reason"] or "refused") if is_stray else None,
        )

    @api.model
    def _accept_duplicates(self, registry):
        """Record the duplicates of a registry in suspense, under ids of their own."""
        registry.lock_for_update(allow_referencing=True)
        lines = self.env["meal.payment.registry.line"].search(
            [("registry_id", "=", registry.id), ("state", "=", DUPLICATE)]
        )
        lines = lines.filtered(lambda line: line.amount_paid > 0)
        for line in lines:
            line.operation = f"{line.operation}#{registry.id}-{line.sequence}"
        lines.flush_recordset()
        rows = [
            {
                "id": line.id,
                "operation": line.operation,
                "state": SUSPENSE,
                "reason": line.reason,
                "occurred_at": line.occurred_at,
                "amount": round(line.amount_paid * 100),
            }
            for line in lines
        ]
        suspense_id = self._get_suspense_id(registry, False)
        for row in rows:
            self._record_stray(registry, row, suspense_id, False)
        self._store(rows)
        self._open_suspense(registry, rows)

    @api.model
    def _open_suspense(self, registry, lines):
        """Put the stray payments on the accountant's work list."""
        stray = [line for line in lines if line["state"] == SUSPENSE]
        records = self.env["meal.payment.registry.line"].browse(
            line["id"] for line in stray
        )
        self.env["meal.suspense"].create(
            [
                {
                    "company_id": registry.company_id.id,
                    "channel_id": registry.channel_id.id,
                    "registry_line_id": record.id,
                    "amount": part["amount"] / 100,
                    "date": registry.date,
                    "operation": record.operation,
                    "account_text": record.account_text,
                    "payer": record.payer,
                    "reason": record.reason,
                    "transfer_uuid": part["uuid"],
                }
                for line, record in zip(stray, records, strict=True)
                for part in self._prepare_parts(registry, line, None)
            ]
        )
