from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class MealPriceGuard(models.AbstractModel):
    """What a closed day was priced by stays as it was: it ends, and another begins."""

    _name = "meal.price.guard"
    _description = "Guard of Used Prices"

    #: Column of ``meal.day.line`` that refers to the model.
    _used_by = None
    #: What a used record may still change; its end no earlier than its last use.
    _free_fields = frozenset({"date_to"})

    # === CRUD METHODS === #

    def write(self, vals):
        changed = self._get_changed(vals)
        used = changed._get_last_uses()
        for record in changed.filtered(lambda r: r.id in used):
            end = vals.get("date_to") or False
            ends_well = "date_to" not in vals or not end or str(end) >= used[record.id]
            if record._get_frozen(vals) or not ends_well:
                record._refuse_change(used[record.id])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for record_id, day in self._get_last_uses().items():
            self.browse(record_id)._refuse_change(day)

    # === BUSINESS METHODS === #

    def _get_changed(self, vals):
        """Return the records that would really get another value."""
        guarded = {name for name in vals if name in self._fields} - {"message_ids"}
        return self.filtered(lambda r: guarded and r._get_different(vals))

    def _get_different(self, vals):
        """Return the names of the fields to which `vals` gives another value."""
        self.ensure_one()
        different = set()
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None:
                continue
            if field.type in ("one2many", "many2many"):
                different.add(name)  # guarded by the lines, or compared by nobody
            else:
                old = field.convert_to_write(self[name], self)
                new = field.convert_to_cache(value, self, validate=False)
                new = field.convert_to_write(field.convert_to_record(new, self), self)
                if old != new:
                    different.add(name)
        return different

    def _get_frozen(self, vals):
        """Return what a used record must keep."""
        return self._get_different(vals) & self._get_priced_fields()

    def _get_priced_fields(self):
        """Return the names of the fields that a price depends on."""
        raise NotImplementedError

    def _get_last_uses(self):
        """Return {id: last day priced by the record, as ISO text}."""
        if not self.ids:
            return {}
        column = SQL.identifier(self._used_by)
        self.env["meal.day.line"].flush_model()
        return {
            record_id: str(day)
            for record_id, day in self.env.execute_query(
                SQL(
                    """
                    SELECT r.id, l.date FROM unnest(%(ids)s) r(id)
                     CROSS JOIN LATERAL (
                           SELECT date FROM meal_day_line WHERE %(column)s = r.id
                            ORDER BY date DESC LIMIT 1) l
                    """,
                    ids=self.ids,
                    column=column,
                )
            )
        }

    def _refuse_change(self, day):
        raise UserError(
            self.env._(
                "“%(name)s” has priced closed days until %(day)s and stays as it is."
                " Let it end and add another one that begins afterwards.",
                name=self.display_name,
                day=".".join(reversed(day.split("-"))),
            )
        )
