from collections import defaultdict
from functools import lru_cache

from odoo import models
from odoo.tools import SQL

from ..domain.combine import Entitled, allocate


class SchoolStudent(models.Model):
    """Whom the funding rules pay for: nobody without a decision in force."""

    _inherit = "school.student"

    def _get_meal_categories(self, date):
        """Override of `school_meal_day`: entitlements in force are what counts.

        A municipality whose regulation is in force gives the codes of the regulation by
        entitlements only, as pairs (code, meal): each meal is of one category. Without
        a regulation everything stays as it is.

        Days without lessons at the school (item 14) are those of the calendar, which
        orders and closed days look at themselves; here a student's own form of study
        counts.
        """
        found = super()._get_meal_categories(date)
        governed = self._read_governed_codes(date)
        given = self._read_given_meals(date)
        result = {}
        for student in self:
            codes = found.get(student.id, set())
            codes = {
                code
                for code in codes
                if (code[0] if isinstance(code, tuple) else code) not in governed
            }
            codes |= given.get(student.id, set())
            if codes:
                result[student.id] = codes
        return result

    def _read_governed_codes(self, date):
        """Return codes that only entitlements give: those of every regulation that was
        in force until then. One that leaves a category out makes nothing free."""
        companies = self.sudo().company_id  # sudo: the municipality is a fact
        self.env["benefit.regulation"].flush_model()
        self.env["benefit.category"].flush_model()
        return {
            code
            for (code,) in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT m.code
                      FROM benefit_regulation r
                      JOIN benefit_category c ON c.regulation_id = r.id
                      JOIN meal_category m ON m.id = c.meal_category_id
                     WHERE r.company_id = ANY(%(companies)s)
                       AND r.state IN ('in_force', 'replaced')
                       AND r.date_from <= %(date)s
                       AND c.kind = 'meals'
                    """,
                    companies=companies.ids,
                    date=date,
                )
            )
        }

    def _read_given_meals(self, date):
        """Return {student id: {(code, meal id), …}} of entitlements in force.

        Students who are taught elsewhere on the day have none: at home and remotely it
        is money, if anything (items 14, 21), in a family nothing. Nor does a decision
        give any from the day of the one that supersedes it, whatever its ends say.
        """
        for model in (
            "benefit.entitlement",
            "benefit.study.period",
            "benefit.decision",
        ):
            self.env[model].flush_model()
        groups = self.env.execute_query(
            SQL(
                """
                SELECT code, sequence, combination, meals, array_agg(student_id)
                  FROM (SELECT e.student_id, m.code, c.sequence, c.combination,
                               ARRAY(SELECT meal_type_id
                                       FROM benefit_entitlement_meal_type_rel
                                      WHERE entitlement_id = e.id
                                      ORDER BY meal_type_id) AS meals
                          FROM benefit_entitlement e
                          JOIN benefit_category c ON c.id = e.category_id
                          JOIN meal_category m ON m.id = e.meal_category_id
                         WHERE e.student_id = ANY(%(students)s) AND NOT e.is_void
                           AND e.date_from <= %(date)s AND e.date_end >= %(date)s
                           AND e.kind = 'meals'
                           AND NOT EXISTS (
                               SELECT FROM benefit_study_period p
                                WHERE p.student_id = e.student_id
                                  AND p.date_from <= %(date)s
                                  AND (p.date_to IS NULL OR p.date_to >= %(date)s))
                           AND NOT EXISTS (
                               SELECT FROM benefit_decision d
                                 LEFT JOIN benefit_entitlement n
                                   ON n.decision_id = d.id
                                WHERE d.supersedes_id = e.decision_id
                                  AND COALESCE(n.date_from, d.effective_on, d.date)
                                      <= %(date)s)
                       ) given
                 GROUP BY code, sequence, combination, meals
                 ORDER BY code, sequence, combination, meals
                """,
                students=self.ids,
                date=date,
            )
        )
        rights = defaultdict(tuple)
        for code, priority, combination, meals, students in groups:
            right = Entitled(
                code, code, priority, meals=tuple(meals), combination=combination
            )
            for student in students:
                rights[student] += (right,)
        return {student: _combine(some) for student, some in rights.items()}


@lru_cache(maxsize=1024)  # few combinations, many students
def _combine(rights):
    """Return {(code, meal id), …}: each meal of the category that comes first."""
    return frozenset((code, meal) for meal, code in allocate(rights).meals.items())
