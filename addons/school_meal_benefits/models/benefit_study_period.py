from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import STUDY_FORMS


class BenefitStudyPeriod(models.Model):
    """Days in which a student was not taught at the school; no row: at school.

    Meals pause in these days, money ends with them; family education ends everything
    (``domain/study_forms.py``).
    """

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

    # === CONSTRAINTS === #

    @api.constrains("student_id")
    def _check_student(self):
        for period in self:
            if period.student_id.state == "left":
                raise ValidationError(
                    self.env._(
                        "%s has left the school: there is no form of study to record.",
                        period.student_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._follow({}, periods._get_days())
        return periods

    def write(self, vals):
        before = self._get_days()
        result = super().write(vals)
        self._follow(before, self._get_days())
        return result

    def unlink(self):
        before = self._get_days()
        result = super().unlink()
        self.browse()._follow(before, {})
        return result

    # === BUSINESS METHODS === #

    def _get_days(self):
        """Return {(student, form, first day, last day or None)} of the periods."""
        return {
            (period.student_id, period.form, period.date_from, period.date_to or None)
            for period in self
        }

    @api.model
    def _follow(self, before, after):
        """Let benefits follow the days whose form of study is another one now."""
        changed = set(before) ^ set(after)
        if not changed:
            return
        students = self.env["school.student"].union(*(each[0] for each in changed))
        benefits = self.env["benefit.entitlement"]
        benefits._lock_students(students)
        benefits._follow_forms(students)
        days = {}
        for student, _form, first, last in changed:
            known = days.get(student, (first, last))
            days[student] = (
                min(first, known[0]),
                max(last, known[1]) if last and known[1] else None,
            )
        benefits._follow_pauses(days)
