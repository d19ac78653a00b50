from odoo import fields, models

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import CHANGE_REASONS, OFFICE_GROUPS, ORDER_STATES, SET_GROUPS


class MealOrderChange(models.Model):
    """One change of an order; append-only, in the database too."""

    _name = "meal.order.change"
    _description = "Change of a Meal Order"
    _inherit = ["meal.frozen.mixin"]
    _order = "id"
    _log_access = False

    order_id = fields.Many2one(
        "meal.order", required=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    class_id = fields.Many2one("school.class", "Class", readonly=True)
    date = fields.Date("Day of the meal", required=True, readonly=True)
    from_state = fields.Selection(ORDER_STATES, "From", readonly=True)
    to_state = fields.Selection(ORDER_STATES, "To", required=True, readonly=True)
    variant_id = fields.Many2one(
        "meal.variant", "Set", readonly=True, groups=SET_GROUPS
    )
    # Some reasons tell who eats free of charge.
    reason = fields.Selection(
        CHANGE_REASONS, required=True, readonly=True, groups=OFFICE_GROUPS
    )
    absence_id = fields.Many2one("meal.absence", "Absence", readonly=True)
    note = fields.Char(
        readonly=True,
        groups=SENSITIVE_GROUP,
        help="Why a rule was set aside, in a person's words.",
    )
    is_late = fields.Boolean("After the cut-off", readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)

    _school_day_idx = models.Index("(school_id, date, at)")
    _absence_idx = models.Index("(absence_id) WHERE absence_id IS NOT NULL")

    # the last change of an order, without a sort
    _order_idx = models.Index("(order_id, id)")
    _late_idx = models.Index("(order_id) WHERE is_late")

    # === CRUD === #

    def init(self):
        super().init()
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER meal_order_change_append_only
            BEFORE UPDATE OR DELETE ON meal_order_change
            FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
                'The history of meal orders is never changed');
            CREATE OR REPLACE TRIGGER meal_order_change_no_truncate
            BEFORE TRUNCATE ON meal_order_change
            FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
                'The history of meal orders is never changed');
            DROP FUNCTION IF EXISTS meal_order_change_is_append_only();
            """
        )

    def _frozen_message(self):
        return self.env._("The history of meal orders is never changed.")
