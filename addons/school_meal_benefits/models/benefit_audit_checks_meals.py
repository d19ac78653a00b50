from odoo import api, models
from odoo.tools import SQL

from odoo.addons.school_meal_day.const import PAYABLE_OUTCOMES


class BenefitAuditChecks(models.AbstractModel):
    """Portions and money: what was paid, and whether somebody had decided it."""

    _inherit = "benefit.audit.checks"

    @api.model
    def _get_queries(self, scope):
        found = super()._get_queries(scope)
        found += [self._query_meals(scope), self._query_double(scope)]
        if "compensation.day" in self.env:
            found.append(self._query_money_and_meal(scope))
        return found

    def _query_meals(self, scope):
        """A portion that a governed category paid needs an entitlement of that day.

        Governed: a category of the municipality's regulation names it. One row for a
        student and category, with the days.
        """
        return SQL(
            """
            WITH governed AS (
                SELECT c.meal_category_id AS id, min(r.date_from) AS since
                  FROM benefit_regulation r
                  JOIN benefit_category c ON c.regulation_id = r.id
                 WHERE r.company_id = %(company)s AND c.kind = 'meals'
                   AND r.state IN ('in_force', 'replaced')
                 GROUP BY c.meal_category_id),
            given AS MATERIALIZED (
                SELECT e.student_id, e.meal_category_id, e.date_from, e.date_end,
                       array_agg(m.meal_type_id) AS meals
                  FROM benefit_entitlement e
                  LEFT JOIN benefit_entitlement_meal_type_rel m
                    ON m.entitlement_id = e.id
                 WHERE e.company_id = %(company)s AND NOT e.is_void
                   AND e.kind = 'meals'
                 GROUP BY e.id),
            bad AS (
                SELECT l.student_id, l.school_id, l.date, l.price, g.id AS category
                  FROM meal_day_line l
                  JOIN meal_funding_rule f ON f.id = l.rule_id
                  JOIN governed g ON g.id = f.category_id AND l.date >= g.since
                 WHERE l.company_id = %(company)s AND l.is_current
                   AND l.date BETWEEN %(first)s AND %(last)s AND %(schools)s
                   AND l.outcome = ANY(%(payable)s)
                   AND NOT EXISTS (
                       SELECT FROM given e
                        WHERE e.student_id = l.student_id
                          AND e.meal_category_id = g.id
                          AND l.date BETWEEN e.date_from AND e.date_end
                          AND (e.meals = '{NULL}' OR l.meal_type_id = ANY(e.meals))))
            SELECT w.code, b.student_id, b.school_id, 'school.student', b.student_id,
                   b.category::text, min(b.date),
                   jsonb_build_object(
                       'count', count(*), 'amount', sum(b.price),
                       'days', jsonb_agg(DISTINCT b.date), 'from', w.first,
                       'until', w.last)
              FROM bad b
              CROSS JOIN LATERAL (
                  SELECT min(date_from) AS first, max(date_end) AS last,
                         CASE WHEN b.date < min(date_from) THEN 'meal_before_decision'
                              WHEN b.date > max(date_end) THEN 'meal_after_end'
                              ELSE 'meal_without_decision' END AS code
                    FROM given e
                   WHERE e.student_id = b.student_id
                     AND e.meal_category_id = b.category) w
             GROUP BY w.code, w.first, w.last, b.student_id, b.school_id, b.category
            """,
            company=scope.company.id,
            first=scope.first,
            last=scope.last,
            payable=list(PAYABLE_OUTCOMES),
            schools=self._in_schools(SQL("l.school_id"), scope),
        )

    def _query_double(self, scope):
        """Two portions of a meal that budgets pay, or parts that are more than one."""
        return SQL(
            """
            SELECT 'double_category', l.student_id, l.school_id, 'school.student',
                   l.student_id, l.date || ' ' || l.meal_type_id, l.date,
                   jsonb_build_object('day', l.date, 'count', count(*),
                                      'meal', l.meal_type_id)
              FROM meal_day_line l
              LEFT JOIN LATERAL (
                  SELECT sum(p.amount) AS amount FROM meal_day_part p
                   WHERE p.line_id = l.id) p ON true
             WHERE l.company_id = %s AND l.is_current AND l.rule_id IS NOT NULL
               AND l.date BETWEEN %s AND %s AND l.outcome = ANY(%s) AND %s
             GROUP BY l.student_id, l.school_id, l.date, l.meal_type_id
            HAVING count(*) > 1 OR bool_or(p.amount > l.price)
            """,
            scope.company.id,
            scope.first,
            scope.last,
            list(PAYABLE_OUTCOMES),
            self._in_schools(SQL("l.school_id"), scope),
        )

    def _query_money_and_meal(self, scope):
        return SQL(
            """
            SELECT DISTINCT ON (c.student_id, c.date) 'money_and_meal', c.student_id,
                   l.school_id, 'school.student', c.student_id, c.date::text, c.date,
                   jsonb_build_object('day', c.date, 'amount', c.amount)
              FROM compensation_day c
              JOIN meal_day_line l
                ON l.student_id = c.student_id AND l.date = c.date AND l.is_current
               AND l.rule_id IS NOT NULL AND l.outcome = ANY(%s)
             WHERE c.company_id = %s AND c.is_counted AND c.is_current
               AND c.date BETWEEN %s AND %s AND %s
             ORDER BY c.student_id, c.date, l.id
            """,
            list(PAYABLE_OUTCOMES),
            scope.company.id,
            scope.first,
            scope.last,
            self._in_schools(SQL("l.school_id"), scope),
        )
