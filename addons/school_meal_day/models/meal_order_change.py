from odoo import fields, models

from ..const import CHANGE_REASONS, ORDER_STATES


class MealOrderChange(models.Model):
    """One change of an order; append-only."""

    _name = "meal.order.change"
    _description = "Change of a Meal Order"
    _order = "id"
    _log_access = False

    order_id = fields.Many2one(
        "meal.order", required=True, index=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    date = fields.Date("Day of the meal", required=True, readonly=True)
    from_state = fields.Selection(ORDER_STATES, "From", readonly=True)
    to_state = fields.Selection(ORDER_STATES, "To", required=True, readonly=True)
    variant_id = fields.Many2one("meal.variant", "Set", readonly=True)
    reason = fields.Selection(CHANGE_REASONS, required=True, readonly=True)
    is_late = fields.Boolean("After the cut-off", readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)

    _school_day_idx = models.Index("(school_id, date, at)")
