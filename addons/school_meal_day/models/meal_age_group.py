from odoo import api, fields, models


class MealAgeGroup(models.Model):
    """An age group of the sanitary rules, found by the grade of the class."""

    _name = "meal.age.group"
    _description = "Age Group"
    _order = "grade_from, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    stage_name = fields.Char(
        "School stage",
        required=True,
        translate=True,
        help="As statements and lists name it: primary school.",
    )
    grade_from = fields.Integer(required=True)
    grade_to = fields.Integer(required=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another age group has this code.")
    _grades = models.Constraint(
        "CHECK (1 <= grade_from AND grade_from <= grade_to AND grade_to <= 11)",
        "An age group spans grades from 1 to 11.",
    )

    @api.model
    def _by_grade(self):
        """Return {grade: age group} of all grades."""
        return {
            grade: group
            for group in self.search([])
            for grade in range(group.grade_from, group.grade_to + 1)
        }
