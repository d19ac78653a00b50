from odoo import api, fields, models
from odoo.exceptions import UserError


class SchoolStudentTransfer(models.TransientModel):
    """Move students to another class or school; accounts and cards stay.

    A school sends its students to any school of the municipality, which puts them
    into a class; the education department moves students of all its schools.
    """

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
    is_elsewhere = fields.Boolean(compute="_compute_is_elsewhere")
    class_id = fields.Many2one(
        "school.class",
        "To class",
        compute="_compute_class_id",
        store=True,
        readonly=False,
        domain="[('school_id', '=', school_id)]",
        help="Another school puts the students into a class itself.",
    )
    date = fields.Date(
        "First day",
        required=True,
        default=lambda self: self._default_date(),
        help="The first day in the new class: today or an earlier day.",
    )

    @api.model
    def _default_date(self):
        """Today at the students' school: the user may be in another time zone."""
        school = self._default_students().school_id[:1]
        return self.env["school.calendar"]._local_date(school)

    @api.model
    def _default_students(self):
        if self.env.context.get("active_model") != "school.student":
            return self.env["school.student"]
        return self.env["school.student"].browse(self.env.context.get("active_ids"))

    @api.depends("school_id")
    def _compute_is_elsewhere(self):
        """Tell whether the user does not work with the chosen school."""
        for wizard in self:
            school = wizard.school_id._origin
            wizard.is_elsewhere = school and not school.has_access("read")

    @api.depends("school_id")
    def _compute_class_id(self):
        for wizard in self:
            if wizard.sudo().class_id.school_id != wizard.sudo().school_id:
                wizard.class_id = False

    def action_transfer(self):
        self.ensure_one()
        students = self._get_students()
        if not self.class_id and not self.is_elsewhere:
            raise UserError(self.env._("Choose the class of the students."))
        students._transfer(self.school_id, self.class_id, self.date)
        return self._get_notification(len(students))

    def _get_students(self):
        """Return the students in sudo, once it is sure that the user may move them."""
        students = self.student_ids
        students.check_access("read")
        if not self.env.user.has_group("school_meal_base.group_department"):
            students.check_access("write")
        # sudo: the department edits no students, and a school has no rights at the
        # one that it sends them to; the municipality is checked by the move itself
        return students.sudo()

    def _get_notification(self, count):
        # sudo: names of a school and a class, chosen by the user
        school, school_class = self.sudo().school_id, self.sudo().class_id
        if school_class:
            message = self.env._(
                "Students moved to class %(class_name)s: %(count)s.",
                count=count,
                class_name=school_class.name,
            )
        else:
            message = self.env._(
                "Students sent to %(school)s: %(count)s. It puts them into a class.",
                count=count,
                school=school.display_name,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": self._get_next_action(),
            },
        }

    def _get_next_action(self):
        """Close the dialog; leave a form that the user may not open any more."""
        if not self.is_elsewhere:
            return {"type": "ir.actions.act_window_close"}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_student_action"
        )
        return {**action, "target": "main"}
