from odoo import fields, models

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP


class SchoolStudent(models.Model):
    _inherit = "school.student"

    diet_variant_id = fields.Many2one(
        "meal.variant",
        "Diet set",
        domain="[('is_diet', '=', True), ('company_id', '=', company_id)]",
        groups=SENSITIVE_GROUP,
        help="Set meal given on medical grounds; replaces any other choice.",
    )

    # === HOOKS === #

    def _get_meal_categories(self, date):
        """Return the benefit categories of students on a day.

        Add-ons override this, call ``super()`` and add theirs. The students are of
        one municipality and may be all of it: answer with few queries.

        :param date: day of the meal, the school's local date
        :return: {student id: set of ``meal.category`` codes}; a student without any
            may be missing
        """
        return {
            student.id: {"grades_1_4"}
            for student in self
            if student.class_id and student.class_id.grade <= 4
        }
