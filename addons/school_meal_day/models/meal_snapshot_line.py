from odoo import fields, models


class MealSnapshotLine(models.Model):
    """Portions of one meal, class and set within a snapshot."""

    _name = "meal.snapshot.line"
    _description = "Portions of a Class"
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
