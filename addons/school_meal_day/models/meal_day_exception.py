from odoo import fields, models


class MealDayException(models.Model):
    """Something about a day that a person has to decide before it can be closed."""

    _name = "meal.day.exception"
    _description = "Exception of a Meal Day"
    _order = "day_id, kind, class_id, id"

    day_id = fields.Many2one(
        "meal.day", required=True, index=True, ondelete="restrict", readonly=True
    )
    school_id = fields.Many2one(related="day_id.school_id", store=True)
    company_id = fields.Many2one(related="day_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("not_claimed", "Ordered and cooked, not claimed"),
            ("not_ordered", "Issued without an order"),
            ("absent_issued", "Absent, but issued"),
            ("second", "Second portion"),
            ("taken_off_issued", "Order taken off, but issued"),
            ("wrong_school", "Student of another school"),
            ("unknown_card", "Issued on an unknown card"),
            ("allergen", "Issued in spite of an allergen"),
            ("guest", "Guest"),
            ("freed", "Freed portion that nobody took"),
            ("no_price", "No price for the meal"),
        ],
        required=True,
        readonly=True,
    )
    student_id = fields.Many2one("school.student", readonly=True)
    class_id = fields.Many2one("school.class", readonly=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", readonly=True)
    order_id = fields.Many2one("meal.order", readonly=True)
    event_id = fields.Many2one("meal.issue.event", readonly=True)
    outcome = fields.Selection(
        [
            ("pay", "Pay by the rules"),
            ("charge_parent", "Charge the parent"),
            ("no_charge", "Nobody is charged"),
            ("write_off", "Write off"),
        ],
        readonly=True,
    )
    note = fields.Char()
    resolved_at = fields.Datetime(readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True)
