from odoo import api, fields, models

from odoo.addons.school_meal_base.domain import school_days

from ..domain import conditions, deadlines

AUTHORITY_OF_RELATION = {
    "mother": "parent",
    "father": "parent",
    "guardian": "guardian",
}


class BenefitApplication(models.Model):
    """Facts of the student on the day, who applies, which categories fit, deadlines."""

    _inherit = "benefit.application"

    allowed_category_ids = fields.Many2many(
        "benefit.category", compute="_compute_allowed_categories"
    )
    category_problem = fields.Text(
        "Why the category does not fit", compute="_compute_category_problem"
    )
    student_snils = fields.Char(related="student_id.snils", string="Child's SNILS")

    # === COMPUTE METHODS - THE STUDENT === #

    @api.depends("student_id")
    def _compute_place(self):
        for application in self:
            application.school_id = application.student_id.school_id

    @api.depends("submitted_on")
    def _compute_school_year_start(self):
        for application in self:
            day = application.submitted_on or fields.Date.context_today(self)
            application.school_year_start = school_days.new_class_year(day)

    @api.depends("student_id", "submitted_on", "school_year_start")
    def _compute_facts(self):
        periods = self._find_study_periods()
        for application in self:
            student = application.student_id
            school_class = student.class_id
            period = periods.get(application)
            # in summer the class is still that of the year that has ended
            passed = application.school_year_start - school_class.school_year_start
            application.grade = school_class and school_class.grade + max(passed, 0)
            application.class_name = school_class.name
            application.study_form = period.form if period else conditions.ONSITE
            application.remote_since = (
                period.date_from
                if period and period.form == conditions.REMOTE
                else False
            )
            special = student.school_id.is_special
            application.school_kind = (
                conditions.SPECIAL if special else conditions.GENERAL
            )
            application.hours_at_school = student.hours_at_school
            application.is_bused = student.is_bused

    def _find_study_periods(self):
        """Return {application: benefit.study.period of its day}."""
        rows = self.env["benefit.study.period"].search(
            [("student_id", "in", self.student_id.ids)]
        )
        by_student = rows.grouped("student_id")
        return {
            application: period
            for application in self
            for period in by_student.get(application.student_id._origin, ())
            if application.submitted_on
            and period.date_from <= application.submitted_on
            and (not period.date_to or application.submitted_on <= period.date_to)
        }

    def _refresh_facts(self):
        """Take the facts of today's records: what a draft says may be out of date."""
        for name in ("school_id", "grade"):
            self.env.add_to_compute(self._fields[name], self)
        self._recompute_recordset(["school_id", "grade"])

    def _get_facts(self):
        self.ensure_one()
        return conditions.Facts(
            self.grade,
            self.study_form or conditions.ONSITE,
            self.school_kind == conditions.SPECIAL,
            self.hours_at_school or None,
            self.is_bused,
        )

    # === COMPUTE METHODS - THE APPLICANT === #

    @api.depends("applicant_id")
    def _compute_applicant(self):
        for application in self:
            applicant = application.applicant_id
            if not applicant:
                application.applicant_name = application.applicant_name
                application.authority = application.authority or "parent"
                continue
            application.applicant_name = applicant.name
            application.authority = (
                AUTHORITY_OF_RELATION.get(applicant.relation, "guardian")
                if applicant.is_legal
                else "none"
            )

    @api.onchange("student_id")
    def _onchange_student(self):
        """Offer the child's legal representative; another one may be chosen."""
        if self.applicant_id.student_id != self.student_id:
            legal = self.student_id.guardian_ids.filtered("is_legal")
            self.applicant_id = legal[:1]
            self.applicant_name = legal[:1].name

    def _is_authorised(self):
        """Return whether the applicant may act for the child (item 7.2)."""
        self.ensure_one()
        if self.authority == "representative":
            return bool((self.authority_basis or "").strip())
        return self.authority != "none"

    # === COMPUTE METHODS - THE CATEGORY === #

    @api.depends("student_id", "submitted_on", "school_year_start")
    def _compute_allowed_categories(self):
        for application in self:
            categories = application._find_categories()
            application.allowed_category_ids = categories.filtered(
                lambda category, one=application: not one._get_misfits(category)
            )

    @api.depends("student_id", "submitted_on", "category_id", "school_year_start")
    def _compute_category_problem(self):
        for application in self:
            application.category_problem = application._get_category_problem() or False

    def _find_categories(self):
        """Return the categories of the regulation in force on the day."""
        self.ensure_one()
        day, company = self.submitted_on, self.student_id.company_id
        if not day or not company:
            return self.env["benefit.category"]
        return self.env["benefit.category"].search(
            [
                ("company_id", "=", company.id),
                ("regulation_id.state", "!=", "draft"),
                ("regulation_id.date_from", "<=", day),
                "|",
                ("regulation_id.date_to", "=", False),
                ("regulation_id.date_to", ">=", day),
            ]
        )

    def _get_misfits(self, category):
        forms = {
            conditions.ONSITE: category.is_onsite,
            conditions.HOME: category.is_home,
            conditions.REMOTE: category.is_remote,
        }
        wanted = conditions.Conditions(
            category.grade_from,
            category.grade_to,
            frozenset(form for form, taken in forms.items() if taken),
            category.school_kind,
            category.min_hours,
            category.is_for_bused,
        )
        return conditions.misfits(self._get_facts(), wanted)

    def _get_category_problem(self):
        """Return why the category cannot be applied for, a sentence, or None."""
        self.ensure_one()
        if not self.category_id or not self.student_id:
            return None
        category = self.category_id
        regulation = category.regulation_id
        day = self.submitted_on
        in_force = (
            regulation.company_id == self.student_id.company_id
            and regulation.state != "draft"
            and regulation.date_from <= day
            and (not regulation.date_to or day <= regulation.date_to)
        )
        if not in_force:
            return self.env._(
                "“%(category)s” is of a regulation that is not in force for the school"
                " on %(day)s. Choose a category of the one in force.",
                category=category.name,
                day=day.strftime("%d.%m.%Y"),
            )
        reasons = self._get_misfits(category)
        if not reasons:
            return None
        sentences = self._get_misfit_messages(category)
        return self.env._(
            "“%(category)s” does not fit the student: %(reasons)s.",
            category=category.name,
            reasons="; ".join(sentences[reason] for reason in reasons),
        )

    def _get_misfit_messages(self, category):
        """Return {reason of `conditions.REASONS`: part of a sentence}."""
        _ = self.env._
        forms = dict(self._fields["study_form"]._description_selection(self.env))
        return {
            "grade": _(
                "grade %(grade)s, while the category is for grades %(first)s to"
                " %(last)s",
                grade=self.grade,
                first=category.grade_from,
                last=category.grade_to,
            ),
            "study_form": _(
                "the form of study on the day is “%(form)s”, for which the category"
                " is not meant",
                form=forms.get(self.study_form, ""),
            ),
            "school_kind": _("the category is for another kind of school"),
            "hours_unknown": _(
                "how many hours a day the student is at school is not recorded: enter"
                " it on the student's form"
            ),
            "hours": _(
                "%(hours)s hours a day at school, while more than %(least)s are needed",
                hours=f"{self.hours_at_school:g}",
                least=f"{category.min_hours:g}",
            ),
            "bused": _("the student does not come by school bus"),
        }

    # === COMPUTE METHODS - DEADLINES === #

    @api.depends(
        "submitted_on",
        "category_id",
        "document_ids.received_on",
        "document_ids.state",
        "request_ids.state",
        "request_ids.due_on",
        "request_ids.answered_on",
    )
    def _compute_deadlines(self):
        for application in self:
            if application.state not in ("draft", "registered") and (
                application.decide_by
            ):
                # what comes after the decision does not move its deadline
                application.register_by = application.register_by
                application.decide_by = application.decide_by
                application.order_by = application.order_by
                continue
            day, regulation = application.submitted_on, application.regulation_id
            if not day or not application.category_id:
                application.register_by = application.decide_by = False
                application.order_by = False
                continue
            start = deadlines.decision_start(day, application._get_complete_on())
            application.register_by = deadlines.due(day, regulation.register_days)
            application.decide_by = deadlines.due(start, regulation.decision_days)
            application.order_by = deadlines.due(start, regulation.order_days)

    def _get_complete_on(self):
        """Return the day from which the decision's term runs: documents and answers
        are complete (item 6); while the school waits, the day the answer is due."""
        came = self.document_ids.filtered(lambda row: row.state == "provided")
        days = came.mapped("received_on")
        for request in self.request_ids:
            if request.state in ("confirmed", "negative"):
                days.append(request.answered_on)
            elif request.state != "cancelled":
                days.append(request.due_on)
        return max(filter(None, days), default=None)
