from odoo import api, fields, models
from odoo.exceptions import UserError


class MealOrderOperation(models.TransientModel):
    """Take portions off, pass one on, or write them off, with the reason."""

    _name = "meal.order.operation"
    _description = "Change of meal orders"

    operation = fields.Selection(
        [
            ("take_off", "Take off"),
            ("pass_on", "Pass on"),
            ("write_off", "Write off"),
        ],
        required=True,
        default="take_off",
    )
    order_ids = fields.Many2many(
        "meal.order",
        string="Orders",
        required=True,
        default=lambda self: self._default_orders(),
    )
    take_off_reason = fields.Selection(
        [
            ("changed_mind", "No longer wanted"),
            ("absence", "Absence"),
            ("correction", "Correction"),
        ],
        "Reason",
        default="changed_mind",
    )
    write_off_reason = fields.Selection(
        [("not_claimed", "Not claimed"), ("spoiled", "Spoiled")],
        "Reason of the write-off",
        default="not_claimed",
    )
    student_id = fields.Many2one("school.student", "To student")
    candidate_ids = fields.Many2many("school.student", compute="_compute_candidate_ids")
    is_forced = fields.Boolean(
        "Set the health check aside",
        help="The portion may go to a student with allergens or a diet, on your"
        " responsibility. The reason stays in the history.",
    )
    note = fields.Char()

    def _default_orders(self):
        if self.env.context.get("active_model") != "meal.order":
            return self.env["meal.order"]
        return self.env["meal.order"].browse(self.env.context.get("active_ids"))

    # === COMPUTE METHODS === #

    @api.depends("order_ids", "operation", "is_forced")
    def _compute_candidate_ids(self):
        for wizard in self:
            order = wizard.order_ids._origin
            wizard.candidate_ids = False
            if wizard.operation != "pass_on" or len(order) != 1:
                continue
            if wizard.is_forced:
                wizard.candidate_ids = self.env["school.student"].search(
                    [
                        ("school_id", "=", order.school_id.id),
                        ("state", "=", "enrolled"),
                        ("class_id", "!=", False),
                    ]
                )
            else:
                wizard.candidate_ids = order._get_candidates()

    # === ACTION METHODS === #

    def action_apply(self):
        self.ensure_one()
        self.check_access("write")
        self.order_ids.check_access("read")
        changed = getattr(self, f"_do_{self.operation}")()
        if not changed:
            raise UserError(
                self.env._(
                    "Nothing was changed: the portions were issued, or have another"
                    " status by now."
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _do_take_off(self):
        return self.order_ids._take_off(self.take_off_reason, note=self.note or None)

    def _do_write_off(self):
        return self.order_ids._write_off(self.write_off_reason, note=self.note or None)

    def _do_pass_on(self):
        if len(self.order_ids) != 1:
            raise UserError(self.env._("Pass portions on one by one."))
        if not self.student_id:
            raise UserError(self.env._("Choose the student who gets the portion."))
        if self.is_forced and not self.note:
            raise UserError(self.env._("Write down why the health check is set aside."))
        self.student_id.check_access("read")
        note = self.note if self.is_forced else None
        return self.order_ids._pass_on(self.student_id, note=note)
