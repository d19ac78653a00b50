import json

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.school_meal_base.domain import snils

from ..const import SETTLED_STATES

#: Applications with their terms. Decision and order are due on the same day, counted
#: from the last document or answer (items 6, 12, 31, 41); see the readings.
APPLICATIONS = """
    WITH paper AS (
        SELECT a.id, a.student_id, a.school_id, a.state, a.origin, a.submitted_on,
               a.authority, a.authority_basis, a.registered_at, r.notice_days,
               (a.registered_at AT TIME ZONE 'UTC'
                                AT TIME ZONE coalesce(s.tz, 'UTC'))::date AS registered,
               coalesce(s.tz, 'UTC') AS tz, s.benefit_check_required,
               (%(terms)s::jsonb ->> (a.submitted_on || '|' || r.register_days))::date
                   AS register_by,
               (%(terms)s::jsonb ->> (w.start || '|' || r.order_days))::date
                   AS order_by
          FROM benefit_application a
          JOIN school_school s ON s.id = a.school_id
          JOIN benefit_regulation r ON r.id = a.regulation_id
          CROSS JOIN LATERAL (
              SELECT greatest(
                  a.submitted_on,
                  (SELECT max(coalesce(q.answered_on, q.due_on)) FROM benefit_request q
                    WHERE q.application_id = a.id AND q.state <> 'cancelled'),
                  %(received)s) AS start
          ) w
         WHERE a.company_id = %(company)s AND a.submitted_on BETWEEN %(first)s
           AND %(last)s AND a.origin <> 'import' AND %(schools)s
    )
"""


class BenefitAuditChecks(models.AbstractModel):
    """From the application to the notice: terms, authority, grounds (items 5-12)."""

    _inherit = "benefit.audit.checks"

    @api.model
    def _get_queries(self, scope):
        found = super()._get_queries(scope)
        papers = SQL(
            APPLICATIONS,
            terms=json.dumps(self._get_terms(scope)),
            company=scope.company.id,
            first=scope.first,
            last=scope.last,
            received=self._get_received(),
            schools=self._in_schools(SQL("a.school_id"), scope),
        )
        checks = (
            self._query_registered,
            self._query_decided,
            self._query_unregistered,
            self._query_order,
            self._query_notice,
            self._query_checklist,
            self._query_refusal,
            self._query_authority,
            self._query_requests,
            self._query_four_eyes,
        )
        return found + [SQL("%s %s", papers, check(scope)) for check in checks]

    def _get_received(self):
        """Return the day on which the last document came."""
        if "received_on" not in self.env["benefit.application.document"]._fields:
            return SQL("NULL")
        return SQL(
            "(SELECT max(p.received_on) FROM benefit_application_document p"
            " WHERE p.application_id = a.id)"
        )

    def _query_registered(self, scope):
        return SQL(
            """
            SELECT 'registered_late', student_id, school_id, 'benefit.application', id,
                   '', register_by + 1,
                   jsonb_build_object('due', register_by, 'done', registered)
              FROM paper
             WHERE coalesce(registered, %s) > register_by AND state <> 'withdrawn'
               AND NOT (state = 'draft' AND origin = 'campaign')
            """,
            scope.today,
        )

    def _query_decided(self, scope):
        return SQL(
            """
            SELECT 'decided_late', p.student_id, p.school_id, 'benefit.application',
                   p.id, '', order_by + 1,
                   jsonb_build_object('due', order_by, 'done', d.date)
              FROM paper p
              LEFT JOIN benefit_decision d
                ON d.application_id = p.id AND d.supersedes_id IS NULL
             WHERE coalesce(d.date, %s) > order_by
               AND (d.id IS NOT NULL OR p.state = 'registered')
            """,
            scope.today,
        )

    def _query_unregistered(self, scope):
        return SQL(
            """
            SELECT 'decided_unregistered', p.student_id, p.school_id,
                   'benefit.decision', d.id, '', d.date,
                   jsonb_build_object('done', d.date, 'registered', registered)
              FROM paper p
              JOIN benefit_decision d ON d.application_id = p.id
             WHERE registered IS NULL OR d.date < registered
            """
        )

    def _query_order(self, scope):
        return SQL(
            """
            SELECT 'order_late', p.student_id, p.school_id, 'benefit.order', o.id,
                   p.id::text, order_by + 1,
                   jsonb_build_object('due', order_by, 'number', o.number,
                                      'done', w.done)
              FROM paper p
              JOIN benefit_decision d
                ON d.application_id = p.id AND d.supersedes_id IS NULL
              JOIN benefit_order o ON o.id = d.order_id
             CROSS JOIN LATERAL (
                  SELECT greatest(o.date, (o.signed_at AT TIME ZONE 'UTC'
                                           AT TIME ZONE p.tz)::date) AS done) w
             WHERE w.done > order_by
            """
        )

    def _query_notice(self, scope):
        return SQL(
            """
            SELECT CASE WHEN n.sent_on IS NULL THEN 'notice_not_sent'
                        ELSE 'notice_late' END,
                   p.student_id, p.school_id, 'benefit.decision', d.id, '', w.due + 1,
                   jsonb_build_object('due', w.due, 'done', n.sent_on)
              FROM paper p
              JOIN benefit_decision d
                ON d.application_id = p.id AND d.result = 'refused'
              CROSS JOIN LATERAL (
                  SELECT (%s::jsonb ->> (d.date || '|' || p.notice_days))::date AS due
              ) w
              LEFT JOIN LATERAL (
                  SELECT min(sent_on) AS sent_on FROM benefit_notice
                   WHERE decision_id = d.id AND kind = 'refusal') n ON true
             WHERE coalesce(n.sent_on, %s) > w.due
            """,
            json.dumps(self._get_terms(scope)),
            scope.today,
        )

    def _query_checklist(self, scope):
        return SQL(
            """
            SELECT 'no_checklist', p.student_id, p.school_id, 'benefit.decision', d.id,
                   '', d.date, jsonb_build_object('papers', w.papers)
              FROM paper p
              JOIN benefit_decision d
                ON d.application_id = p.id AND d.result = 'granted'
              CROSS JOIN LATERAL (
                  SELECT jsonb_agg(x ->> 'name') AS papers
                    FROM jsonb_array_elements(CASE jsonb_typeof(d.checklist)
                         WHEN 'array' THEN d.checklist ELSE '[]' END) x
                   WHERE NOT x ->> 'state' = ANY(%s)) w
             WHERE w.papers IS NOT NULL OR jsonb_typeof(d.checklist) IS DISTINCT FROM
                   'array' OR d.checklist = '[]'
            """,
            list(SETTLED_STATES),
        )

    def _query_refusal(self, scope):
        """What is unsettled and a ground: see `domain.checklist.is_ground`."""
        return SQL(
            """
            SELECT 'refusal_ground', p.student_id, p.school_id, 'benefit.decision',
                   d.id, '', d.date, jsonb_build_object('ground', d.refusal_ground)
              FROM paper p
              JOIN benefit_decision d
                ON d.application_id = p.id AND d.result = 'refused'
             WHERE CASE WHEN d.refusal_ground = 'authority'
                   THEN p.authority <> 'none' AND (
                        p.authority <> 'representative'
                        OR trim(coalesce(p.authority_basis, '')) <> '')
                   ELSE NOT EXISTS (
                   SELECT FROM jsonb_array_elements(CASE jsonb_typeof(d.checklist)
                          WHEN 'array' THEN d.checklist ELSE '[]' END) x
                     LEFT JOIN benefit_requirement q
                       ON q.category_id = d.category_id
                      AND q.code = x ->> 'requirement'
                    WHERE NOT x ->> 'state' = ANY(%s)
                      AND coalesce(q.is_refusal_ground, true)
                      AND coalesce(q.provider, 'parent') <> 'school'
                      AND (coalesce(q.provider, 'parent') <> 'request'
                           OR x ->> 'state' = 'negative')
                      AND NOT (coalesce(q.is_birth_certificate, false) AND EXISTS (
                          SELECT FROM benefit_application_document o
                            JOIN benefit_application b ON b.id = o.application_id
                            JOIN benefit_requirement c ON c.id = o.requirement_id
                           WHERE b.student_id = p.student_id
                             AND c.is_birth_certificate AND (
                                 (b.id = p.id AND o.is_at_school)
                                 OR (b.id <> p.id AND b.submitted_on <= d.date
                                     AND b.number > 0
                                     AND o.state IN ('provided', 'held')))))) END
            """,
            list(SETTLED_STATES),
        )

    def _query_authority(self, scope):
        return SQL(
            """
            SELECT 'no_authority', p.student_id, p.school_id, 'benefit.application',
                   p.id, '', p.submitted_on, jsonb_build_object('who', p.authority)
              FROM paper p
             WHERE p.state = 'granted' AND (
                   p.authority = 'none' OR (
                   p.authority = 'representative'
                   AND trim(coalesce(p.authority_basis, '')) = ''))
            """
        )

    def _query_requests(self, scope):
        return SQL(
            """
            SELECT 'request_unanswered', p.student_id, p.school_id, 'benefit.request',
                   q.id, '', q.due_on + 1,
                   jsonb_build_object('due', q.due_on, 'body', q.body)
              FROM paper p
              JOIN benefit_request q ON q.application_id = p.id
             WHERE q.state = 'sent' AND q.due_on < %s
            """,
            scope.today,
        )

    def _query_four_eyes(self, scope):
        """Where a school wants a second person: who prepared does not sign alone."""
        return SQL(
            """
            SELECT DISTINCT ON (o.id) 'four_eyes', p.student_id, p.school_id,
                   'benefit.order', o.id, '', o.date,
                   jsonb_build_object('number', o.number)
              FROM paper p
              JOIN benefit_decision d ON d.application_id = p.id
              JOIN benefit_order o ON o.id = d.order_id
             WHERE p.benefit_check_required AND o.state = 'signed'
               AND (o.checked_by_id IS NULL OR o.checked_by_id = o.prepared_by_id
                    OR o.signed_by_id = o.prepared_by_id)
             ORDER BY o.id, p.id
            """
        )

    def _find_wrong_numbers(self, scope):
        """Check the СНИЛС of child and applicant (items 20.1 and the like)."""
        query = SQL(
            """
            SELECT a.id, a.student_id, a.school_id, a.submitted_on, s.snils,
                   a.applicant_snils
              FROM benefit_application a
              JOIN school_student s ON s.id = a.student_id
             WHERE a.company_id = %s AND a.submitted_on BETWEEN %s AND %s
               AND a.state IN ('registered', 'granted') AND %s
            """,
            scope.company.id,
            scope.first,
            scope.last,
            self._in_schools(SQL("a.school_id"), scope),
        )
        found = super()._find_wrong_numbers(scope)
        for paper, student, school, since, child, applicant in self.env.execute_query(
            query
        ):
            wrong = {
                who: snils.problem(number) if number else "missing"
                for who, number in (("child", child), ("applicant", applicant))
            }
            details = {who: problem for who, problem in wrong.items() if problem}
            if details:
                found.append(
                    {
                        "code": "snils",
                        "student_id": student,
                        "school_id": school,
                        "model": "benefit.application",
                        "res_id": paper,
                        "extra": "",
                        "since": since,
                        "details": details,
                    }
                )
        return found
