from odoo import api, models

from ..domain import study_forms
from ..domain.entitlement_dates import FAMILY, FORM_CHANGED
from .benefit_words import in_language_of

#: Grounds that periods of study alone bring and take back.
GROUNDS = (FORM_CHANGED, FAMILY)


class BenefitEntitlement(models.Model):
    """What a change of the form of study does (items 14, 24)."""

    _inherit = "benefit.entitlement"

    @api.model
    def _follow_forms(self, students):
        """Make the ends by form of study what the periods of the students say."""
        # sudo: benefits follow by themselves, whoever records the form of study
        periods = (
            self.env["benefit.study.period"]
            .sudo()
            .search([("student_id", "in", students.ids)])
            .grouped("student_id")
        )
        ends = self.env["benefit.entitlement.end"].sudo()
        known = ends.search(
            [
                ("student_id", "in", students.ids),
                ("ground", "in", GROUNDS),
                ("revoked_at", "=", False),
            ]
        ).grouped("entitlement_id")
        # who was never taught elsewhere, nor lost anything by it, is nobody here
        concerned = {student.id for student in periods}
        concerned |= {benefit.student_id.id for benefit in known}
        benefits = self.sudo().search([("student_id", "in", list(concerned))])
        wrong, rows = ends.browse(), {}
        for benefit in benefits:
            mine = known.get(benefit, ends.browse())
            wanted = benefit._get_form_end(periods.get(benefit.student_id, ()))
            same = mine.filtered(
                lambda end, wanted=wanted: (end.ground, end.last_day) == wanted
            )
            wrong |= mine - same[:1]
            if wanted and not same:
                rows[benefit] = {
                    "ground": wanted.why,
                    "last_day": wanted.last_day,
                    "ground_on": wanted.last_day,
                }
        if wrong:
            _ = in_language_of(self, wrong.company_id[:1]).env._
            wrong._revoke(_("The form of study was recorded anew."))
        self._end_each(rows)

    def _get_form_end(self, periods):
        """Return the :class:`End` that periods of study bring, None: none."""
        category = self.category_id
        forms = None
        if self.kind == "money":
            forms = {
                form for form in ("onsite", "home", "remote") if category[f"is_{form}"]
            }
        return study_forms.end_of_form(
            self.date_from,
            self.date_to,
            [
                study_forms.Period(one.form, one.date_from, one.date_to or None)
                for one in periods
            ],
            forms,
        )

    @api.model
    def _follow_pauses(self, days):
        """Bring meals up to date on days whose form of study is another one now.

        :param days: {student: (first, last or None)}
        """
        students = self.env["school.student"].union(*days)
        # sudo: as in `_follow_forms`
        benefits = self.sudo().search(
            [
                ("student_id", "in", students.ids),
                ("kind", "=", "meals"),
                ("is_void", "=", False),
            ]
        )
        spans = {}
        for benefit in benefits:
            first, last = days[benefit.student_id.with_env(students.env)]
            spans[benefit] = (
                max(first, benefit.date_from),
                min(last or benefit.date_end, benefit.date_end),
            )
        _ = in_language_of(self, benefits.company_id[:1]).env._
        reason = _("Another form of study was recorded")
        benefits._follow_days(spans, dict.fromkeys(benefits, reason))
