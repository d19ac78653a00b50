from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

LONGEST = 31
#: So many refusals are named, the others counted.
NAMED = 10


class MealOrderEntry(models.TransientModel):
    """The person responsible for meals orders for students or whole classes."""

    _name = "meal.order.entry"
    _description = "Order meals"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id")
    class_ids = fields.Many2many(
        "school.class", string="Classes", domain="[('school_id', '=', school_id)]"
    )
    student_ids = fields.Many2many(
        "school.student",
        string="Students",
        compute="_compute_student_ids",
        store=True,
        readonly=False,
        domain="[('school_id', '=', school_id), ('state', '=', 'enrolled'),"
        " ('class_id', '!=', False)]",
    )
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    variant_id = fields.Many2one(
        "meal.variant", "Set", domain="[('company_id', '=', company_id)]"
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_date_to",
        precompute=True,
        store=True,
        readonly=False,
    )
    result = fields.Text("Not ordered", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("school_id", "class_ids")
    def _compute_student_ids(self):
        for wizard in self:
            wizard.student_ids = self.env["school.student"].search(
                [
                    ("class_id", "in", wizard.class_ids.ids),
                    ("school_id", "=", wizard.school_id.id),
                    ("state", "=", "enrolled"),
                ]
            )

    @api.depends("date_from")
    def _compute_date_to(self):
        for wizard in self:
            if not wizard.date_to or wizard.date_to < wizard.date_from:
                wizard.date_to = wizard.date_from

    # === ACTION METHODS === #

    def action_order(self):
        self.ensure_one()
        self.check_access("write")
        self.student_ids.check_access("write")
        days = (self.date_to - self.date_from).days + 1
        if not 1 <= days <= LONGEST:
            raise UserError(
                self.env._("Choose a period of one day to %s days.", LONGEST)
            )
        if not self.student_ids:
            raise UserError(self.env._("Choose the students or their classes."))
        count, refusals = 0, []
        for number in range(days):
            day = self.date_from + timedelta(days=number)
            orders, refused = self._order_day(day)
            count += len(orders)
            refusals += [(day, student, code) for student, code in refused]
        self.write({"order_count": count, "result": self._describe(refusals)})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Order meals"),
        }

    def _order_day(self, day):
        """Days without lessons for anybody are passed over in silence."""
        calendar = self.env["school.calendar"]
        taught = calendar._get_taught_classes(self.school_id, day)
        # sudo: classes are compared, not shown
        if not taught & self.student_ids.class_id.sudo():
            return self.env["meal.order"], []
        return self.env["meal.order"]._place(
            self.student_ids,
            day,
            self.meal_type_id,
            origin="operator",
            variant=self.variant_id or None,
        )

    def _describe(self, refusals):
        """Return a line per refusal: day, student, why."""
        lines = [
            f"{format_date(self.env, day)}, {student.display_name}:"
            f" {self.env['meal.order']._get_refusal_message(code)}"
            for day, student, code in refusals[:NAMED]
        ]
        if len(refusals) > NAMED:
            lines.append(self.env._("… and %s more", len(refusals) - NAMED))
        return "\n".join(lines)
