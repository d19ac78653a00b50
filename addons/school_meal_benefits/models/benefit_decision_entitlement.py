from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..domain import entitlement_dates
from ..domain.deadlines import Terms
from ..domain.entitlement_dates import Case, Span
from ..domain.grants import granted_meals
from .benefit_words import in_language_of


class BenefitDecision(models.Model):
    """What a decision means for the days and meals of its entitlement."""

    _inherit = "benefit.decision"

    def _get_span(self, enrolled_on, left_on):
        """Return the :class:`Span` of the days that the decision gives."""
        application, category = self.application_id, self.category_id
        case = Case(
            school_year=application.school_year_start,
            decided_on=self.date,
            applied_on=application.submitted_on,
            enrolled_on=enrolled_on,
            remote_from=application.remote_since or None,
            document_to=self._get_document_end(),
            grade=application.grade or self.student_id.class_id.grade or None,
        )
        ends = [entitlement_dates.leaving_end(left_on)] if left_on else []
        if self.effective_on:
            span = self._get_named_span(case, ends)
        else:
            self._check_remote_start(case)
            span = entitlement_dates.span(
                category.start_rule, case, ends, category.validity, self._get_terms()
            )
        if not span:
            raise UserError(
                self.env._(
                    "%(student)s: the benefit “%(category)s” would end before it"
                    " begins. Check the dates of the documents, of the enrolment and"
                    " the school year of the application.",
                    student=self.student_id.name,
                    category=category.name,
                )
            )
        return span

    def _get_named_span(self, case, ends):
        """Return the span from the day that the decision names, None: no day."""
        first = max(filter(None, (self.effective_on, case.enrolled_on)))
        known = [
            entitlement_dates.planned_end(self.category_id.validity, case),
            *ends,
        ]
        last = min(known, key=lambda end: end.last_day)
        if last.last_day < first:
            return None
        why = "named" if first == self.effective_on else "enrolment"
        return Span(first, last.last_day, why, last.why)

    def _check_remote_start(self, case):
        rule = self.category_id.start_rule
        if rule == entitlement_dates.BY_REMOTE_START and not case.remote_from:
            raise UserError(
                self.env._(
                    "%s: say in the application since when the student is taught"
                    " remotely.",
                    self.student_id.name,
                )
            )

    def _get_terms(self):
        regulation = self.category_id.regulation_id
        return Terms(
            report=regulation.report_days, remote_window=regulation.remote_window_days
        )

    def _get_document_end(self):
        """Return the last day of the document that ends first, None: they last."""
        documents = self.application_id.document_ids.filtered(
            lambda row: row.valid_to and row.state in ("provided", "held")
        )
        # an identity paper may run out: only what proves the ground ends the right
        proofs = documents.filtered("document_type_id.has_validity")
        return min(proofs.mapped("valid_to"), default=None)

    def _get_meals(self):
        """Return the `meal.type` that the category gives to the student."""
        application, category = self.application_id, self.category_id
        if category.kind != "meals":
            return self.env["meal.type"]
        types = {meal.code: meal for meal in category.grant_ids.meal_type_ids}
        hours = application.hours_at_school or self.student_id.hours_at_school
        codes = granted_meals(
            [grant._as_rule() for grant in category.grant_ids],
            hours or None,
            self.student_id.class_id.shift or "1",
        )
        if not codes:
            raise UserError(
                self.env._(
                    "%(student)s: “%(category)s” gives no meal for these hours at"
                    " school and this shift. Write the hours on the student's form.",
                    student=self.student_id.name,
                    category=category.name,
                )
            )
        return self.env["meal.type"].union(*(types[code] for code in codes))

    def _prepare_entitlement(self, span):
        category = self.category_id
        return {
            "decision_id": self.id,
            "student_id": self.student_id.id,
            "company_id": self.company_id.id,
            "category_id": category.id,
            "kind": category.kind,
            "meal_category_id": category.meal_category_id.id,
            "meal_type_ids": [Command.set(self._get_meals().ids)],
            "date_from": span.date_from,
            "date_to": span.date_to,
            "why": in_language_of(self, self.company_id)._explain_span(span),
        }

    def _explain_span(self, span):
        _ = self.env._
        starts = {
            "decision": _("the day of the decision (item 10)"),
            "application": _("the day of the application (item 25.1)"),
            "remote": _("the first day of remote learning (item 25.2)"),
            "late_application": _(
                "the day of the application, which came after the window for remote"
                " learning (item 25)"
            ),
            "enrolment": _("the first day at the school, which is later (item 10)"),
            "school_year": _("the beginning of the school year"),
            "named": _("the day that the decision names"),
        }
        ends = {
            "school_year": _("the end of the school year"),
            "stage": _("the end of the stage of schooling (item 13)"),
            "document": _("the last day of the document"),
            "left": _("the last day at the school (item 13)"),
        }
        return _(
            "From %(first)s: %(start)s. Until %(last)s: %(end)s.",
            first=format_date(self.env, span.date_from),
            start=starts[span.start_why],
            last=format_date(self.env, span.date_to),
            end=ends[span.end_why],
        )
