"""Calls of the ledger service per second against pgbench's TPC-B-like script.

Each connection is a process of its own. Slices of both sides alternate, so that a
busy machine slows them alike.
"""

import multiprocessing
import random
import time
import uuid

from psycopg2.extensions import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    ISOLATION_LEVEL_READ_COMMITTED,
)

from .context import row, scaled

CONNECTIONS = (1, 2, 4, 8)
SLICE = scaled(2.0, 1)  # seconds of one measurement
SLICES = 3
PATIENCE = 60  # seconds until a process that says nothing has died
ACCOUNTS = 2_000
#: What is called; whether on one hot account; whether in a caller's transaction (as by
#: a till) instead of one that commits by itself (as by a device).
SERIES = (
    ("debit", False, False),
    ("debit", True, False),
    ("debit", False, True),
    ("authorise_capture", False, False),
    ("authorise_capture", True, False),
    ("topup", False, False),
    ("topup", True, False),
)


def run(ctx):
    accounts, transit = prepare(ctx.env)
    ctx.env.cr.commit()
    rows = []
    for clients in CONNECTIONS:
        rates = {series: [] for series in SERIES}
        baselines = []
        for _ in range(SLICES):
            baselines.append(ctx.pgbench(clients, round(SLICE)))
            for operation, hot, embedded in SERIES:
                chosen = accounts[:1] if hot else accounts
                rate = measure(ctx, clients, operation, embedded, chosen, transit)
                rates[operation, hot, embedded].append(rate)
        tpcb = median(baselines)
        for (operation, hot, embedded), values in rates.items():
            name = f"ledger.{operation}{'.hot' if hot else ''}"
            name += f"{'.in_transaction' if embedded else ''}.c{clients}"
            value = median(values)
            rows.append(row(name, value, "1/s", tpcb, value / tpcb))
    return rows


def median(values):
    return sorted(values)[len(values) // 2]


def prepare(env):
    """A school whose students have plenty of money; return ids."""
    company = env["res.company"].create(
        {"name": "Bench", "currency_id": env.ref("base.RUB").id}
    )
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
    school = env["school.school"].create(
        {"name": "S", "short_name": "S", "code": "001", "company_id": company.id}
    )
    school_class = env["school.class"].create(
        {"school_id": school.id, "grade": 5, "letter": "А"}
    )
    students = env["school.student"].create(
        [
            {
                "last_name": "Тестов",
                "first_name": "Тест",
                "school_id": school.id,
                "class_id": school_class.id,
            }
            for _ in range(ACCOUNTS)
        ]
    )
    accounts = env["meal.account"]._issue(students)
    transit = env["meal.account"]._system("transit", company, code="bench")
    env["meal.ledger"]._write_many(
        [
            {
                "phase": "single",
                "uuid": str(uuid.uuid4()),
                "kind": "topup",
                "debit": transit,
                "credit": account,
                "amount": 90_000_000,
            }
            for account in accounts
        ]
    )
    return accounts.ids, transit.id


def measure(ctx, clients, operation, embedded, accounts, transit):
    """Operations per second of all processes together."""
    import odoo.sql_db

    odoo.sql_db.close_all()  # a forked child must not share a socket
    fork = multiprocessing.get_context("fork")
    start, results = fork.Event(), fork.Queue()
    processes = [
        fork.Process(
            target=work,
            args=(ctx.database, operation, embedded, accounts, transit, start, results),
        )
        for _ in range(clients)
    ]
    for process in processes:
        process.start()
    ready = [results.get(timeout=PATIENCE) for _ in processes]
    assert all(value is None for value in ready)
    start.set()
    total = sum(results.get(timeout=PATIENCE) for _ in processes)
    for process in processes:
        process.join()
    return total


def work(database, operation, embedded, *arguments):
    """One connection: the same call again and again, each committed."""
    from odoo import api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        ledger = api.Environment(cr, api.SUPERUSER_ID, {})["meal.ledger"]
        # What an autocommitted call has answered is on disk.
        level = ISOLATION_LEVEL_AUTOCOMMIT
        if embedded:
            level = ISOLATION_LEVEL_READ_COMMITTED
        with ledger._isolated(level) as isolated:
            commit = isolated.env.cr.commit if embedded else bool
            repeat(isolated, operation, commit, *arguments)


def repeat(ledger, operation, commit, accounts, transit, start, results):
    call = CALLS[operation]
    call(ledger, accounts[0], transit)  # warm: caches, prepared plans
    commit()
    results.put(None)
    start.wait()
    count, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < SLICE:
        call(ledger, random.choice(accounts), transit)
        commit()
        count += 1
    results.put(count / elapsed)


def debit(ledger, account, transit):
    ledger._charge(account, 100, uuid=str(uuid.uuid4()))


def authorise_capture(ledger, account, transit):
    hold = str(uuid.uuid4())
    ledger._authorise(account, 100, uuid=hold)
    ledger._capture(hold, uuid=str(uuid.uuid4()))


def topup(ledger, account, transit):
    ledger._top_up(account, 100, uuid=str(uuid.uuid4()), debit=transit)


CALLS = {"debit": debit, "authorise_capture": authorise_capture, "topup": topup}
