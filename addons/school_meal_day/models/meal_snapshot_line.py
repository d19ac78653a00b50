from odoo import fields, models


class MealSnapshotLine(models.Model):
    """Portions of one meal, class and set within a snapshot."""

    _name = "meal.snapshot.line"
    _description = "Portions of a Class"
    _inherit = ["meal.frozen.mixin"]
    _order = "snapshot_id, meal_type_id, class_id, id"

    snapshot_id = fields.Many2one(
        "meal.snapshot", required=True, index=True, ondelete="cascade", readonly=True
    )
    school_id = fields.Many2one(related="snapshot_id.school_id", store=True)
    date = fields.Date(related="snapshot_id.date", store=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, readonly=True)
    age_group_id = fields.Many2one("meal.age.group", required=True, readonly=True)
    class_id = fields.Many2one("school.class", "Class", readonly=True)
    variant_id = fields.Many2one("meal.variant", "Set", readonly=True)
    quantity = fields.Integer("Portions", required=True, readonly=True)
    free_quantity = fields.Integer("Of them free", readonly=True)

    # === PROTECTION === #

    def _frozen_message(self):
        return self.env["meal.snapshot"]._frozen_message()

    # === BUSINESS METHODS === #

    def _get_key(self):
        return (
            self.meal_type_id.id,
            self.age_group_id.id,
            self.class_id.id,
            self.variant_id.id,
        )

    def _get_quantities(self):
        return self.quantity, self.free_quantity
