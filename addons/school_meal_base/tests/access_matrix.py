# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Who may do what with which model: the table that `test_access_matrix` checks.

HOW TO ADD A MODEL (the test fails for every model without a row):

1. Add a line to TABLE: the model, its scope, and a cell per role. A cell lists what
   the role may do with records within its reach: c(reate) r(ead) u(pdate) d(elete);
   `-` is nothing. The last column, `outsider`, stands for an internal user without a
   role, a portal user without children and the public user; whatever core's rights
   say, they reach no record of any place.
2. The scope says how far a role reaches:

   * `class`   teachers: own classes; other school staff: own schools; department,
               accountant and manager: their municipality
   * `school`  teachers too: own schools
   * `company` everybody: all of the municipality
   * `global`  everybody: all records (no personal data, no money)
   * `owner`   each user the records they made themselves (transient models)

   Models of core that hold our data (contacts, orders of the till) have rows too.

3. Best add to SAMPLES a function that makes or finds a record of a place; it is called
   as superuser with (case, place), where `place` has `student`, `school_class`,
   `school` and `company`. Without one only rights and the presence of record rules are
   checked, with one each role's reach is tried on real records.

4. Where a role may create, add to CREATES a function that returns values for a place:
   each role then tries it at every place, and must be refused beyond its reach.

Add-ons above this one keep their own `tests/access_matrix.py` with TABLE and SAMPLES of
the same shape; a row there replaces the row of a model here. Rows of core's models may be
in `tests/access_matrix_core.py`.
"""

from datetime import date
from uuid import uuid4

TABLE = """
model                       | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
school.school               | school  | r       | r       | r       | ru       | r    | r          | r          | crud    | -
school.building             | school  | r       | r       | r       | cru      | r    | r          | r          | crud    | -
school.class                | class   | r       | r       | r       | cru      | r    | r          | r          | crud    | -
school.student              | class   | r       | r       | r       | cru      | r    | r          | r          | crud    | -
school.enrolment            | class   | r       | r       | r       | r        | r    | r          | r          | r       | -
school.guardian             | class   | r       | -       | -       | crud     | r    | r          | r          | crud    | -
school.allergen             | global  | r       | r       | r       | r        | r    | r          | r          | crud    | -
school.calendar.period      | school  | r       | r       | r       | crud     | r    | r          | r          | crud    | -
school.student.transfer     | owner   | -       | -       | -       | cru      | -    | cru        | -          | cru     | -
school.student.leave        | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
school.student.leave.line   | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
school.year.rollover        | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
school.access.log           | company | -       | -       | -       | -        | -    | -          | -          | r       | -
meal.settings               | owner   | -       | -       | -       | -        | -    | -          | -          | cru     | -
meal.account                | school  | -       | -       | -       | r        | r    | r          | ru         | ru      | -
meal.ban                    | school  | -       | -       | -       | crud     | -    | -          | crud       | crud    | -
meal.transfer               | company | -       | -       | -       | -        | -    | -          | r          | r       | -
meal.incident               | company | -       | -       | -       | -        | -    | r          | ru         | ru      | -
meal.posting                | company | -       | -       | -       | -        | -    | r          | r          | r       | -
meal.posting.line           | company | -       | -       | -       | -        | -    | r          | r          | r       | -
meal.posting.transfer       | company | -       | -       | -       | -        | -    | r          | r          | r       | -
meal.posting.watermark      | company | -       | -       | -       | -        | -    | -          | -          | r       | -
meal.audit                  | global  | -       | -       | -       | -        | -    | r          | r          | r       | -
meal.audit.check            | global  | -       | -       | -       | -        | -    | r          | r          | r       | -
meal.gl.mapping             | company | -       | -       | -       | -        | -    | r          | r          | crud    | -
meal.reconciliation         | owner   | -       | -       | -       | -        | -    | cru        | cru        | cru     | -
meal.reconciliation.line    | owner   | -       | -       | -       | -        | -    | crud       | crud       | crud    | -
meal.ledger.setup           | owner   | -       | -       | -       | -        | -    | -          | -          | crud    | -
meal.ledger.setup.line      | owner   | -       | -       | -       | -        | -    | -          | -          | crud    | -
school.card                 | school  | -       | -       | -       | cru      | r    | -          | r          | crud    | -
school.card.event           | school  | -       | -       | -       | r        | r    | -          | r          | r       | -
school.card.reader          | school  | -       | -       | -       | cru      | -    | -          | -          | crud    | -
school.card.handover        | school  | -       | -       | -       | crud     | -    | -          | -          | crud    | -
school.card.print           | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
school.card.job             | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
school.card.operation       | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
school.card.reader.learn    | owner   | -       | -       | -       | crud     | -    | -          | -          | crud    | -
meal.payment.channel        | company | -       | -       | -       | -        | -    | -          | cru        | crud    | -
meal.payment.registry       | company | -       | -       | -       | -        | -    | -          | r          | r       | -
meal.payment.registry.line  | company | -       | -       | -       | -        | -    | -          | r          | r       | -
meal.suspense               | company | -       | -       | -       | -        | -    | -          | r          | r       | -
meal.payment.import         | owner   | -       | -       | -       | -        | -    | -          | cru        | cru     | -
meal.bank.match             | owner   | -       | -       | -       | -        | -    | -          | cru        | cru     | -
meal.suspense.resolve       | owner   | -       | -       | -       | -        | -    | -          | cru        | cru     | -
meal.suspense.suggestion    | owner   | -       | -       | -       | -        | -    | -          | crud       | crud    | -
meal.roster.import          | school  | -       | -       | -       | crud     | -    | crud       | crud       | crud    | -
meal.roster.import.line     | school  | -       | -       | -       | ru       | -    | ru         | ru         | ru      | -
meal.roster.import.column   | school  | -       | -       | -       | ru       | -    | ru         | ru         | ru      | -
meal.roster.mapping         | school  | -       | -       | -       | crud     | -    | crud       | crud       | crud    | -
meal.roster.export          | owner   | -       | -       | -       | crud     | -    | crud       | crud       | crud    | -
meal.adjustment             | company | -       | -       | -       | -        | -    | -          | cr         | cr      | -
meal.sibling.transfer       | owner   | -       | -       | -       | crud     | -    | -          | crud       | crud    | -
meal.transfer.reverse       | owner   | -       | -       | -       | -        | -    | -          | crud       | crud    | -
meal.statement.wizard       | owner   | -       | -       | -       | crud     | crud | crud       | crud       | crud    | -
school.device               | company | -       | -       | -       | -        | -    | -          | -          | crud    | -
res.partner                 | class   | r       | r       | r       | r        | r    | r          | r          | r       | r
"""


def _building(case, place):
    return case.env["school.building"].create(
        {"name": f"Of class {place.school_class.name}", "school_id": place.school.id}
    )


def _guardian(case, place):
    return case.env["school.guardian"].create(
        {"student_id": place.student.id, "name": "Relative", "relation": "other"}
    )


def _access_log(case, place):
    return case.env["school.access.log"].create(
        {
            "user_id": case.env.uid,
            "student_id": place.student.id,
            "company_id": place.company.id,
            "kind": "snils",
        }
    )


def _period(case, place):
    return case.env["school.calendar.period"].create(
        {
            "kind": "quarantine",
            "company_id": place.company.id,
            "school_ids": [(6, 0, place.school.ids)],
            "date_from": date(2026, 11, 23),
        }
    )


def _ban(case, place):
    category = case.env["product.category"].create({"name": "Sweets"})
    return case.env["meal.ban"].create(
        {"account_id": place.student.account_id.id, "category_id": category.id}
    )


def _card(case, place):
    return case.env["school.card"].create({"student_id": place.student.id})


def _card_reader(case, place):
    return case.env["school.card.reader"].create(
        {"name": "Reader", "school_id": place.school.id}
    )


def _card_handover(case, place):
    return case.env["school.card.handover"].create(
        {"school_id": place.school.id, "receiver": "Orlova"}
    )


def _device(case, place):
    return case.env["school.device"].create(
        {"name": "Till", "kind": "till", "school_id": place.school.id}
    )


def _transfer(case, place):
    transit = case.env["meal.account"]._system("transit", place.company, code="bank")
    result = case.env["meal.ledger"]._top_up(
        place.student.account_id, 100, uuid=f"matrix-{place.student.id}", debit=transit
    )
    return case.env["meal.transfer"].browse(result.transfer_id)


def _channel(case, place):
    return case.env["meal.payment.channel"].create(
        {
            "name": "Bank",
            "code": uuid4().hex,
            "company_id": place.company.id,
        }
    )


def _registry(case, place):
    return case.env["meal.payment.registry"].create(
        {
            "channel_id": _channel(case, place).id,
            "company_id": place.company.id,
            "sha256": uuid4().hex,
            "number": "1",
            "date": date(2026, 11, 22),
        }
    )


def _registry_line(case, place):
    registry = _registry(case, place)
    return case.env["meal.payment.registry.line"].create(
        {
            "registry_id": registry.id,
            "channel_id": registry.channel_id.id,
            "company_id": place.company.id,
            "operation": "1",
            "payer": "Иванов И. И.",
        }
    )


def _suspense(case, place):
    return case.env["meal.suspense"].create(
        {
            "company_id": place.company.id,
            "amount": 1.0,
            "transfer_uuid": str(uuid4()),
        }
    )


def _posting(case, place):
    """A posted day of the place's school, for itself, its lines and its links."""
    case.env["meal.ledger.setup"]._setup_company(place.company)
    transfer = _transfer(case, place)
    case.env["meal.posting"]._post_pending(place.company, transfer.business_date)
    return transfer.posting_link_ids.posting_id


def _incident(case, place):
    return case.env["meal.incident"].create(
        {
            "kind": "balance",
            "key": uuid4().hex,
            "company_id": place.company.id,
            "summary": "Balance",
        }
    )


def _mapping(case, place):
    case.env["meal.ledger.setup"]._setup_company(place.company)
    return case.env["meal.gl.mapping"].search(
        [("company_id", "=", place.company.id)], limit=1
    )


CREATES = {
    "school.building": lambda case, place: {
        "name": "New",
        "school_id": place.school.id,
    },
    "school.class": lambda case, place: {
        "grade": 11,
        "letter": "Ю",
        "school_id": place.school.id,
    },
    "school.student": lambda case, place: {
        "last_name": "Kim",
        "first_name": "Yan",
        "school_id": place.school.id,
        "class_id": place.school_class.id,
    },
    "school.guardian": lambda case, place: {
        "student_id": place.student.id,
        "name": "Relative",
        "relation": "other",
    },
    "school.card.reader": lambda case, place: {
        "name": "New",
        "school_id": place.school.id,
    },
    "school.card.handover": lambda case, place: {
        "school_id": place.school.id,
        "receiver": "Orlova",
    },
    "school.device": lambda case, place: {
        "name": "New",
        "kind": "till",
        "school_id": place.school.id,
    },
    "meal.payment.channel": lambda case, place: {
        "name": "Bank",
        "code": uuid4().hex,
        "company_id": place.company.id,
    },
    "meal.ban": lambda case, place: {
        "account_id": place.student.account_id.id,
        "category_id": case.env["product.category"].create({"name": "New"}).id,
    },
}

SAMPLES = {
    "res.partner": lambda case, place: place.student.partner_id,
    "meal.incident": _incident,
    "meal.gl.mapping": _mapping,
    "meal.posting": _posting,
    "meal.posting.line": lambda case, place: _posting(case, place).line_ids,
    "meal.posting.transfer": lambda case, place: case.env[
        "meal.posting.transfer"
    ].search([("posting_id", "=", _posting(case, place).id)]),
    "meal.payment.channel": _channel,
    "meal.payment.registry": _registry,
    "meal.payment.registry.line": _registry_line,
    "meal.suspense": _suspense,
    "meal.account": lambda case, place: place.student.account_id,
    "meal.ban": _ban,
    "meal.transfer": _transfer,
    "school.card": _card,
    "school.card.event": lambda case, place: _card(case, place).event_ids,
    "school.card.reader": _card_reader,
    "school.card.handover": _card_handover,
    "school.device": _device,
    "school.school": lambda case, place: place.school,
    "school.building": _building,
    "school.class": lambda case, place: place.school_class,
    "school.student": lambda case, place: place.student,
    "school.enrolment": lambda case, place: place.student.enrolment_ids,
    "school.guardian": _guardian,
    "school.access.log": _access_log,
    "school.calendar.period": _period,
    "school.allergen": lambda case, place: case.env.ref(
        "school_meal_base.allergen_milk"
    ),
}
