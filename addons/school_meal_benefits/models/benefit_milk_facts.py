from datetime import timedelta

from odoo import api, models

from odoo.addons.school_meal_base.domain import school_days

from ..domain import compensation, milk

#: Kinds of days on which a class has lessons, though not at the school.
AWAY = (school_days.REMOTE, school_days.QUARANTINE)


class BenefitMilkFacts(models.AbstractModel):
    """Reads who is entitled to milk, taught where, and present, for `domain/milk.py`.

    sudo throughout: what comes out are days of children of one school, for whoever may
    write its lists.
    """

    _name = "benefit.milk.facts"
    _description = "Facts for Milk"

    @api.model
    def _load(self, issue):
        """Return {student: milk.Facts} of the students entitled in an issue's days."""
        first, last = issue.date_from, issue.date_to
        source = self.env["compensation.calculation"]
        span = [
            first + timedelta(days=number) for number in range((last - first).days + 1)
        ]
        rights = self._get_rights(issue, first, last)
        # sudo: facts of the children on a list that the user may make; so below
        students = self.env["school.student"].sudo().browse(rights)
        places = source._get_places(issue.school_id, students, first, last)
        domain = [("student_id", "in", students.ids), ("date_from", "<=", last)]
        studies = source._by_student("benefit.study.period", domain, first)
        absences = source._by_student(
            "meal.absence",
            [*domain, ("withdrawn_at", "=", False), ("reason", "!=", "home")],
            first,
        )
        kinds = self._get_kinds(issue.school_id, first, last)
        today = self.env["school.calendar"]._local_date(issue.school_id)
        presence = {
            day: issue.school_id._get_presence(day)
            for day in span
            if issue.kind == milk.AT_SCHOOL and day <= today
        }
        norms = self._get_norms(issue.company_id, span)
        result = {}
        for student in students:
            enrolments = places.get(student.id, ())
            classes = {
                day: each.class_id
                for each in enrolments
                for day in span
                if compensation.covers(self._span(each), day)
            }
            if issue.class_ids:
                classes = {
                    day: cls for day, cls in classes.items() if cls in issue.class_ids
                }
            entitled = frozenset(
                day
                for day in classes
                if norms[day]
                and any(compensation.covers(each, day) for each in rights[student.id])
            )
            if not entitled:
                continue
            result[student] = milk.Facts(
                entitled=entitled,
                presence={
                    day: known[student.id]
                    for day, known in presence.items()
                    if student.id in known
                },
                reported=frozenset(
                    day
                    for day in span
                    if any(
                        each.date_from <= day <= each.date_to
                        for each in absences.get(student.id, ())
                    )
                ),
                **self._get_lessons(classes, studies.get(student.id, ()), kinds),
            )
        return result

    @api.model
    def _get_rights(self, issue, first, last):
        """Return {student id: [Span, ...]} of entitlements to milk."""
        # sudo: as above
        found = (
            self.env["benefit.entitlement"]
            .sudo()
            .search(
                [
                    ("kind", "=", "milk"),
                    ("is_void", "=", False),
                    ("company_id", "=", issue.company_id.id),
                    ("date_from", "<=", last),
                    ("date_end", ">=", first),
                ]
            )
        )
        rights = {}
        for each in found:
            rights.setdefault(each.student_id.id, []).append(
                compensation.Span(each.date_from, each.date_end)
            )
        return rights

    @api.model
    def _get_kinds(self, school, first, last):
        """Return a function: (day, class) → (kind of day, kind without closures)."""
        # sudo: the week of a school is a fact
        week = int(school.sudo().week_days)
        periods = self.env["school.calendar.period"]._search_span(school, first, last)
        cache = {}

        def rules(school_class):
            if school_class not in cache:
                found = (period._as_rule(school_class) for period in periods)
                every = [rule for rule in found if rule]
                cache[school_class] = (
                    every,
                    [rule for rule in every if rule.kind not in AWAY],
                )
            return cache[school_class]

        def kinds(day, school_class):
            return tuple(
                school_days.day_kind(day, week, each) for each in rules(school_class)
            )

        return kinds

    @api.model
    def _get_lessons(self, classes, studies, kinds):
        """Return {"taught": days with lessons, "away": of these not at the school}."""
        taught, away = set(), set()
        for day, school_class in classes.items():
            kind, plain = kinds(day, school_class)
            if plain not in school_days.SCHOOL_KINDS:
                continue
            own = [
                each for each in studies if compensation.covers(self._span(each), day)
            ]
            form = own[0].form if own else "onsite"
            if form == "family":
                continue
            if (
                own
                and own[0].week_days
                and str(day.isoweekday()) not in own[0].week_days
            ):
                continue
            # a class in quarantine has no lessons; its children at home do
            if form == "onsite" and kind == school_days.QUARANTINE:
                continue
            taught.add(day)
            if form != "onsite" or kind == school_days.REMOTE:
                away.add(day)
        return {"taught": frozenset(taught), "away": frozenset(away)}

    @api.model
    def _get_norms(self, company, span):
        """Return {day: whether milk is given by the norm of the day}."""
        # sudo: a norm is a fact
        norms = (
            self.env["benefit.milk.norm"]
            .sudo()
            .search([("company_id", "=", company.id)], order="date_from")
        )
        given = {}
        for day in span:
            valid = norms.filtered(lambda norm, day=day: norm.date_from <= day)[-1:]
            given[day] = bool(valid) and valid._is_given_on(day)
        return given

    @api.model
    def _span(self, record):
        return compensation.Span(record.date_from, record.date_to or None)
