import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain import sber_registry
from ..domain.container import ContainerError, unpack
from ..domain.suspense_match import mask_name


class MealPaymentLoading(models.AbstractModel):
    """Turns a bank's file into a registry, or refuses it as a whole with the reason."""

    _name = "meal.payment.loading"
    _description = "Loading of Registries"

    @api.model
    def _load(self, channel, data, file_name):
        """Read a file into a checked registry.

        :param channel: `meal.payment.channel` it came through
        :param bytes data: the file as uploaded
        :return: the registry; an existing one when the same file was loaded before
        :raise UserError: the file as a whole is refused; says which check failed
        """
        digest = self._get_digest(data, file_name)
        known = self._find_loaded(channel.company_id, digest)
        if known:
            return known
        content = sber_registry.parse(data, file_name, channel._get_layout())
        self._refuse_unsound(channel, content)
        self._refuse_other_channel(channel, content)
        registry = self.env["meal.payment.registry"].create(
            {
                **self._prepare_values(channel, content),
                "sha256": digest,
                "file_name": file_name,
            }
        )
        registry.file_data = base64.b64encode(data)
        self._create_lines(registry, content)
        registry._check()
        return registry

    @api.model
    def _get_digest(self, data, file_name):
        """Return the hash of the text itself: packed or not, it is the same file."""
        try:
            _name, content = unpack(data, file_name)
        except ContainerError:
            content = data  # the reader says what is wrong with the container
        return hashlib.sha256(content).hexdigest()

    @api.model
    def _find_loaded(self, company, digest):
        return self.env["meal.payment.registry"].search(
            [("company_id", "=", company.id), ("sha256", "=", digest)], limit=1
        )

    @api.model
    def _refuse_unsound(self, channel, content):
        problems = [item for item in content.problems if item.level == "file"]
        describe = self.env["meal.payment.problem"]._describe
        sentences = [describe(problem) for problem in problems]
        for own, found in (
            (channel.payee_inn, content.payee_inn),
            (channel.payee_account, content.payee_account),
        ):
            if own and found and own != found:
                sentences.append(
                    self.env._(
                        "The file is for another payee: its name has %(found)s, the"
                        " channel has %(own)s. Choose the right channel.",
                        found=found,
                        own=own,
                    )
                )
        if sentences:
            raise UserError("\n".join(sentences))

    @api.model
    def _refuse_other_channel(self, channel, content):
        """Operation numbers tell payments apart within a channel only: a registry that
        came through another one would credit every family again."""
        trailer = content.trailer
        twins = self.env["meal.payment.registry"].search(
            [
                ("company_id", "=", channel.company_id.id),
                ("channel_id", "!=", channel.id),
                ("number", "=", trailer.number),
                ("date", "=", trailer.date),
                ("total_paid", "=", trailer.paid / 100),
            ]
        )
        # Small registries of two banks may agree by chance, their payments do not.
        keys = {(item.key[:64], item.account[:64]) for item in content.payments}
        for twin in twins:
            if keys & {
                (line.operation, line.account_text or "") for line in twin.line_ids
            }:
                raise UserError(
                    self.env._(
                        "%(registry)s was loaded through the channel “%(channel)s”"
                        " already. Choose that channel, or discard the registry there"
                        " first if it has not been recorded.",
                        registry=twin.display_name,
                        channel=twin.channel_id.name,
                    )
                )

    @api.model
    def _prepare_values(self, channel, content):
        trailer = content.trailer
        describe = self.env["meal.payment.problem"]._describe
        return {
            "channel_id": channel.id,
            "company_id": channel.company_id.id,
            "number": trailer.number,
            "date": trailer.date,
            "total_count": trailer.count,
            "total_paid": trailer.paid / 100,
            "total_transferred": trailer.transferred / 100,
            "total_fee": trailer.fee / 100,
            "warnings": "\n".join(
                describe(item) for item in content.problems if item.level == "warning"
            ),
        }

    @api.model
    def _create_lines(self, registry, content):
        unreadable = [item for item in content.payments if item.paid is None]
        holder = unreadable[0] if unreadable else None
        rows = []
        for payment in content.payments:
            row = self._prepare_line(registry, payment)
            if payment is holder:
                # What the totals leave is the money of all unreadable lines: it waits
                # in suspense under the first of them, by its operation number: that
                # stays the same in every copy of the file.
                row["paid"] = content.unreadable
                row["reason"] = "amount_from_totals"
            rows.append(row)
        self._insert_lines(registry, rows)

    @api.model
    def _prepare_line(self, registry, payment):
        """Return the columns of a line that come from the file; amounts in kopecks."""
        moment = registry.channel_id._to_utc(payment.occurred_at)
        return {
            "sequence": payment.line,
            "operation": payment.key[:64],
            "occurred_at": moment and moment.isoformat(sep=" "),
            "account_text": payment.account[:64],
            "payer": mask_name(payment.payer)[:64],
            "paid": payment.paid or 0,
            "transferred": payment.transferred or 0,
            "fee": payment.fee,
            "problems": ",".join(payment.problems),
            "reason": "amount_unreadable" if payment.paid is None else None,
        }

    @api.model
    def _insert_lines(self, registry, rows):
        """Insert the lines in one statement: records of a registry of 20,000 payments
        would take ten times as long."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO meal_payment_registry_line (
                    registry_id, channel_id, company_id, sequence, operation,
                    occurred_at, account_text, payer, amount_paid, amount_transferred,
                    amount_fee, problems, reason, is_posted,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(registry)s, %(channel)s, %(company)s, r.sequence, r.operation,
                       r.occurred_at, r.account_text, r.payer, r.paid / 100.0,
                       r.transferred / 100.0, r.fee / 100.0, r.problems, r.reason,
                       false, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
                       sequence integer, operation text, occurred_at timestamp,
                       account_text text, payer text, paid bigint, transferred bigint,
                       fee bigint, problems text, reason text)
                RETURNING id
                """,
                registry=registry.id,
                channel=registry.channel_id.id,
                company=registry.company_id.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )
        registry.invalidate_recordset(["line_ids"])
