from functools import cache

from odoo import api, models

from odoo.addons.school_meal_base.domain import school_days

from ..domain import compensation
from ..domain.deadlines import Terms, in_remote_window

#: Closures of a class during which students taught at home have their lessons.
CLOSURES = (school_days.QUARANTINE, school_days.REMOTE)
#: An absence for this reason is no absence of a student taught at home.
AT_HOME = "home"
UNEXCUSED = ("unexcused", "unknown")


class CompensationCalculation(models.AbstractModel):
    """Reads the facts of many students at once for `domain/compensation.py`.

    sudo throughout: an accountant who calculates need not see absences, stays or meals
    of other roles; what comes out are days with reasons.
    """

    _name = "compensation.calculation"
    _description = "Facts for Compensation"

    @api.model
    def _find_entitlements(self, school, first, last, decided_by):
        """Return money entitlements in force in a span, decided by a day, of students
        who were at the school in the span.

        Item 27: what is decided later is calculated with the month of its decision.
        """
        there = [
            ("school_id", "=", school.id),
            ("date_from", "<=", last),
            *self._open_ended(first),
        ]
        # sudo: the sum does not depend on who calculates; so in all of this
        entitlements = self.env["benefit.entitlement"].sudo()
        return entitlements.search(
            [
                ("student_id.enrolment_ids", "any", there),
                ("kind", "=", "money"),
                ("is_void", "=", False),
                ("company_id", "=", school.company_id.id),
                ("date_from", "<=", last),
                ("date_end", ">=", first),
                ("decision_id.date", "<=", decided_by),
            ]
        )

    @api.model
    def _get_places(self, school, students, first, last):
        """Return {student id: [enrolment at the school, ...]} in a span."""
        # sudo: as above
        enrolments = (
            self.env["school.enrolment"]
            .sudo()
            .search(
                [
                    ("school_id", "=", school.id),
                    ("student_id", "in", students.ids),
                    ("date_from", "<=", last),
                    *self._open_ended(first),
                ]
            )
        )
        return enrolments.grouped(lambda enrolment: enrolment.student_id.id)

    @api.model
    def _load(self, school, students, entitlements, first, last):
        """Return {student id: Facts} of the students at a school in a span."""
        ids = students.ids
        span = [("student_id", "in", ids), ("date_from", "<=", last)]
        places = self._get_places(school, students, first, last)
        rights = entitlements.grouped(lambda each: each.student_id.id)
        studies = self._by_student("benefit.study.period", span, first)
        stays = self._by_student("benefit.stay", span, first)
        absences = self._by_student(
            "meal.absence",
            [*span, ("withdrawn_at", "=", False), ("reason", "!=", AT_HOME)],
            first,
        )
        meals = self._get_meals(students, first, last)
        held = self._get_held(school, students, first, last)
        rates = self.env["compensation.rate"]._get_rates(school.company_id)
        kind_of = self._get_calendar(school, first, last)
        return {
            student_id: compensation.Facts(
                rights=tuple(
                    compensation.Span(each.date_from, each.date_end)
                    for each in rights.get(student_id, ())
                ),
                places=tuple(
                    compensation.Span(each.date_from, each.date_to or None)
                    for each in places.get(student_id, ())
                ),
                studies=tuple(
                    compensation.Study(
                        each.form,
                        each.date_from,
                        each.date_to or None,
                        each.week_days or "",
                    )
                    for each in studies.get(student_id, ())
                ),
                calendar=kind_of(places.get(student_id, ())),
                rates=rates,
                stays=tuple(
                    compensation.Stay(each.kind, each.date_from, each.date_to or None)
                    for each in stays.get(student_id, ())
                ),
                absences=tuple(
                    compensation.Absence(
                        each.reason not in UNEXCUSED, each.date_from, each.date_to
                    )
                    for each in absences.get(student_id, ())
                ),
                meals=meals.get(student_id, frozenset()),
                held=held.get(student_id, frozenset()),
            )
            for student_id in ids
        }

    @api.model
    def _by_student(self, model, domain, first):
        # sudo: as above
        records = self.env[model].sudo().search([*domain, *self._open_ended(first)])
        return records.grouped(lambda record: record.student_id.id)

    @api.model
    def _open_ended(self, first):
        return ["|", ("date_to", "=", False), ("date_to", ">=", first)]

    @api.model
    def _get_meals(self, students, first, last):
        """Return {student id: days on which a budget paid for a meal}."""
        # sudo: as above
        rows = (
            self.env["meal.day.line"]
            .sudo()
            ._read_group(
                [
                    ("student_id", "in", students.ids),
                    ("date", ">=", first),
                    ("date", "<=", last),
                    ("is_current", "=", True),
                    ("outcome", "=", "issued"),
                    ("rule_id", "!=", False),
                ],
                ["student_id"],
                ["date:array_agg"],
            )
        )
        return {student.id: frozenset(days) for student, days in rows}

    @api.model
    def _get_held(self, school, students, first, last):
        """Return {student id: days that approved lines of other schools pay}: a move
        entered late. They are paid here when the other school has corrected them."""
        # sudo: as above
        rows = (
            self.env["compensation.day"]
            .sudo()
            ._read_group(
                [
                    ("student_id", "in", students.ids),
                    ("school_id", "!=", school.id),
                    ("date", ">=", first),
                    ("date", "<=", last),
                    ("is_counted", "=", True),
                    ("is_current", "=", True),
                    ("is_frozen", "=", True),
                ],
                ["student_id"],
                ["date:array_agg"],
            )
        )
        return {student.id: frozenset(days) for student, days in rows}

    @api.model
    def _get_calendar(self, school, first, last):
        """Return a function: enrolments of a student → function: day → its kind."""
        # sudo: the week of a school is a fact
        week = int(school.sudo().week_days)
        periods = self.env["school.calendar.period"]._search_span(school, first, last)
        open_periods = periods.filtered(lambda period: period.kind not in CLOSURES)

        @cache
        def rules(school_class):
            found = (period._as_rule(school_class) for period in open_periods)
            return tuple(rule for rule in found if rule)

        @cache
        def kind(day, school_class):
            return school_days.day_kind(day, week, rules(school_class))

        def of_student(enrolments):
            spans = [
                (each.date_from, each.date_to or last, each.class_id)
                for each in enrolments
            ]

            def kind_on(day):
                classes = (cls for start, end, cls in spans if start <= day <= end)
                return kind(day, next(classes, None))

            return kind_on

        return of_student

    @api.model
    def _is_late(self, entitlement):
        """Return whether the application came later than 30 days after the start of
        remote learning, so that money is paid from the application only (25.2)."""
        # sudo: as above
        application = entitlement.sudo().decision_id.application_id
        if entitlement.sudo().category_id.start_rule != "remote":
            return False
        window = application.regulation_id.remote_window_days
        return bool(application.remote_since) and not in_remote_window(
            application.remote_since,
            application.submitted_on,
            Terms(remote_window=window),
        )
