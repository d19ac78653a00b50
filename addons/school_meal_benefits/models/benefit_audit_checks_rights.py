from odoo import api, models
from odoo.tools import SQL

from ..const import SETTLED_STATES

#: Entitlements in force in the period, with what they were granted for.
RIGHTS = """
    WITH given AS (
        SELECT e.id, e.student_id, e.school_id, e.category_id, e.date_from, e.date_end,
               d.application_id, d.id AS decision_id, d.date AS decided,
               least(e.date_end, %(last)s, %(today)s) AS until
          FROM benefit_entitlement e
          JOIN benefit_decision d ON d.id = e.decision_id
         WHERE e.company_id = %(company)s AND NOT e.is_void
           AND e.date_from <= %(last)s AND e.date_end >= %(first)s AND %(schools)s
    )
"""


class BenefitAuditChecks(models.AbstractModel):
    """Entitlements: their papers, their days, their conditions (items 5, 10-24, 42)."""

    _inherit = "benefit.audit.checks"

    @api.model
    def _get_queries(self, scope):
        found = super()._get_queries(scope)
        given = SQL(
            RIGHTS,
            company=scope.company.id,
            first=scope.first,
            last=scope.last,
            today=scope.today,
            schools=self._in_schools(SQL("e.school_id"), scope),
        )
        checks = (
            self._query_missing,
            self._query_expired,
            self._query_held,
            self._query_superseded,
            self._query_before_enrolment,
            self._query_after_leaving,
            self._query_conditions,
        )
        queries = [SQL("%s %s", given, check(scope)) for check in checks]
        return [*found, *queries, self._query_service(scope)]

    def _query_missing(self, scope):
        return SQL(
            """
            SELECT 'document_missing', g.student_id, g.school_id,
                   'benefit.application', g.application_id, q.code,
                   greatest(g.date_from, %s),
                   jsonb_build_object('paper', q.name, 'state', p.state)
              FROM given g
              JOIN benefit_requirement q ON q.category_id = g.category_id
              LEFT JOIN benefit_application_document p
                ON p.application_id = g.application_id AND p.requirement_id = q.id
             WHERE (p.id IS NULL AND NOT coalesce(q.is_optional, false))
                OR NOT p.state = ANY(%s)
            """,
            scope.first,
            list(SETTLED_STATES),
        )

    def _query_expired(self, scope):
        """An identity paper may run out: only what proves the ground has an end."""
        return SQL(
            """
            SELECT 'document_expired', g.student_id, g.school_id,
                   'benefit.application', g.application_id, p.requirement_id::text,
                   p.valid_to + 1,
                   jsonb_build_object('paper', t.name, 'until', p.valid_to)
              FROM given g
              JOIN benefit_application_document p
                ON p.application_id = g.application_id
              JOIN benefit_document_type t
                ON t.id = p.document_type_id AND t.has_validity
             WHERE p.state IN ('provided', 'held') AND p.valid_to < g.until
            """
        )

    def _query_held(self, scope):
        return SQL(
            """
            SELECT CASE WHEN trim(coalesce(p.held_place, '')) = '' THEN 'held_no_place'
                        ELSE 'held_source_gone' END,
                   g.student_id, g.school_id, 'benefit.application', g.application_id,
                   q.code, greatest(g.date_from, %s),
                   jsonb_build_object('paper', q.name)
              FROM given g
              JOIN benefit_application_document p
                ON p.application_id = g.application_id AND p.state = 'held'
              JOIN benefit_requirement q ON q.id = p.requirement_id
              LEFT JOIN benefit_application_document o ON o.id = p.held_document_id
             WHERE trim(coalesce(p.held_place, '')) = ''
                OR o.state NOT IN ('provided', 'held')
                OR o.student_id <> g.student_id
            """,
            scope.first,
        )

    def _query_superseded(self, scope):
        return SQL(
            """
            SELECT 'superseded_in_force', g.student_id, g.school_id,
                   'benefit.entitlement', g.id, '', n.date + 1,
                   jsonb_build_object('done', n.date)
              FROM given g
              JOIN benefit_decision n ON n.supersedes_id = g.decision_id
             WHERE g.date_end > n.date
            """
        )

    def _query_before_enrolment(self, scope):
        return SQL(
            """
            SELECT 'before_enrolment', g.student_id, g.school_id,
                   'benefit.entitlement', g.id, '', g.date_from,
                   jsonb_build_object('from', g.date_from, 'enrolled', w.first)
              FROM given g
              CROSS JOIN LATERAL (
                  SELECT min(date_from) AS first FROM school_enrolment
                   WHERE student_id = g.student_id AND company_id = %s) w
             WHERE w.first IS NULL OR g.date_from < w.first
            """,
            scope.company.id,
        )

    def _query_after_leaving(self, scope):
        return SQL(
            """
            SELECT 'after_leaving', g.student_id, g.school_id, 'benefit.entitlement',
                   g.id, '', w.last + 1,
                   jsonb_build_object('left', w.last, 'until', g.date_end)
              FROM given g
              CROSS JOIN LATERAL (
                  SELECT max(coalesce(date_to, 'infinity')) AS last
                    FROM school_enrolment
                   WHERE student_id = g.student_id AND company_id = %s) w
             WHERE w.last < g.date_end
            """,
            scope.company.id,
        )

    def _query_conditions(self, scope):
        """Class, hours and bus are known as they are now: only what is in force now."""
        return SQL(
            """
            SELECT 'condition', g.student_id, g.school_id, 'benefit.entitlement', g.id,
                   w.why, %(today)s::date,
                   jsonb_build_object('reasons', w.why, 'grade', k.grade)
              FROM given g
              JOIN benefit_category c ON c.id = g.category_id
              JOIN school_student s ON s.id = g.student_id
              JOIN school_school h ON h.id = s.school_id
              LEFT JOIN school_class k ON k.id = s.class_id
              LEFT JOIN benefit_study_period f
                ON f.student_id = g.student_id AND f.date_from <= %(today)s
               AND coalesce(f.date_to, 'infinity') >= %(today)s
              CROSS JOIN LATERAL (
                  SELECT concat_ws(' ',
                      CASE WHEN k.grade NOT BETWEEN c.grade_from AND c.grade_to
                           THEN 'grade' END,
                      CASE WHEN NOT coalesce(CASE coalesce(f.form, 'onsite')
                           WHEN 'onsite' THEN c.is_onsite WHEN 'home' THEN c.is_home
                           WHEN 'remote' THEN c.is_remote END, false)
                           THEN 'study_form' END,
                      CASE WHEN c.school_kind <> 'any' AND (c.school_kind = 'special')
                           <> coalesce(h.is_special, false) THEN 'school_kind' END,
                      CASE WHEN c.min_hours > 0
                            AND coalesce(s.hours_at_school, 0) <= c.min_hours
                           THEN 'hours' END,
                      CASE WHEN c.is_for_bused AND NOT coalesce(s.is_bused, false)
                           THEN 'bused' END) AS why) w
             WHERE w.why <> '' AND s.state = 'enrolled'
               AND %(today)s BETWEEN g.date_from AND g.date_end
               AND %(today)s <= %(last)s
            """,
            today=scope.today,
            last=scope.last,
        )

    def _query_service(self, scope):
        """Item 42: the end of service is reported within five days."""
        return SQL(
            """
            SELECT 'service_late', n.student_id, n.school_id,
                   'benefit.entitlement.end', n.id, '', n.report_by + 1,
                   jsonb_build_object('due', n.report_by, 'done', n.reported_on)
              FROM benefit_entitlement_end n
             WHERE n.company_id = %s AND n.ground = 'service_ended'
               AND n.revoked_at IS NULL
               AND (n.is_late OR n.reported_on > n.report_by)
               AND n.reported_on BETWEEN %s AND %s AND %s
            """,
            scope.company.id,
            scope.first,
            scope.last,
            self._in_schools(SQL("n.school_id"), scope),
        )
