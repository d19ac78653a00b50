from odoo import fields, models

from ..const import ORDER_ORIGINS, ORDER_STATES


class MealOrder(models.Model):
    """A portion for a student, a day and a meal (заявка), with all that became of it.

    Rows are written by the methods of this model and its mixins only, each change
    with a row of ``meal.order.change``. There is at most one per student, day and
    meal: taken off and ordered again, it is the same row. Whether it was eaten is not
    here but in ``meal.issue.event``.
    """

    _name = "meal.order"
    _description = "Meal Order"
    _order = "date desc, school_id, class_id, id"
    _log_access = False  # see meal.order.change

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict", readonly=True
    )
    date = fields.Date(required=True, readonly=True)
    meal_type_id = fields.Many2one(
        "meal.type", "Meal", required=True, ondelete="restrict", readonly=True
    )
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", readonly=True
    )
    class_id = fields.Many2one("school.class", ondelete="restrict", readonly=True)
    company_id = fields.Many2one(
        "res.company", "Municipality", required=True, readonly=True
    )
    age_group_id = fields.Many2one("meal.age.group", required=True, readonly=True)
    variant_id = fields.Many2one("meal.variant", "Set", readonly=True)
    state = fields.Selection(
        ORDER_STATES, "Status", required=True, readonly=True, default="ordered"
    )
    origin = fields.Selection(ORDER_ORIGINS, required=True, readonly=True)
    is_entitled = fields.Boolean(
        "Paid for by a budget",
        readonly=True,
        groups="school_meal_base.group_operator,school_meal_base.group_head,"
        "school_meal_base.group_department,school_meal_base.group_accountant",
    )
    passed_from_id = fields.Many2one(
        "meal.order", "Freed portion of", readonly=True, ondelete="restrict"
    )
    change_ids = fields.One2many("meal.order.change", "order_id", "History")

    _student_day_meal_uniq = models.Constraint(
        "UNIQUE (student_id, date, meal_type_id)",
        "The student already has an order for this meal of the day.",
    )
    _passed_once = models.UniqueIndex(
        "(passed_from_id) WHERE passed_from_id IS NOT NULL",
        "This freed portion already went to another student.",
    )
    _school_day_idx = models.Index("(school_id, date)")
