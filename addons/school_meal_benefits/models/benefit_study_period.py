from odoo import fields, models

from ..const import STUDY_FORMS


class BenefitStudyPeriod(models.Model):
    """Days in which a student was not taught at the school; no row: at school."""

    _name = "benefit.study.period"
    _description = "Form of Study"
    _order = "date_from desc, id desc"
    _rec_name = "student_id"

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    form = fields.Selection(
        [form for form in STUDY_FORMS if form[0] != "onsite"],
        "Form of study",
        required=True,
        default="home",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To")
    basis = fields.Char(help="Number and date of the order.", required=True)
    week_days = fields.Char(
        "Days of the week",
        help="Days with lessons: 1 (Monday) to 7; empty: the school's days.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A form of study cannot end before it begins.",
    )
    _week_days_digits = models.Constraint(
        "CHECK (week_days IS NULL OR week_days ~ '^[1-7]+$')",
        "Give the days of the week as digits, for example 135.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(student_id, student_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "A student has one form of study at a time.",
    )
