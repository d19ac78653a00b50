from odoo import api, fields, models


class SchoolStudentTransfer(models.TransientModel):
    """Move students to another class or school; accounts and cards stay."""

    _name = "school.student.transfer"
    _description = "Transfer students"

    student_ids = fields.Many2many(
        "school.student",
        string="Students",
        required=True,
        default=lambda self: self._default_students(),
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self._default_students().company_id[:1]
    )
    school_id = fields.Many2one(
        "school.school",
        "To school",
        required=True,
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_students().school_id[:1],
    )
    class_id = fields.Many2one(
        "school.class",
        "To class",
        required=True,
        compute="_compute_class_id",
        store=True,
        readonly=False,
        domain="[('school_id', '=', school_id)]",
    )
    date = fields.Date(
        "From",
        required=True,
        default=fields.Date.context_today,
        help="The first day in the new class.",
    )

    @api.model
    def _default_students(self):
        if self.env.context.get("active_model") != "school.student":
            return self.env["school.student"]
        return self.env["school.student"].browse(self.env.context.get("active_ids"))

    @api.depends("school_id")
    def _compute_class_id(self):
        for wizard in self:
            if wizard.class_id.school_id != wizard.school_id:
                wizard.class_id = False

    def action_transfer(self):
        self.ensure_one()
        self.student_ids._transfer(self.school_id, self.class_id, self.date)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Students moved to class %(class_name)s: %(count)s.",
                    count=len(self.student_ids),
                    class_name=self.class_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
