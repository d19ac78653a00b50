"""Facts of meal days as rows of the database, for tests of those who only read them.

In life each kind of fact has one service that writes it and guards that keep everybody
else away; what is tested here is what becomes of the rows.
"""

from odoo.tools import SQL

from .common import MealDayCase


class MealFactsCase(MealDayCase):
    @classmethod
    def _insert(cls, model, **vals):
        """Write a row past the guards of its model; return it as superuser."""
        records = cls.env[model].sudo()
        required = [
            name
            for name, field in records._fields.items()
            if field.store and field.required
        ]
        if "company_id" in records._fields and "school_id" in vals:
            school = cls.env["school.school"].browse(vals["school_id"])
            vals.setdefault("company_id", school.company_id.id)
        vals = {**records.default_get(required), **vals}
        cls.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(name) for name in vals)
        values = SQL(", ").join(SQL("%s", value) for value in vals.values())
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(records._table),
                columns,
                values,
            )
        )
        (row_id,) = cls.env.cr.fetchone()
        cls.env.invalidate_all()
        return records.browse(row_id)

    @classmethod
    def _update(cls, record, **vals):
        """Change a row past the guards of its model."""
        cls.env.flush_all()
        changes = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in vals.items()
        )
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(record._table),
                changes,
                record.id,
            )
        )
        cls.env.invalidate_all()
