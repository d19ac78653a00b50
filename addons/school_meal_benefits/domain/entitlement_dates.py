"""From when to when a right lasts: the start rules, the ends, moves between schools.

All dates are inclusive. Items are those of resolution № 1020.

>>> case = Case(2026, decided_on=date(2026, 9, 3), applied_on=date(2026, 9, 1))
>>> span(BY_DECISION, case)
Span(date_from=datetime.date(2026, 9, 3), date_to=datetime.date(2027, 8, 31), \
start_why='decision', end_why='school_year')
"""

from datetime import date, timedelta
from typing import NamedTuple

from . import conditions, deadlines

ONE_DAY = timedelta(days=1)

# start rules: items 10, 25.1 and 25.2
BY_DECISION, BY_APPLICATION, BY_REMOTE_START = "decision", "application", "remote"
START_RULES = (BY_DECISION, BY_APPLICATION, BY_REMOTE_START)

# until when a right is given, unless something ends it before
UNTIL_SCHOOL_YEAR, UNTIL_STAGE, UNTIL_DOCUMENT = "school_year", "stage", "document"

# why a right ends
SCHOOL_YEAR = "school_year"  # item 5: documents are given for each school year
LEFT = "left"  # items 13, 24.1, 32.1
STAGE = "stage"  # item 13: the next level of schooling
GROUND_LOST = "ground_lost"  # items 24.3, 32.2, 32.3
DOCUMENT = "document"  # items 24.3, 32.3: the last day of what proves it
FORM_CHANGED = "form_changed"  # items 24.2, 24.4
FAMILY = "family_education"  # item 24.1
SERVICE_ENDED = "service_ended"  # item 42


class Case(NamedTuple):
    """What the dates of a right depend on.

    ``school_year`` is the year of its 1 September; ``enrolled_on`` the first day at the
    school, ``remote_from`` the first day of remote learning, ``document_to`` the last
    day of the document that proves the right, ``grade`` that of the school year.
    """

    school_year: int
    decided_on: date
    applied_on: date
    enrolled_on: date | None = None
    remote_from: date | None = None
    document_to: date | None = None
    grade: int | None = None


class End(NamedTuple):
    """A reason to end and the last day on which the right lasts."""

    why: str
    last_day: date


class Span(NamedTuple):
    """Both ends included; ``start_why`` and ``end_why`` say what set them."""

    date_from: date
    date_to: date
    start_why: str
    end_why: str


def school_year_bounds(school_year):
    """Return the first and the last day of a school year, 1 September to 31 August.

    >>> [str(day) for day in school_year_bounds(2023)]
    ['2023-09-01', '2024-08-31']
    """
    return date(school_year, 9, 1), date(school_year + 1, 8, 31)


def start(rule, case, terms=deadlines.Terms()):  # noqa: B008
    """Return (first day, why) of a right.

    Never before the student is enrolled (items 10, 25.1) nor before the school year.
    Remote learning counts from its first day if the application came within the window
    of item 25, else from the application; `why` is then 'late_application'.

    >>> september = date(2026, 9, 1)
    >>> case = Case(2026, date(2026, 9, 10), date(2026, 9, 8), date(2026, 9, 14))
    >>> start(BY_DECISION, case)
    (datetime.date(2026, 9, 14), 'enrolment')
    >>> start(BY_APPLICATION, case._replace(enrolled_on=september))
    (datetime.date(2026, 9, 8), 'application')
    >>> late = Case(2026, date(2026, 11, 3), date(2026, 11, 2), september, september)
    >>> start(BY_REMOTE_START, late)
    (datetime.date(2026, 11, 2), 'late_application')
    """
    day, why = _rule_day(rule, case, terms)
    candidates = [(day, why)]
    if case.enrolled_on:
        candidates.append((case.enrolled_on, "enrolment"))
    candidates.append((school_year_bounds(case.school_year)[0], SCHOOL_YEAR))
    # of equal days the rule's own reason is the one to tell
    return max(candidates, key=lambda each: each[0])


def _rule_day(rule, case, terms):
    if rule == BY_DECISION:
        return case.decided_on, rule
    if rule == BY_APPLICATION:
        return case.applied_on, rule
    if rule != BY_REMOTE_START:
        raise ValueError(f"unknown start rule: {rule}")
    if not case.remote_from:
        raise ValueError("the first day of remote learning is not known")
    if deadlines.in_remote_window(case.remote_from, case.applied_on, terms):
        return case.remote_from, rule
    return max(case.remote_from, case.applied_on), "late_application"


def planned_end(validity, case):
    """Return the :class:`End` that is known when a right is granted.

    A right of № 1020 lasts to the end of its school year (item 5), 31 August; others
    may last to the end of the level of schooling or of the document. A document that
    ends sooner always ends the right with it.

    >>> case = Case(2026, date(2026, 9, 1), date(2026, 9, 1), grade=2)
    >>> planned_end(UNTIL_STAGE, case)
    End(why='stage', last_day=datetime.date(2029, 8, 31))
    >>> planned_end(UNTIL_SCHOOL_YEAR, case._replace(document_to=date(2027, 1, 31)))
    End(why='document', last_day=datetime.date(2027, 1, 31))
    """
    planned = End(SCHOOL_YEAR, school_year_bounds(case.school_year)[1])
    if validity == UNTIL_STAGE and case.grade:
        years_left = last_grade_of_stage(case.grade) - case.grade
        planned = End(STAGE, school_year_bounds(case.school_year + years_left)[1])
    if case.document_to and (
        validity == UNTIL_DOCUMENT or case.document_to < planned.last_day
    ):
        planned = End(DOCUMENT, case.document_to)
    return planned


def span(rule, case, ends=(), validity=UNTIL_SCHOOL_YEAR, terms=deadlines.Terms()):  # noqa: B008
    """Return the :class:`Span` of a right, None when it would end before it begins.

    ``ends`` are the :class:`End` known so far, beside the planned one.

    >>> case = Case(2023, date(2024, 2, 28), date(2024, 2, 27))
    >>> left = End(LEFT, date(2024, 2, 29))
    >>> span(BY_DECISION, case, [left]).date_to
    datetime.date(2024, 2, 29)
    >>> span(BY_DECISION, case, [left._replace(last_day=date(2024, 2, 27))])
    """
    date_from, start_why = start(rule, case, terms)
    known = [planned_end(validity, case), *(end for end in ends if end)]
    last = min(known, key=lambda end: end.last_day)
    if last.last_day < date_from:
        return None
    return Span(date_from, last.last_day, start_why, last.why)


def lasts_until(first_day_without):
    """Return the last day of a right that is gone on a day.

    >>> lasts_until(date(2024, 3, 1))
    datetime.date(2024, 2, 29)
    """
    return first_day_without - ONE_DAY


def stage_end(changed_on, grade, grade_from, grade_to):
    """Return the :class:`End` of item 13 when a student moves to a grade, or None.

    Item 13 ends free meals "when basic or secondary schooling begins", after which no
    category of grades 5-11 could be. The reading: it ends a right whose category does
    not reach the new grade.

    >>> stage_end(date(2027, 9, 1), 5, 1, 4)
    End(why='stage', last_day=datetime.date(2027, 8, 31))
    >>> stage_end(date(2027, 9, 1), 10, 5, 11)
    """
    if grade_from <= grade <= grade_to:
        return None
    return End(STAGE, lasts_until(changed_on))


def form_end(changed_on, study_form, forms):
    """Return the :class:`End` of items 24.1, 24.2 and 24.4, None if the form fits too.

    >>> form_end(date(2026, 11, 9), "onsite", {"home"})
    End(why='form_changed', last_day=datetime.date(2026, 11, 8))
    >>> form_end(date(2026, 11, 9), "remote", {"home", "remote"})
    """
    if study_form in forms:
        return None
    why = FAMILY if study_form == conditions.FAMILY else FORM_CHANGED
    return End(why, lasts_until(changed_on))


def leaving_end(left_on, stays_in_municipality=False):
    """Return the :class:`End` on leaving; a move inside the municipality ends nothing.

    ``left_on`` is the last day at the school.

    >>> leaving_end(date(2026, 12, 31))
    End(why='left', last_day=datetime.date(2026, 12, 31))
    >>> leaving_end(date(2026, 12, 31), stays_in_municipality=True)
    """
    return None if stays_in_municipality else End(LEFT, left_on)


class ServiceReport(NamedTuple):
    """What a report of the end of service means: the end, its term, whether late."""

    end: End
    due_on: date
    is_late: bool


def service_end(ended_on, reported_on=None, terms=deadlines.Terms()):  # noqa: B008
    """Return the :class:`ServiceReport` of item 42, five calendar days for the report.

    In time: the right lasts through the day of the report. Late, or never: it ended
    with the service, and the meals after it are corrected.

    >>> in_time = service_end(date(2026, 10, 1), date(2026, 10, 6))
    >>> in_time.end.last_day, in_time.is_late
    (datetime.date(2026, 10, 6), False)
    >>> late = service_end(date(2026, 10, 1), date(2026, 10, 7))
    >>> late.end.last_day, late.is_late
    (datetime.date(2026, 10, 1), True)
    """
    due_on = deadlines.due_calendar(ended_on, terms.report)
    is_late = reported_on is None or reported_on > due_on
    last_day = ended_on if is_late else max(ended_on, reported_on)
    return ServiceReport(End(SERVICE_ENDED, last_day), due_on, is_late)


class Stay(NamedTuple):
    """A period of the student at one school; ``left_on`` is None while it lasts."""

    school: int
    enrolled_on: date
    left_on: date | None = None


def by_school(whole, stays):
    """Return ((school, first day, last day), …): where a right is used, move by move.

    The right goes with the child inside the municipality; days between two schools
    belong to nobody. ``stays`` are those in the municipality.

    >>> right = Span(date(2026, 9, 1), date(2027, 8, 31), "decision", "school_year")
    >>> moves = [Stay(5, date(2025, 9, 1), date(2026, 12, 30)), Stay(
    ...     7, date(2027, 1, 11))]
    >>> [(school, str(first), str(last)) for school, first, last in by_school(
    ...     right, moves)]
    [(5, '2026-09-01', '2026-12-30'), (7, '2027-01-11', '2027-08-31')]
    """
    parts = []
    for stay in sorted(stays, key=lambda each: each.enrolled_on):
        first = max(whole.date_from, stay.enrolled_on)
        last = min(whole.date_to, stay.left_on or whole.date_to)
        if first <= last:
            parts.append((stay.school, first, last))
    return tuple(parts)


def last_grade_of_stage(grade):
    """Return the last grade of the level of schooling of a grade.

    >>> [last_grade_of_stage(grade) for grade in (1, 4, 5, 10)]
    [4, 4, 9, 11]
    """
    ends = (conditions.PRIMARY_END, conditions.BASIC_END, conditions.LAST_GRADE)
    return next(end for end in ends if grade <= end)
