from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.meal_timesheet import SIGNERS


class MealTimesheetMonth(models.TransientModel):
    """All timesheets of a school and month: make them, print them."""

    _name = "meal.timesheet.month"
    _description = "Timesheets of a Month"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: (
            self.env["school.class"]._default_school()
            or self.env["school.school"].search([], limit=1)
        ),
    )
    month = fields.Date(required=True, default=lambda self: self._default_month())
    kind = fields.Selection(
        [("attendance", "Attendance (OKUD 0504608)"), ("meals", "Meals")],
        required=True,
        default="attendance",
    )

    @api.model
    def _default_month(self):
        return fields.Date.context_today(self).replace(day=1)

    @api.onchange("month")
    def _onchange_month(self):
        if self.month:
            self.month = self.month.replace(day=1)

    def action_make(self):
        """Make the sheets that are missing and show all of the month."""
        self.ensure_one()
        if not any(self.env.user.has_group(group) for group in SIGNERS):
            raise AccessError(
                self.env._(
                    "Timesheets are made by the person responsible for meals or by the"
                    " head of the school."
                )
            )
        self.school_id.check_access("read")
        month = self.month.replace(day=1)
        self.env["meal.timesheet"]._generate(self.school_id, month)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_day.meal_timesheet_action"
        )
        action["domain"] = [
            ("school_id", "=", self.school_id.id),
            ("month", "=", month),
        ]
        return action

    def action_pdf(self):
        return self._download("pdf")

    def action_zip(self):
        return self._download("zip")

    def _download(self, extension):
        self.ensure_one()
        sheets = self.env["meal.timesheet"]._get_newest(
            self.school_id.id, self.month, self.kind
        )
        if not sheets:
            raise UserError(
                self.env._(
                    "There are no timesheets of this month yet. Press “Make the"
                    " month's timesheets” first."
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/timesheets/{self.school_id.id}"
            f"/{self.month:%Y-%m}/{self.kind}.{extension}",
            "target": "download",
        }
