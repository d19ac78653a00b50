from odoo import fields, models


class AttendanceRegister(models.TransientModel):
    _name = "attendance.register"
    _description = "Print an attendance register"

    class_id = fields.Many2one(
        "school.class", required=True, default=lambda self: self._default_class()
    )
    date = fields.Date(
        "Month", required=True, default=fields.Date.context_today, help="Any day of it."
    )

    def _default_class(self):
        classes = self.env["school.class"]
        return classes.search([("teacher_id", "=", self.env.uid)], limit=1)

    # === ACTION METHODS === #

    def action_pdf(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_attendance/register/{self.class_id.id}"
            f"/{self.date:%Y-%m}.{kind}",
            "target": "download",
        }
