from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .benefit_lock import claim
from .benefit_words import in_language_of


class BenefitEntitlement(models.Model):
    """What a decision gives: from when, until when, which meals."""

    _inherit = "benefit.entitlement"

    @api.model
    def _create_from_decisions(self, decisions):
        """Make the entitlements of granted decisions, all or none.

        The former decision of each ends first, so that days are not given twice. Who
        has an entitlement from the decision already keeps it: a repeat adds nothing.

        :param decisions: `benefit.decision`
        :return: the new entitlements, in sudo
        """
        # sudo: entitlements follow from decisions, nobody has the right to write them
        decisions = decisions.sudo().filtered(lambda one: one.result == "granted")
        self = self.sudo()
        self._lock_students(decisions.student_id)
        decisions = decisions.filtered(lambda one: not one.entitlement_ids)
        spans = self._get_spans(decisions)
        self._end_superseded(
            {
                decision: spans[decision].date_from
                for decision in decisions.filtered("supersedes_id")
            }
        )
        self._check_not_given(spans)
        entitlements = self.create(
            [decision._prepare_entitlement(spans[decision]) for decision in decisions]
        )
        entitlements._follow_forms(entitlements.student_id)
        entitlements._follow_days(
            {
                entitlement: (entitlement.date_from, entitlement.date_end)
                for entitlement in entitlements
            },
            {
                entitlement: entitlement._get_start_reason()
                for entitlement in entitlements
            },
        )
        return entitlements

    @api.model
    def _lock_students(self, students):
        """Let nobody decide on the students at the same time: who leaves meanwhile must
        not get an entitlement."""
        self.env.flush_all()
        self.env.execute_query(claim("school_student", students.ids))

    @api.model
    def _check_not_given(self, spans):
        """Say who has the benefit in these days already; two orders give it once."""
        rows = [
            (decision.student_id.id, decision.category_id.code, *span[:2])
            for decision, span in spans.items()
        ]
        if not rows:
            return
        found = self.env.execute_query(
            SQL(
                """
                SELECT e.id
                  FROM unnest(%s::int[], %s::text[], %s::date[], %s::date[])
                       AS wanted (student, code, date_from, date_to)
                  JOIN benefit_entitlement e ON e.student_id = wanted.student
                   AND e.code = wanted.code AND NOT e.is_void
                   AND e.date_from <= wanted.date_to
                   AND e.date_end >= wanted.date_from
                """,
                *(list(column) for column in zip(*rows, strict=True)),
            )
        )
        for entitlement in self.browse(id_ for (id_,) in found):
            raise UserError(
                self.env._(
                    "%(student)s already has “%(category)s” from %(first)s until"
                    " %(last)s. Supersede that decision, or let the application go.",
                    student=entitlement.student_id.name,
                    category=entitlement.category_id.name,
                    first=format_date(self.env, entitlement.date_from),
                    last=format_date(self.env, entitlement.date_end),
                )
            )

    @api.model
    def _get_spans(self, decisions):
        """Return {decision: :class:`Span`}; refuse those that would never begin."""
        stays = self._get_stays(decisions.student_id)
        spans = {}
        for decision in decisions:
            stay = stays.get(decision.student_id.id, (None, None))
            spans[decision] = decision._get_span(*stay)
        return spans

    @api.model
    def _get_stays(self, students):
        """Return {student id: (first day, last day or None)} of the students' last
        unbroken time at schools of the municipality."""
        self.env["school.enrolment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT student_id, max(date_from) FILTER (WHERE begins),
                       CASE WHEN bool_and(date_to IS NOT NULL) THEN max(date_to) END
                  FROM (SELECT student_id, company_id, date_from, date_to,
                               date_from > 1 + coalesce(
                                   lag(date_to) OVER (PARTITION BY student_id
                                                      ORDER BY date_from),
                                   '0001-01-01') AS begins
                          FROM school_enrolment WHERE student_id = ANY(%s)) e
                  JOIN school_student s ON s.id = e.student_id
                 WHERE e.company_id = s.company_id
                 GROUP BY student_id
                """,
                students.ids,
            )
        )
        return {student: (first, last) for student, first, last in rows}

    # === WORDS === #

    def _get_start_reason(self):
        """Return the sentence that parents read beside a corrected charge."""
        self = in_language_of(self, self.company_id)
        order = self.decision_id.order_id
        return self.env._(
            "Benefit by order %(number)s of %(date)s, from %(first)s",
            number=order.number or "",
            date=format_date(self.env, order.date or self.decision_id.date),
            first=format_date(self.env, self.date_from),
        )
