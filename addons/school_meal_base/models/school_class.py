from odoo import api, fields, models


class SchoolClass(models.Model):
    _name = "school.class"
    _description = "School Class"
    _order = "school_id, grade, letter"

    name = fields.Char(compute="_compute_name", store=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    grade = fields.Integer(required=True)
    letter = fields.Char()
    shift = fields.Selection(
        [("1", "First"), ("2", "Second")], required=True, default="1"
    )
    teacher_id = fields.Many2one("res.users", string="Class teacher", index=True)
    building_id = fields.Many2one("school.building")
    school_year_start = fields.Integer(help="Year in which the school year began.")
    student_ids = fields.One2many("school.student", "class_id")
    active = fields.Boolean(default=True)

    _grade_range = models.Constraint(
        "CHECK (grade BETWEEN 1 AND 11)", "Grades run from 1 to 11."
    )

    @api.depends("grade", "letter")
    def _compute_name(self):
        for school_class in self:
            school_class.name = f"{school_class.grade}{school_class.letter or ''}"
