from odoo import fields, models
from odoo.exceptions import UserError


class MealCycleCopyDay(models.TransientModel):
    """Puts the dishes of a day of a cyclic menu on another day."""

    _name = "meal.cycle.copy.day"
    _description = "Copy a Day of a Cyclic Menu"

    cycle_id = fields.Many2one("meal.cycle", required=True)
    source_day = fields.Integer("Day to copy", required=True, default=1)
    target_day = fields.Integer("On day", required=True)

    def action_copy(self):
        self.ensure_one()
        cycle = self.cycle_id
        for day in (self.source_day, self.target_day):
            if not 1 <= day <= cycle.day_count:
                raise UserError(
                    self.env._(
                        "%(cycle)s has the days 1 to %(count)s.",
                        cycle=cycle.name,
                        count=cycle.day_count,
                    )
                )
        if self.source_day == self.target_day:
            raise UserError(self.env._("Choose two different days."))
        if not cycle._get_day(self.source_day):
            raise UserError(
                self.env._("Day %s has no dishes to copy.", self.source_day)
            )
        cycle._copy_day(self.source_day, self.target_day)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
