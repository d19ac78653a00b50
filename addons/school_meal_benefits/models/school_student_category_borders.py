from odoo import models
from odoo.tools import SQL


class SchoolStudent(models.Model):
    """Between which days the benefits of students stay as they are."""

    _inherit = "school.student"

    def _get_category_borders(self, date_from, date_to):
        """Override of `school_meal_day`: what `_get_meal_categories` looks at begins or
        has ended the day before."""
        borders = super()._get_category_borders(date_from, date_to)
        for model in (
            "benefit.entitlement",
            "benefit.study.period",
            "benefit.decision",
            "benefit.regulation",
        ):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day
                  FROM (SELECT unnest(ARRAY[date_from, date_end + 1])
                          FROM benefit_entitlement WHERE student_id = ANY(%(students)s)
                         UNION
                        SELECT unnest(ARRAY[date_from, date_to + 1])
                          FROM benefit_study_period WHERE student_id = ANY(%(students)s)
                         UNION
                        SELECT unnest(ARRAY[date, effective_on])
                          FROM benefit_decision WHERE student_id = ANY(%(students)s)
                         UNION
                        SELECT date_from FROM benefit_regulation
                         WHERE company_id = ANY(%(companies)s)
                       ) borders(day)
                 WHERE day BETWEEN %(first)s AND %(last)s
                """,
                students=self.ids,
                companies=self.sudo().company_id.ids,  # sudo: it is a fact
                first=date_from,
                last=date_to,
            )
        )
        return borders | {day for (day,) in rows}
