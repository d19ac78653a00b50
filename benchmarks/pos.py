"""A till: one order paid from the account against core's in cash, and its start.

`pos.order`: two tills, each with its own session and connection, sell one line of a
service. What is timed is `pos.order.sync_from_ui` over HTTP. Batches paid in cash and
from the account alternate, and change who goes first, so that a busy machine slows
both alike. The hold at the tap (`pos.session.school_authorise`) happens before the
order and is measured on its own: the child waits for it, nobody waits for the order.

`pos.start`: what a till loads for a school of 1,500 in a city of 17,600 students, and
again when the city is twice as large.
"""

import json
import threading
import time
import uuid
from datetime import datetime

from odoo import Command

from . import population
from .client import Cashier
from .context import row, scaled
from .ledger import median

TILLS = 2
BATCH = 25  # orders of one till in one slice
SLICES = 7
SCHOOL = 1_500
CITY = 17_600
OTHER_SCHOOLS = 67
STARTS = 5
PRICE = 120
PASSWORD = "bench-cashier-1"


def run(ctx):
    env = ctx.env
    company = population.make_company(env)
    env = env(context=dict(env.context, allowed_company_ids=company.ids))
    company = company.with_env(env)
    school = population.make_schools(env, company, 1)
    population.fill(env, school, scaled(SCHOOL))
    grow(env, company)
    tills = [make_till(env, school, number) for number in range(TILLS)]
    env.cr.commit()
    server = ctx.server(workers=2)
    for till in tills:
        till["client"] = Cashier(server, till["login"], PASSWORD)
    small = time_start(tills[0])
    grow(env, company)
    large = time_start(tills[0])
    rows = time_orders(env, school, tills)
    server.stop()
    return rows + summary_start(small, large)


# === SCENE === #


def grow(env, company):
    """Add as many students as a city has, in other schools."""
    schools = population.make_schools(env, company, OTHER_SCHOOLS)
    others = scaled(CITY) - scaled(SCHOOL)
    population.fill(env, schools, max(1, round(others / OTHER_SCHOOLS)))


def make_till(env, school, number):
    """A till with an open session and its cashier."""
    config = school._setup_school_till(cash=True)
    login = f"bench_cashier_{number}"
    company = school.company_id
    cashier = env["res.users"].create(
        {
            "name": f"Cashier {number}",
            "login": login,
            "password": PASSWORD,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "school_ids": [Command.set(school.ids)],
            "group_ids": [
                Command.link(env.ref("school_meal_base.group_cashier").id),
                Command.link(env.ref("point_of_sale.group_pos_user").id),
            ],
        }
    )
    if not env["product.product"].search([("default_code", "=", "BENCH")]):
        make_dish(env, company)
    config.with_user(cashier).open_ui()
    session = config.current_session_id
    session.set_opening_control(0, "")
    account = config.payment_method_ids.filtered(
        lambda method: method.use_payment_terminal == "school_account"
    )
    return {
        "login": login,
        "user": cashier.id,
        "session": session.id,
        "account": account.id,
        "cash": (config.payment_method_ids - account).id,
        "product": env["product.product"].search([("default_code", "=", "BENCH")]).id,
    }


def make_dish(env, company):
    env["product.product"].create(
        {
            "name": "Lunch",
            "default_code": "BENCH",
            "list_price": PRICE,
            "type": "service",
            "available_in_pos": True,
            "taxes_id": [Command.clear()],
            "company_id": company.id,
        }
    )


# === ORDERS === #


def time_orders(env, school, tills):
    env.cr.execute(
        "SELECT s.id, c.id FROM school_student s JOIN school_card c"
        " ON c.student_id = s.id WHERE s.school_id = %s ORDER BY s.id",
        [school.id],
    )
    people = env.cr.fetchall()
    for till, number in zip(tills, range(TILLS), strict=True):
        till["people"] = people[number::TILLS]
    seconds = {"cash": [], "account": [], "tap": []}
    for number in range(SLICES + 1):
        found = one_slice(tills, cash_first=bool(number % 2))
        if number:  # the first one warms the workers
            for kind, values in found.items():
                seconds[kind].append(values)
    check(env, (SLICES + 1) * batch() * TILLS)
    # Seconds of one worker for one order, as two tills keep two workers busy.
    cost = {kind: [took / batch() for took in found] for kind, found in seconds.items()}
    ratio = median([a / c for a, c in zip(cost["account"], cost["cash"], strict=True)])
    cash, account, tap = (1000 * median(cost[k]) for k in ("cash", "account", "tap"))
    return [
        row("pos.order", account, "ms", cash, ratio),
        row("pos.order.rate", TILLS * 1000 / account, "1/s", TILLS * 1000 / cash,
            1 / ratio),
        row("pos.authorise", tap, "ms"),
        row("pos.authorise_and_order", tap + account, "ms", cash,
            (tap + account) / cash),
    ]  # fmt: skip


def batch():
    return scaled(BATCH, 5)


def one_slice(tills, cash_first):
    """Seconds of a batch of each kind."""
    for till in tills:
        till["batch"] = [
            till["people"][n % len(till["people"])] for n in range(batch())
        ]
        till["holds"] = [str(uuid.uuid4()) for _ in till["batch"]]
    found = {"tap": together(tills, authorise)}
    steps = [("cash", sell_for_cash), ("account", sell_from_account)]
    for kind, sell in steps if cash_first else steps[::-1]:
        found[kind] = together(tills, sell)
    return found


def together(tills, work):
    """Seconds until all tills have done their batch."""
    errors = []

    def guarded(till):
        try:
            work(till)
        except BaseException as error:  # a thread must report, not vanish
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(till,)) for till in tills]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return time.perf_counter() - began


def authorise(till):
    for (student, card), hold in zip(till["batch"], till["holds"], strict=True):
        answer = till["client"].call(
            "pos.session",
            "school_authorise",
            [till["session"]],
            {
                "uuid": hold,
                "student_id": student,
                "card_id": card,
                "amount": PRICE * 100,
                "products": [till["product"]],
            },
        )
        assert answer.get("status") == "created", answer


def sell_for_cash(till):
    for _person in till["batch"]:
        sync(till, {"payment_method_id": till["cash"], "uuid": str(uuid.uuid4())})


def sell_from_account(till):
    for (student, card), hold in zip(till["batch"], till["holds"], strict=True):
        sync(
            till,
            {
                "payment_method_id": till["account"],
                "uuid": hold,
                "meal_student_ref": student,
                "meal_card_ref": card,
            },
        )


def sync(till, payment):
    order = {
        "uuid": str(uuid.uuid4()),
        "name": "Order",
        "session_id": till["session"],
        "user_id": till["user"],
        "state": "paid",
        "date_order": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
        "amount_total": PRICE,
        "amount_paid": PRICE,
        "amount_tax": 0,
        "amount_return": 0,
        "last_order_preparation_change": "{}",
        "lines": [
            Command.create(
                {
                    "uuid": str(uuid.uuid4()),
                    "product_id": till["product"],
                    "qty": 1,
                    "price_unit": PRICE,
                    "price_subtotal": PRICE,
                    "price_subtotal_incl": PRICE,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
        "payment_ids": [Command.create({"amount": PRICE, **payment})],
    }
    answer = till["client"].call("pos.order", "sync_from_ui", [order])
    assert answer["pos.order"][0]["state"] == "paid", answer["pos.order"]


def check(env, orders):
    """Every order from an account moved its money once."""
    env.cr.rollback()
    env.cr.execute(
        "SELECT count(*), count(DISTINCT source_id), sum(amount) FROM meal_transfer"
        " WHERE source_model = 'pos.order' AND phase = 'post'"
    )
    assert env.cr.fetchone() == (orders, orders, orders * PRICE)


# === START === #


def time_start(till):
    """Bytes and seconds of core's data and of our roster, the best of some."""
    calls = {
        "core": ("pos.session", "load_data", [till["session"]], []),
        "roster": ("pos.session", "school_roster", [till["session"]]),
    }
    found = {}
    for kind, call in calls.items():
        times = []
        for _ in range(STARTS):
            began = time.perf_counter()
            body = till["client"].call_raw(*call)
            times.append(time.perf_counter() - began)
        answer = json.loads(body)
        assert "error" not in answer, str(answer)[:1000]
        found[kind] = (len(body), median(times))
    assert len(answer["result"]["rows"]) == scaled(SCHOOL)
    return found


def summary_start(small, large):
    """Baseline of each figure is the same till in the city of half the size."""
    rows = []
    for index, unit in enumerate(("bytes", "seconds")):
        for part, kinds in (("", ("core", "roster")), (".roster", ("roster",))):
            before = sum(small[kind][index] for kind in kinds)
            after = sum(large[kind][index] for kind in kinds)
            name = f"pos.start{part}.{unit}"
            rows += [
                row(name, before, unit),
                row(f"{name}.city_doubled", after, unit, before, after / before),
            ]
    return rows
