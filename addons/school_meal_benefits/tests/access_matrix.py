# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from datetime import date

from odoo import Command

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
benefit.document.type | global  | -       | -       | -       | r        | r    | r          | r          | crud    | -
benefit.regulation    | company | -       | -       | -       | r        | r    | cru        | r          | crud    | -
benefit.article       | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.reading       | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.category      | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.grant         | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.requirement   | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.study.period  | school  | -       | -       | -       | cru      | r    | r          | r          | crud    | -
benefit.journal       | company | -       | -       | -       | -        | -    | r          | -          | r       | -
benefit.application   | school  | -       | -       | -       | cru      | ru   | r          | r          | cru     | -
benefit.application.document | school | - | -       | -       | crud     | r    | r          | r          | crud    | -
benefit.request       | school  | -       | -       | -       | cru      | r    | r          | r          | cru     | -
benefit.order         | school  | -       | -       | -       | cru      | ru   | r          | r          | cru     | -
benefit.decision      | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.notice        | school  | -       | -       | -       | ru       | r    | r          | r          | ru      | -
benefit.entitlement   | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.entitlement.end | school | -      | -       | -       | r        | r    | r          | r          | r       | -
benefit.recipient     | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.radar         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.campaign      | school  | -       | -       | -       | cru      | r    | cru        | r          | crud    | -
benefit.campaign.line | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.end.record    | owner   | -       | -       | -       | cru      | cru  | -          | -          | cru     | -
benefit.end.revoke    | owner   | -       | -       | -       | -        | cru  | -          | -          | cru     | -
benefit.register      | owner   | -       | -       | -       | cru      | cru  | cru        | cru        | cru     | -
egisso.measure        | company | -       | -       | -       | r        | r    | cru        | cru        | crud    | -
egisso.fact           | school  | -       | -       | -       | r        | r    | ru         | ru         | ru      | -
egisso.error          | school  | -       | -       | -       | r        | r    | ru         | ru         | ru      | -
egisso.package        | company | -       | -       | -       | -        | -    | ru         | ru         | ru      | -
egisso.channel        | company | -       | -       | -       | -        | -    | r          | r          | crud    | -
egisso.protocol.load  | owner   | -       | -       | -       | -        | -    | cru        | cru        | cru     | -
egisso.fact.change    | owner   | -       | -       | -       | -        | -    | cru        | cru        | cru     | -
benefit.deadline      | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.refusal       | owner   | -       | -       | -       | cru      | cru  | -          | -          | cru     | -
benefit.supersession  | owner   | -       | -       | -       | -        | cru  | -          | -          | -       | -
benefit.withdrawal    | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
benefit.journal.print | owner   | -       | -       | -       | cru      | cru  | cru        | -          | cru     | -
compensation.rate | company | - | - | - | r | r | r | cru | crud | -
benefit.stay | school | - | - | - | cru | r | r | r | crud | -
compensation.payee | school | - | - | - | cr | r | r | cr | cr | -
compensation.month | school | - | - | - | r | r | r | crd | crd | -
compensation.line | school | - | - | - | r | r | r | r | r | -
compensation.day | school | - | - | - | r | r | r | r | r | -
compensation.payment.list | company | - | - | - | - | - | r | crud | crud | -
compensation.payment | school | - | - | - | r | r | r | r | r | -
compensation.return | owner | - | - | - | - | - | - | cru | cru | -
compensation.settlement | owner | - | - | - | - | - | - | cru | cru | -
compensation.bank.answer | owner | - | - | - | - | - | - | cru | cru | -
benefit.milk.norm | company | - | - | - | r | r | cru | r | crud | -
benefit.milk.issue | school | - | - | - | crud | r | r | r | crud | -
benefit.milk.issue.line | school | - | - | - | ru | r | r | r | ru | -
school.access.log     | school  | -       | -       | -       | -        | r    | r          | -          | r       | -
benefit.change        | school  | -       | -       | -       | -        | r    | r          | r          | r       | -
benefit.audit.run     | school  | -       | -       | -       | -        | cru  | crud       | cru        | crud    | -
benefit.audit.finding | school  | -       | -       | -       | ru       | ru   | ru         | ru         | ru      | -
benefit.pack          | school  | -       | -       | -       | -        | crud | crud       | crud       | crud    | -
benefit.report.form   | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.report        | school  | -       | -       | -       | r        | ru   | ru         | r          | ru      | -
benefit.timesheet     | owner   | -       | -       | -       | crud     | crud | crud       | crud       | crud    | -
"""


def _application(case, place):
    """Return a draft for a category of the place's municipality."""
    categories = case.env["benefit.category"]
    known = [("company_id", "=", place.company.id), ("code", "=", "matrix")]
    category = categories.search(known) or categories.create(
        {
            "name": "Matrix",
            "code": "matrix",
            "kind": "milk",
            "regulation_id": _regulation(case, place).id,
            "requirement_ids": [Command.create(_requirement(case))],
        }
    )
    return case.env["benefit.application"].create(
        {"student_id": place.student.id, "category_id": category.id}
    )


def _regulation(case, place):
    return case.env["benefit.regulation"].create(
        {
            "name": "Matrix",
            "number": "1",
            "date": date(2026, 8, 1),
            "authority": "City",
            "company_id": place.company.id,
            "date_from": date(2026, 9, 1),
        }
    )


def _requirement(case):
    kinds = case.env["benefit.document.type"]
    kind = kinds.search([("code", "=", "matrix")]) or kinds.create(
        {"name": "Matrix", "code": "matrix"}
    )
    return {
        "name": "Matrix",
        "code": "matrix",
        "document_type_ids": [Command.set(kind.ids)],
    }


def _request(case, place):
    return case.env["benefit.request"].create(
        {"application_id": _application(case, place).id, "body": "Department"}
    )


def _order(case, place):
    return case.env["benefit.order"].create({"school_id": place.school.id})


def _decision(case, place):
    application = _application(case, place)
    return case.env["benefit.decision"].create(
        {
            "application_id": application.id,
            "student_id": application.student_id.id,
            "school_id": place.school.id,
            "company_id": place.company.id,
            "category_id": application.category_id.id,
            "result": "refused",
            "refusal_ground": "authority",
            "date": date(2026, 11, 17),
            "user_id": case.env.uid,
        }
    )


def _notice(case, place):
    decision = _decision(case, place)
    return case.env["benefit.notice"]._create_for_decisions(decision)


def _deadline(case, place):
    application = _application(case, place)
    case.env.flush_all()
    return case.env["benefit.deadline"].search(
        [("application_id", "=", application.id)]
    )


def _rate(case, place):
    rates = case.env["compensation.rate"]
    return rates.search([("company_id", "=", place.company.id)]) or rates.create(
        {
            "company_id": place.company.id,
            "date_from": date(2026, 9, 1),
            "amount": 150.5,
            "basis": "1",
        }
    )


def _stay(case, place):
    return case.env["benefit.stay"].create(
        {
            "student_id": place.student.id,
            "kind": "recreation",
            "date_from": date(2026, 9, 1),
            "basis": "1",
        }
    )


def _compensation_month(case, place):
    months = case.env["compensation.month"]
    return months.search([("school_id", "=", place.school.id)]) or months.create(
        {"school_id": place.school.id, "month": date(2026, 9, 1)}
    )


def _milk_issue(case, place):
    return case.env["benefit.milk.issue"].create({"school_id": place.school.id})


SAMPLES = {
    "benefit.application": _application,
    "benefit.application.document": lambda case, place: (
        _application(case, place).document_ids
    ),
    "benefit.request": _request,
    "benefit.order": _order,
    "benefit.decision": _decision,
    "benefit.notice": _notice,
    "benefit.deadline": _deadline,
    "compensation.rate": _rate,
    "benefit.stay": _stay,
    "compensation.month": _compensation_month,
    "benefit.milk.issue": _milk_issue,
}
