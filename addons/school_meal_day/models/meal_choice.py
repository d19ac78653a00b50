from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MealChoice(models.Model):
    """What a family has decided for a while: order a meal, or decline a free one."""

    _name = "meal.choice"
    _description = "Standing Choice of Meals"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    class_id = fields.Many2one(related="student_id.class_id")
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    mode = fields.Selection(
        [("order", "Order"), ("decline", "Decline")], required=True, default="order"
    )
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    variant_id = fields.Many2one("meal.variant", "Set", check_company=True)
    weekdays = fields.Char(
        "Days of the week",
        size=7,
        help="Digits of the days, Monday is 1: 135 for Monday, Wednesday and Friday."
        " Empty: every school day.",
    )
    date_from = fields.Date(
        "From", required=True, index=True, default=fields.Date.context_today
    )
    date_to = fields.Date("To", help="Empty: until further notice.")
    origin = fields.Selection(
        [
            ("parent", "Parent"),
            ("teacher", "Class teacher"),
            ("operator", "Responsible for meals"),
        ],
        required=True,
        default="operator",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A choice cannot end before it begins.",
    )
    _weekdays_are_digits = models.Constraint(
        "CHECK (weekdays ~ '^[1-7]+$')", "Days of the week are digits from 1 to 7."
    )

    # === CONSTRAINTS === #

    @api.constrains("variant_id", "mode")
    def _check_variant(self):
        for choice in self.filtered("variant_id"):
            if choice.variant_id.is_diet:
                raise ValidationError(
                    self.env._(
                        "“%s” is a diet: it is given on the student's form, on medical"
                        " grounds.",
                        choice.variant_id.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("student_id", "meal_type_id")
    def _compute_display_name(self):
        self.display_name = False
        for choice in self.filtered("student_id"):
            choice.display_name = self.env._(
                "%(meal)s, %(student)s",
                meal=choice.meal_type_id.name,
                student=choice.student_id.display_name,
            )
