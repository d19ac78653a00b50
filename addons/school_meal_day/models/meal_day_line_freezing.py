import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.school_meal_base.const import SINGLE
from odoo.addons.school_meal_base.exceptions import LedgerRefusal


class MealDayLine(models.Model):
    """The only writer of frozen portions, their parts and their ledger entries."""

    _inherit = "meal.day.line"

    @api.model
    def _freeze(self, day, rows, business_date, reversals=()):
        """Freeze portions and book what is paid for them, all or nothing.

        :param day: the `meal.day` of the portions
        :param rows: dicts of the columns of a line (ids, `price` in kopecks) and
            `parts`, a sequence of (source id, kopecks)
        :param business_date: the day on which the entries count
        :param reversals: ledger operations that go before
        """
        # sudo: frozen by the closing and by corrections, never by hand
        self = self.sudo()
        self.env.flush_all()
        line_ids = self._insert_lines(day, rows)
        parts = self._insert_parts(day, rows, line_ids)
        operations = [*reversals, *self._prepare_entries(day, parts, business_date)]
        self._book(operations)
        self.env["meal.day"].invalidate_model()
        self.invalidate_model()
        return self.browse(line_ids)

    def _insert_lines(self, day, rows):
        """Return the ids of the new lines, in the order of `rows`."""
        values = [
            {name: value for name, value in row.items() if name != "parts"}
            for row in rows
        ]
        ids = self.env.execute_query(
            SQL(
                """
                WITH asked AS (
                    SELECT nextval('meal_day_line_id_seq') AS id, o.ordinality, r.*
                      FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY o
                      CROSS JOIN LATERAL jsonb_to_record(o.value) AS r(
                           student_id integer, class_id integer, meal_type_id integer,
                           age_group_id integer, variant_id integer, portion integer,
                           revision integer, order_id integer, event_id integer,
                           correction_id integer, presence text, outcome text,
                           payer text, rule_id integer, tariff_id integer, price bigint)
                ), written AS (
                    INSERT INTO meal_day_line (
                        id, day_id, school_id, company_id, date, student_id, class_id,
                        meal_type_id, age_group_id, variant_id, portion, revision,
                        is_current, order_id, event_id, correction_id, presence,
                        outcome, payer, rule_id, tariff_id, price)
                    SELECT id, %s, %s, %s, %s, student_id, class_id, meal_type_id,
                           age_group_id, variant_id, portion, revision, true, order_id,
                           event_id, correction_id, presence, outcome, payer,
                           rule_id, tariff_id, round(price / 100.0, 2)
                      FROM asked
                )
                SELECT id FROM asked ORDER BY ordinality
                """,
                json.dumps(values),
                day.id,
                day.school_id.id,
                day.company_id.id,
                day.date,
            )
        )
        return [line_id for (line_id,) in ids]

    def _insert_parts(self, day, rows, line_ids):
        """Write the parts; return them as dicts with the student they are paid for."""
        parts = [
            {
                "line_id": line_id,
                "student_id": row["student_id"],
                "source_id": source_id,
                "amount": kopecks,
                "transfer_uuid": self._get_uuid(day, row, source_id),
            }
            for row, line_id in zip(rows, line_ids, strict=True)
            for source_id, kopecks in row["parts"]
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_day_part (line_id, source_id, amount, transfer_uuid)
                SELECT line_id, source_id, round(amount / 100.0, 2), transfer_uuid
                  FROM jsonb_to_recordset(%s::jsonb) AS r(
                       line_id integer, source_id integer, amount bigint,
                       transfer_uuid text)
                """,
                json.dumps(parts),
            )
        )
        return parts

    @api.model
    def _get_uuid(self, day, row, source_id):
        """The ledger's key of a part: the same portion is never booked twice."""
        portion = f"{row['student_id']}.{day.date:%Y%m%d}.{row['meal_type_id']}"
        return f"meal:{portion}.{row['portion']}:{source_id}:{row['revision']}"

    def _prepare_entries(self, day, parts, business_date):
        """Return the ledger operations of new parts."""
        sources = self.env["meal.funding.source"].browse(
            {part["source_id"] for part in parts}
        )
        funds = {
            source.id: self._get_account(day, "funding", source.code, source.name).id
            for source in sources
            if source.level != "parent"
        }
        payers = self.env["school.student"].browse(
            {part["student_id"] for part in parts if part["source_id"] not in funds}
        )
        self.env["meal.account"]._issue(payers)
        supplier = self._get_account(day, "supplier", "meals", self.env._("Set meals"))
        personal = {student.id: student.account_id.id for student in payers}
        return [
            {
                "phase": SINGLE,
                "uuid": part["transfer_uuid"],
                "kind": "subsidy" if part["source_id"] in funds else "meal",
                "debit": funds.get(part["source_id"]) or personal[part["student_id"]],
                "credit": supplier.id,
                "amount": part["amount"],
                "forced": True,
                "reason": "served",
                "business_date": business_date,
                "school": day.school_id.id,
                "source": ("meal.day.line", part["line_id"]),
            }
            for part in parts
        ]

    @api.model
    def _get_account(self, day, kind, code, name):
        """Return a system account of the school, named when it is opened."""
        account = self.env["meal.account"]._system(
            kind, day.company_id, school=day.school_id, code=code
        )
        if account.name == code:
            account.name = name
        return account

    @api.model
    def _book(self, operations):
        """Book all operations, or refuse the whole and say which did not go."""
        answers = self.env["meal.ledger"]._write_many(operations)
        refused = [
            (operation, answer)
            for operation, answer in zip(operations, answers, strict=True)
            if isinstance(answer, LedgerRefusal) or answer.status != "created"
        ]
        if not refused:
            return
        operation, answer = refused[0]
        line = self.browse(operation["source"][1])
        raise UserError(
            self.env._(
                "The ledger refuses the entry of %(student)s, %(meal)s: %(why)s"
                " Nothing was booked.",
                student=line.student_id.name,
                meal=line.meal_type_id.name,
                why=str(answer)
                if isinstance(answer, LedgerRefusal)
                else self.env._("it is booked already."),
            )
        )
