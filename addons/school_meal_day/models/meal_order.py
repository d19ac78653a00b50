from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import OFFICE_GROUPS, ORDER_ORIGINS, ORDER_STATES, SET_GROUPS


class MealOrder(models.Model):
    """A portion for a student, a day and a meal (заявка), with all that became of it.

    Rows are written by ``meal_order_write.py`` only, each change with a row of
    ``meal.order.change``; the database refuses a commit without it. There is at most
    one order per student, day and meal: taken off and ordered again, it is the same
    row. Whether it was eaten is not here but in ``meal.issue.event``.
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
    variant_id = fields.Many2one(
        "meal.variant", "Set", readonly=True, groups=SET_GROUPS
    )
    state = fields.Selection(
        ORDER_STATES, "Status", required=True, readonly=True, default="ordered"
    )
    origin = fields.Selection(
        ORDER_ORIGINS, required=True, readonly=True, groups=OFFICE_GROUPS
    )
    is_entitled = fields.Boolean(
        "Paid for by a budget", readonly=True, groups=OFFICE_GROUPS
    )
    passed_from_id = fields.Many2one(
        "meal.order", "Freed portion of", readonly=True, ondelete="restrict"
    )
    # Of a portion that was passed on; empty: for the student's own.
    cooked_age_group_id = fields.Many2one("meal.age.group", "Cooked for", readonly=True)
    change_ids = fields.One2many("meal.order.change", "order_id", "History")
    is_late = fields.Boolean(
        "Changed after the cut-off",
        compute="_compute_is_late",
        search="_search_is_late",
    )

    _student_day_meal_uniq = models.Constraint(
        "UNIQUE (student_id, date, meal_type_id)",
        "The student already has an order for this meal of the day.",
    )
    _passed_once = models.UniqueIndex(
        "(passed_from_id) WHERE passed_from_id IS NOT NULL",
        "This freed portion already went to another student.",
    )
    _school_day_idx = models.Index("(school_id, date)")
    _date_idx = models.Index("(date DESC)")  # lists of a whole municipality

    # === COMPUTE METHODS === #

    @api.depends("student_id", "meal_type_id", "date")
    def _compute_display_name(self):
        for order in self:
            order.display_name = self.env._(
                "%(meal)s, %(student)s",
                meal=order.meal_type_id.name,
                student=order.student_id.display_name,
            )

    @api.depends("change_ids.is_late")
    def _compute_is_late(self):
        # sudo: the till and the serving hatch see that it is late, not the history
        late = (
            self.env["meal.order.change"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("is_late", "=", True)], ["order_id"]
            )
        )
        ids = {order.id for (order,) in late}
        for order in self:
            order.is_late = order.id in ids

    def _search_is_late(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        late = [("change_ids", "any!", [("is_late", "=", True)])]
        wanted = (operator == "in") == (True in value)
        return late if wanted else ["!", *late]

    # === CRUD === #

    def init(self):
        super().init()
        # At the end of the transaction, as an order and its history are two writes.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION meal_order_has_history() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR (
                    SELECT o.state FROM meal_order o WHERE o.id = NEW.id
                ) IS DISTINCT FROM (
                    SELECT c.to_state FROM meal_order_change c
                     WHERE c.order_id = NEW.id ORDER BY c.id DESC LIMIT 1
                ) THEN
                    RAISE EXCEPTION 'A meal order changes with its history only'
                        USING ERRCODE = '23514';
                END IF;
                RETURN NULL;
            END;
            $$ LANGUAGE plpgsql;
            """
        )
        self.env.cr.execute(
            "SELECT FROM pg_trigger WHERE tgname = 'meal_order_has_history'"
        )
        if not self.env.cr.rowcount:
            self.env.cr.execute(
                """
                CREATE CONSTRAINT TRIGGER meal_order_has_history
                AFTER INSERT OR UPDATE OF state OR DELETE ON meal_order
                DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION meal_order_has_history()
                """
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody has the right; code that does it all the same leaves a trace."""
        orders = super().create(vals_list)
        orders._note_written({}, "entered")
        return orders

    def write(self, vals):
        before = {order.id: order.state for order in self}
        result = super().write(vals)
        if vals.keys() & {"state", "variant_id", "class_id", "school_id"}:
            self._note_written(before, "correction")
        return result

    def unlink(self):
        # The database trigger says the same to raw SQL.
        message = self.env._(
            "A meal order is never deleted: take it off, with the reason."
        )
        raise UserError(message)  # pylint: disable=no-raise-unlink
