"""Runs the decision table of resolution № 1020 through rules given by category code.

Each row names its item. :func:`answer_rows` yields (case, expected, answer); whoever
runs it gives the rules: those of :mod:`decision_rules` or those of the shipped data.
"""

from datetime import date

from odoo.addons.school_meal_benefits.domain import (
    category,
    checklist,
    combine,
    deadlines,
    entitlement_dates,
)
from odoo.addons.school_meal_benefits.domain.conditions import Facts
from odoo.addons.school_meal_benefits.domain.grants import granted_meals

from . import (
    decision_table_dates,
    decision_table_documents,
    decision_table_meals,
    decision_table_terms,
)

#: The day on which the checklists are looked at.
CHECK_DAY = date(2026, 9, 1)


def day(text):
    return date.fromisoformat(text) if text else None


# === TERMS === #


def answer_terms(terms):
    """Yield the rows of items 6-12, 25, 27 and 42; `terms` are the regulation's."""
    simple = {
        "review": terms.review,
        "register": terms.register,
        "notify": terms.notify,
    }
    for item, rule, given, expected, why in decision_table_terms.TERMS:
        days = [day(each) for each in ((given,) if isinstance(given, str) else given)]
        if rule in simple:
            answer = deadlines.due(*days, simple[rule])
        elif rule == "decide":
            answer = deadlines.due_dates(*days, terms=terms)["decide"]
        elif rule == "pay":
            answer = deadlines.payment_due(*days, pay_day=terms.pay_day)
        else:
            calendar = {"report": terms.report, "remote": terms.remote_window}
            answer = deadlines.due_calendar(*days, calendar[rule])
        yield (item, rule, given, why), expected, str(answer)
    for item, today, due_on, done_on, state, left in decision_table_terms.STATES:
        days = day(today), day(due_on), day(done_on)
        answer = deadlines.state(*days), deadlines.days_left(*days[:2])
        yield (item, "state", today, due_on, done_on), (state, left), answer


# === WHO FITS, MEALS, COMBINATION === #


def answer_fits(rules):
    for item, code, facts, shift, expected, why in decision_table_meals.FITS:
        answer = category.problems(rules[code], Facts(**facts), shift)
        yield (item, "fit", code, why), expected, answer


def answer_meals(rules):
    for item, code, hours, shift, expected, why in decision_table_meals.MEALS:
        yield (
            (item, "meals", code, why),
            expected,
            granted_meals(rules[code].grants, hours, shift),
        )


def answer_combinations(rules):
    for row in decision_table_meals.COMBINATIONS:
        item, codes, on_day, meals, money, milk, why = row
        facts = Facts(3, hours_at_school=on_day.get("hours"))
        shift = on_day.get("shift", "1")
        entitled = [category.entitled(rules[code], facts, shift) for code in codes]
        answer = combine.allocate(
            entitled, on_day.get("form", "onsite"), on_day.get("onsite", True)
        )
        yield (
            (item, "combine", codes, why),
            combine.Allocation(meals, milk, money),
            answer,
        )


# === DOCUMENTS === #


def make_rows(rules, given):
    """Return the checklist of a category; what is not in `given` was provided."""
    rows = []
    for requirement in rules.requirements:
        state = given.get(requirement.code, "provided")
        state, facts = state if isinstance(state, tuple) else (state, {})
        if "valid_to" in facts:
            facts = {**facts, "valid_to": day(facts["valid_to"])}
        rows.append(checklist.Row(requirement, state, **facts))
    unknown = set(given) - {row.requirement.code for row in rows}
    if unknown:
        raise ValueError(f"{rules.code} has no document {unknown}")
    return rows


def answer_grants(rules):
    for row in decision_table_documents.GRANTS:
        item, code, given, authorised, problem, problems, why = row
        rows = make_rows(rules[code], given)
        answer = (
            checklist.grant_problem(rows, authorised, CHECK_DAY),
            checklist.problems(rows, CHECK_DAY),
        )
        yield (item, "grant", code, why), (problem, problems), answer


def answer_refusals(rules):
    for row in decision_table_documents.REFUSALS:
        item, code, ground, given, authorised, expected, why = row
        rows = make_rows(rules[code], given)
        answer = checklist.refusal_problem(ground, rows, authorised, CHECK_DAY)
        yield (item, "refusal", code, why), expected, answer


# === DATES === #


def make_ends(rules, facts, terms):
    """Return the ends that the facts of a row bring, in the words of the domain."""
    ends = []
    if "left" in facts:
        ends.append(entitlement_dates.leaving_end(day(facts["left"])))
    if "moved" in facts:
        ends.append(entitlement_dates.leaving_end(day(facts["moved"]), True))
    if "grade" in facts:
        changed_on, grade = facts["grade"]
        ends += category.ends(rules, day(changed_on), grade=grade)
    if "form" in facts:
        changed_on, form = facts["form"]
        ends += category.ends(rules, day(changed_on), study_form=form)
    if "service" in facts and rules.has_service_report:
        ended_on, reported_on = map(day, facts["service"])
        report = entitlement_dates.service_end(ended_on, reported_on, terms)
        ends.append(report.end)
    return ends


def answer_dates(rules, terms):
    for item, code, facts, expected, why in decision_table_dates.SPANS:
        case = entitlement_dates.Case(
            facts["year"],
            day(facts["decided"]),
            day(facts["applied"]),
            enrolled_on=day(facts.get("enrolled")),
            remote_from=day(facts.get("remote")),
            document_to=day(facts.get("document")),
        )
        span = entitlement_dates.span(
            rules[code].start_rule,
            case,
            make_ends(rules[code], facts, terms),
            rules[code].validity,
            terms,
        )
        answer = span and (
            str(span.date_from),
            str(span.date_to),
            span.start_why,
            span.end_why,
        )
        yield (item, "dates", code, why), expected, answer
    for item, right, stays, expected, why in decision_table_dates.MOVES:
        span = entitlement_dates.Span(*map(day, right), "decision", "school_year")
        parts = entitlement_dates.by_school(
            span,
            [
                entitlement_dates.Stay(school, day(first), day(last))
                for school, first, last in stays
            ],
        )
        answer = [(school, str(first), str(last)) for school, first, last in parts]
        yield (item, "move", why), expected, answer


def answer_rows(rules, terms):
    """Yield (case, expected, answer) of the whole table.

    :param dict rules: {category code: :class:`category.CategoryRules`}
    :param terms: :class:`deadlines.Terms` of the regulation
    """
    yield from answer_terms(terms)
    for answers in (
        answer_fits,
        answer_meals,
        answer_combinations,
        answer_grants,
        answer_refusals,
    ):
        yield from answers(rules)
    yield from answer_dates(rules, terms)
