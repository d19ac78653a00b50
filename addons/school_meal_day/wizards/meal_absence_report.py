from odoo import fields, models
from odoo.exceptions import UserError

from ..const import ABSENCE_REASONS


class MealAbsenceReport(models.TransientModel):
    """Report students absent: their portions are taken off."""

    _name = "meal.absence.report"
    _description = "Report an absence"

    student_ids = fields.Many2many(
        "school.student",
        string="Students",
        required=True,
        domain="[('state', '=', 'enrolled')]",
        default=lambda self: self._default_students(),
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    reason = fields.Selection(ABSENCE_REASONS, required=True, default="unknown")
    note = fields.Char("Basis", help="Number of the note or certificate.")

    def _default_students(self):
        if self.env.context.get("active_model") != "school.student":
            return self.env["school.student"]
        return self.env["school.student"].browse(self.env.context.get("active_ids"))

    def action_report(self):
        self.ensure_one()
        self.check_access("write")
        self.student_ids.check_access("read")
        if self.student_ids.filtered(lambda student: student.state != "enrolled"):
            raise UserError(
                self.env._("Only enrolled students can be absent. Remove the others.")
            )
        is_office = self.env.user.has_group("school_meal_base.group_operator")
        absences = self.env["meal.absence"]._report(
            self.student_ids,
            self.date_from,
            self.date_to,
            reason=self.reason,
            note=self.note,
            source="operator" if is_office else "teacher",
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Absences reported: %s", len(absences)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
