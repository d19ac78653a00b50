# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of core's till, which holds what every child bought: see `school_meal_base`."""

from odoo import Command

TABLE = """
model                       | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
pos.config                  | school  | -       | -       | ru      | -        | -    | -          | -          | crud    | -
pos.session                 | school  | -       | -       | cru     | -        | -    | -          | -          | cru     | -
pos.order                   | school  | -       | -       | crud    | -        | -    | -          | -          | crud    | -
pos.order.line              | school  | -       | -       | crud    | -        | -    | -          | -          | crud    | -
pos.payment                 | school  | -       | -       | crud    | -        | -    | -          | -          | crud    | -
pos.pack.operation.lot      | school  | -       | -       | crud    | -        | -    | -          | -          | crud    | -
report.pos.order            | school  | -       | -       | r       | -        | -    | -          | -          | r       | -
"""


def _till(case, place):
    """The till of a school; the places of one school share it."""
    config = place.school.pos_config_ids[:1]
    if not config:
        case.env["account.chart.template"].try_loading(
            "generic_coa", company=place.company, install_demo=False
        )
        config = place.school._setup_school_till(cash=True)
    return config


def _other_till(case, place):
    """One more till, without a session."""
    _till(case, place)
    return place.school._setup_school_till()


def _session(case, place):
    sessions = case.env["pos.session"]
    config = _till(case, place)
    session = sessions.search([("config_id", "=", config.id)], limit=1)
    return session or sessions.create({"config_id": config.id})


def _order(case, place):
    """An order of one dish, paid from the student's account."""
    session = _session(case, place)
    product = case.env["product.product"].create(
        {"name": "Soup", "type": "service", "company_id": place.company.id}
    )
    method = session.payment_method_ids.filtered("use_payment_terminal")
    line = {
        "product_id": product.id,
        "qty": 1,
        "price_unit": 50,
        "price_subtotal": 50,
        "price_subtotal_incl": 50,
        "pack_lot_ids": [Command.create({"lot_name": "L1"})],
    }
    payment = {
        "payment_method_id": method.id,
        "amount": 50,
        "meal_student_ref": place.student.id,
    }
    return case.env["pos.order"].create(
        {
            "session_id": session.id,
            "company_id": place.company.id,
            "amount_total": 50,
            "amount_paid": 50,
            "amount_tax": 0,
            "amount_return": 0,
            "lines": [Command.create(line)],
            "payment_ids": [Command.create(payment)],
        }
    )


def _analysis(case, place):
    order = _order(case, place)
    case.env.flush_all()
    return case.env["report.pos.order"].search([("order_id", "=", order.id)])


SAMPLES = {
    "pos.config": _till,
    "pos.session": _session,
    "pos.order": _order,
    "pos.order.line": lambda case, place: _order(case, place).lines,
    "pos.payment": lambda case, place: _order(case, place).payment_ids,
    "pos.pack.operation.lot": lambda case, place: (
        _order(case, place).lines.pack_lot_ids
    ),
    "report.pos.order": _analysis,
}

CREATES = {
    "pos.session": lambda case, place: {"config_id": _other_till(case, place).id},
    "pos.order": lambda case, place: {
        "session_id": _session(case, place).id,
        "company_id": place.company.id,
        "amount_total": 0,
        "amount_paid": 0,
        "amount_tax": 0,
        "amount_return": 0,
    },
    "pos.payment": lambda case, place: {
        "pos_order_id": _order(case, place).id,
        "payment_method_id": _till(case, place).payment_method_ids[:1].id,
        "amount": 50,
        "meal_student_ref": place.student.id,
    },
}
