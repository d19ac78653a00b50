import uuid
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..domain import client_bank_exchange as exchange
from ..domain import payment_purpose
from ..domain.suspense_match import mask_name
from ..exceptions import LedgerRefusal
from .account_bank_statement_line import OTHER, SUSPENSE, TOPUP, UNMATCHED
from .meal_payment_posting import NAMESPACE, split_amount

#: Balance accounts of natural persons: their payments are a family's money.
PERSONS = ("40817", "40820", "423", "426")
#: Those of treasuries, budgets and organisations: subsidies, suppliers' refunds.
ORGANISATIONS = ("03", "40")


class ImportResult(NamedTuple):
    """What an imported statement brought; `rejected` are sentences."""

    lines: models.BaseModel
    repeated: int
    rejected: list
    warnings: list


class MealBankImport(models.AbstractModel):
    """Import of bank statements (1CClientBankExchange) into the journals of core.

    Each document becomes a bank statement line once, whatever the number of files it
    comes in. Totals of registries are matched; a payment of one family with its
    account number in the purpose is credited, or goes to suspense when the number is
    wrong. Everything else waits on the list of lines that are not matched.
    """

    _name = "meal.bank.import"
    _description = "Import of Bank Statements"

    @api.model
    def _import(self, data, file_name, journal=None):
        """Import a file.

        :param bytes data: the file as uploaded
        :param journal: the bank journal when the file's account tells none
        :rtype: ImportResult
        :raise UserError: the file as a whole is refused; says which check failed
        """
        content = exchange.parse(data, file_name)
        describe = self.env["meal.payment.problem"]._describe
        if not content.is_sound:
            raise UserError(
                "\n".join(
                    describe(item) for item in content.problems if item.level == "file"
                )
            )
        lines = self.env["account.bank.statement.line"]
        repeated = 0
        for account in content.accounts:
            target = self._find_journal(account, content, journal)
            documents = [
                item
                for item in content.documents
                if item.own.account == account and not item.problems
            ]
            created, known = self._create_lines(target, documents)
            self._create_statement(target, created, content, account, file_name)
            lines += created
            repeated += known
        inns = {
            party.inn
            for document in content.documents
            for party in (document.payer, document.payee)
        }
        for line in lines.filtered(lambda item: item.meal_state != OTHER):
            self._credit(line, inns)
        lines._match_registries()
        levels = {
            level: [describe(item) for item in content.problems if item.level == level]
            for level in ("row", "warning")
        }
        return ImportResult(lines, repeated, levels["row"], levels["warning"])

    # === STATEMENTS === #

    @api.model
    def _find_journal(self, account, content, journal):
        """Return the bank journal of an account of the file."""
        journals = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)]
        )
        named = journals.filtered(
            lambda item: item.bank_account_id.sanitized_acc_number == account
        )
        if named:
            return named[:1]
        if not journal or len(content.accounts) > 1 or journal.bank_account_id:
            raise UserError(
                self.env._(
                    "There is no bank journal for account …%(tail)s of the file. Set"
                    " the account number on the bank journal and load the file again.",
                    tail=account[-4:],
                )
            )
        return journal

    @api.model
    def _create_lines(self, journal, documents):
        """Create the lines that are not there yet; also return how many were."""
        unique = {document.key: document for document in documents}
        lines = self.env["account.bank.statement.line"]
        known = self._find_known(journal, unique.values())
        fresh = [item for item in unique.values() if item.key not in known]
        created = lines.create(
            [self._prepare_line(journal, document) for document in fresh]
        )
        return created, len(documents) - len(fresh)

    @api.model
    def _find_known(self, journal, documents):
        """Return the keys of the documents that have a line already. A payment that
        one export shows without its booking date and the next with it is one."""
        undated = [item for item in documents if not item.booked]
        domain = Domain(
            "meal_import_key",
            "in",
            [key for item in documents for key in (item.key, item.base_key)],
        ) | Domain.OR(
            Domain("meal_import_key", "=like", f"{item.base_key}/%") for item in undated
        )
        stored = (
            self.env["account.bank.statement.line"]
            .search(Domain("journal_id", "=", journal.id) & domain)
            .mapped("meal_import_key")
        )
        stored = {*stored, *(key.partition("/")[0] + "/" for key in stored)}
        return {
            item.key
            for item in documents
            if {item.key, item.base_key} & stored
            or (not item.booked and f"{item.base_key}/" in stored)
        }

    @api.model
    def _prepare_line(self, journal, document):
        sign = 1 if document.incoming else -1
        return {
            "journal_id": journal.id,
            "date": document.booked or document.date,
            "amount": sign * document.amount / 100,
            "payment_ref": document.purpose or document.number or document.kind,
            "ref": document.number,
            "partner_name": document.other.name,
            "account_number": document.other.account,
            "meal_import_key": document.key,
            "meal_state": UNMATCHED if document.incoming else OTHER,
        }

    @api.model
    def _create_statement(self, journal, lines, content, account, file_name):
        """Join the new lines to a statement with the file's closing balance."""
        balances = [item for item in content.balances if item.account == account]
        if not lines or not balances:
            return
        closing = balances[-1].closing / 100
        self.env["account.bank.statement"].create(
            {
                "name": f"{journal.code} {file_name or ''}".strip(),
                "reference": file_name,
                "line_ids": [fields.Command.set(lines.ids)],
                "balance_start": journal.company_id.currency_id.round(
                    closing - sum(lines.mapped("amount"))
                ),
                "balance_end_real": closing,
            }
        )

    # === PAYMENTS OF FAMILIES === #

    @api.model
    def _credit(self, line, inns=()):
        """Credit a family's own payment; leave alone what is not surely one.

        :param inns: tax numbers of the file's parties: ten digits like an account's
        """
        purpose = line.payment_ref or ""
        if payment_purpose.is_registry(purpose):
            return
        numbers = [
            number
            for number in payment_purpose.find_accounts(purpose)
            if number not in inns
        ]
        accounts = self.env["meal.account"].search(
            [
                ("number", "in", numbers),
                ("company_id", "=", line.company_id.id),
                ("kind", "=", "student"),
            ]
        )
        if not self._may_be_family(line):
            return
        if round(line.amount * 100) > const.MAX_AMOUNT:
            if accounts or self._is_family(line):
                self._put_in_suspense(line, "amount_too_large")
        elif len(accounts) == 1 and accounts.state != "closed":
            self._top_up_or_keep(line, accounts)
        elif len(accounts) > 1:
            self._put_in_suspense(line, "ambiguous")
        elif accounts:
            self._put_in_suspense(line, "account_closed")
        elif numbers and self._is_family(line):
            self._put_in_suspense(line, "unknown_account")
        elif self._is_family(line):
            self._put_in_suspense(line, "check_digit")

    @api.model
    def _may_be_family(self, line):
        """Tell whether a natural person may have paid: a bank pays from its own
        account for those who pay in cash, an organisation never does."""
        payer = line.account_number or ""
        return payer.startswith(PERSONS) or not payer.startswith(ORGANISATIONS)

    @api.model
    def _is_family(self, line):
        """Tell whether a natural person paid, or a bank on behalf of one."""
        if (line.account_number or "").startswith(PERSONS):
            return True
        mentions = payment_purpose.mentions_account(line.payment_ref or "")
        return mentions and self._may_be_family(line)

    @api.model
    def _get_channel(self, line):
        return self.env["meal.payment.channel"]._get_bank_channel(
            line.company_id, line.journal_id
        )

    @api.model
    def _get_uuid(self, line, part=0):
        """Return the id of the transfer, the same however often the file comes."""
        key = line.meal_import_key or f"line-{line.id}"
        if part:
            key = f"{key}#part{part}"
        return str(uuid.uuid5(NAMESPACE, f"bank/{line.journal_id.id}/{key}"))

    @api.model
    def _top_up_or_keep(self, line, account):
        """Credit the account; keep the money in suspense if the ledger refuses, so
        that one payment does not stop a statement."""
        try:
            with self.env.cr.savepoint():
                self._top_up(line, account)
        except LedgerRefusal:
            self._put_in_suspense(line, "refused")

    @api.model
    def _top_up(self, line, account):
        channel = self._get_channel(line)
        line._book_to_transit(channel)
        amount = round(line.amount * 100)
        self._transfer(line, channel, account, amount, self._get_uuid(line))
        line.write({"meal_state": TOPUP, "meal_account_id": account.id})

    @api.model
    def _put_in_suspense(self, line, reason):
        """Keep a family's payment until the accountant finds its owner."""
        channel = self._get_channel(line)
        account = self.env["meal.account"]._system("suspense", line.company_id)
        line._book_to_transit(channel)
        line.meal_state = SUSPENSE
        for part, amount in enumerate(split_amount(round(line.amount * 100))):
            transfer_uuid = self._get_uuid(line, part)
            self._transfer(line, channel, account, amount, transfer_uuid)
            # sudo: the work list changes only through the services.
            self.env["meal.suspense"].sudo().create(
                {
                    **self._prepare_suspense(line, channel),
                    "amount": amount / 100,
                    "reason": reason,
                    "transfer_uuid": transfer_uuid,
                }
            )

    @api.model
    def _prepare_suspense(self, line, channel):
        return {
            "company_id": line.company_id.id,
            "channel_id": channel.id,
            "bank_line_id": line.id,
            "date": line.date,
            "operation": line.ref,
            "account_text": payment_purpose.likely_account(line.payment_ref or ""),
            "payer": mask_name(line.partner_name or ""),
            "purpose": line.payment_ref,
        }

    @api.model
    def _transfer(self, line, channel, account, amount, transfer_uuid):
        self.env["meal.ledger"]._top_up(
            account,
            amount,
            uuid=transfer_uuid,
            debit=channel.transit_account_id,
            business_date=channel._get_today(),
            source=(line._name, line.id),
        )
