"""A bank's registry of 20,000 payments: read, checked and recorded.

The baseline is the ledger alone: the same 20,000 top-ups written by one call of
`meal.ledger._write_many`. The ratio tells how much time the file around it costs.
Stray and repeated payments are among them, as in life (1 % and 0.5 %).
"""

import time
import uuid
from datetime import date, datetime

from odoo import Command

from odoo.addons.school_meal_base.domain import account_number, sber_registry

from .context import scaled

PAYMENTS = scaled(20_000, 200)
STRAY_EVERY = 100
REPEATED_EVERY = 200


def run(ctx):
    """Measure on ``ctx.env``, a database that may be thrown away afterwards.

    :return: list of dicts with name, value, unit, baseline and ratio
    """
    env = ctx.env
    company, numbers, account_ids = _prepare(env)
    env = env(context=dict(env.context, allowed_company_ids=company.ids))
    channel = env["meal.payment.channel"].create(
        {"name": "Benchmark", "code": uuid.uuid4().hex[:8], "company_id": company.id}
    )
    env.cr.commit()
    data = _write_file(numbers)
    started = time.perf_counter()
    registry = env["meal.payment.registry"]._load(channel, data, "bench.txt")
    env.cr.commit()
    loaded = time.perf_counter()
    registry._post(isolated=True)
    env.cr.commit()
    posted = time.perf_counter()
    again = env["meal.payment.registry"]._load(channel, data, "bench.txt")
    repeated = time.perf_counter()
    assert again == registry and not registry.amount_difference
    assert registry.count_credited + registry.count_suspense > 0.99 * PAYMENTS
    baseline = _measure_ledger(env, channel, account_ids)
    total = posted - started
    return [
        _row("registry.load", loaded - started, baseline),
        _row("registry.post", posted - loaded, baseline),
        _row("registry.total", total, baseline),
        _row("registry.same_file_again", repeated - posted, baseline),
        {
            "name": "registry.rate",
            "value": round(PAYMENTS / total),
            "unit": "payments/s",
            "baseline": round(PAYMENTS / baseline),
            "ratio": round(baseline / total, 3),
        },
    ]


def _row(name, seconds, baseline):
    return {
        "name": name,
        "value": round(seconds, 3),
        "unit": "s",
        "baseline": round(baseline, 3),
        "ratio": round(seconds / baseline, 3),
    }


def _prepare(env):
    """Open 20,000 accounts of a company of their own."""
    company = env["res.company"].create(
        {
            "name": f"Benchmark {uuid.uuid4().hex[:8]}",
            "currency_id": env.company.currency_id.id,
        }
    )
    env.user.company_ids = [Command.link(company.id)]
    serials = env["meal.account"]._next_serials(PAYMENTS)
    numbers = [account_number.build("999", serial) for serial in serials]
    accounts = env["meal.account"].create(
        [
            {"kind": "student", "number": number, "company_id": company.id}
            for number in numbers
        ]
    )
    env.cr.commit()
    return company, numbers, accounts.ids


def _write_file(numbers):
    moment = datetime(2026, 9, 1, 12)
    payments = [
        sber_registry.Payment(
            operation=str(
                10**11 + (index - 1 if not index % REPEATED_EVERY else index)
            ),
            account=number if index % STRAY_EVERY else number[:-1],
            paid=50_000 + index,
            occurred_at=moment,
            payer="ИВАНОВ ИВАН ИВАНОВИЧ",
            address="Г МОСКВА, КВ.1",
        )
        for index, number in enumerate(numbers, start=1)
    ]
    return sber_registry.write(payments, number="1", date=date(2026, 9, 1))


def _measure_ledger(env, channel, account_ids):
    operations = [
        {
            "phase": "single",
            "kind": "topup",
            "uuid": str(uuid.uuid4()),
            "debit": channel.transit_account_id.id,
            "credit": account_id,
            "amount": 50_000,
        }
        for account_id in account_ids
    ]
    started = time.perf_counter()
    env["meal.ledger"]._write_many(operations)
    env.cr.commit()
    return time.perf_counter() - started
