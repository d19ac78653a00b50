"""The day of a city: 27,000 receipts in three breaks, by devices over HTTP.

17,600 students in 68 schools; every school has a device with a token of its own. A
receipt is two calls: authorise at the tap (by the card's number), capture with the
receipt. First the whole day is replayed as fast as the machine allows, break by
break, then a sample of seconds at the real pace of a peak.
"""

import random
import threading
import time
import uuid

from . import population
from .client import Device
from .context import row, scaled

STUDENTS = 17_600
SCHOOLS = 68
RECEIPTS = 27_000
BREAKS = 3
BREAK_SECONDS = 20 * 60
CLIENTS = 6  # connections at once; two workers are never idle
PEAK = 2.0  # receipts per second at the peak, as a multiple of the break's mean
SAMPLE_SECONDS = 30
SAMPLE_CLIENTS = 16
PRICES = (9_500, 12_050, 4_500)  # kopecks


def run(ctx):
    env = ctx.env
    city = make_city(env)
    server = ctx.server(workers=2)
    warm(server, city)
    per_break = scaled(RECEIPTS) // BREAKS
    took = 0.0
    for number in range(BREAKS):
        receipts = make_receipts(city, per_break, seed=number)
        took += replay(server, receipts)
    paced = pace(server, make_receipts(city, per_break, seed=BREAKS))
    server.stop()
    check(env, per_break * BREAKS + len(paced["receipt"]))
    real = BREAKS * BREAK_SECONDS * scaled(RECEIPTS) / RECEIPTS
    rate = per_break * BREAKS / took
    return [
        row("city.day", took, "s", real, took / real),
        row("city.day.times_faster", real / took, "times"),
        row("city.day.receipts", rate, "1/s", RECEIPTS / BREAKS / BREAK_SECONDS,
            rate * BREAKS * BREAK_SECONDS / RECEIPTS),
        *(
            row(f"city.peak.{step}.p{share}", 1000 * at(found, share), "ms")
            for step, found in paced.items()
            for share in (50, 99)
        ),
        row("city.peak.pace", peak_pace(), "receipts/s"),
    ]  # fmt: skip


def peak_pace():
    """Receipts per second of the whole city at the peak of a break."""
    return PEAK * RECEIPTS / BREAKS / BREAK_SECONDS


def at(values, share):
    """Percentile; zero when nothing was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def make_city(env):
    """[(token, card numbers)] of each school."""
    company = population.make_company(env)
    schools = population.make_schools(env, company, SCHOOLS)
    population.fill(env, schools, max(1, round(scaled(STUDENTS) / SCHOOLS)))
    devices = env["school.device"].create(
        [
            {"name": f"Terminal {n}", "kind": "terminal", "school_id": school.id}
            for n, school in enumerate(schools)
        ]
    )
    city = [
        (device._issue_token(), population.card_numbers(env, device.school_id))
        for device in devices
    ]
    env.cr.commit()
    return city


def make_receipts(city, count, seed):
    """[(token, card, kopecks)] in the order in which they are tapped: schools mixed,
    nobody is served twice before everybody was served once."""
    rng = random.Random(seed)
    taps = [(token, card) for token, cards in city for card in cards]
    receipts = []
    while len(receipts) < count:
        rng.shuffle(taps)
        receipts += [(token, card, rng.choice(PRICES)) for token, card in taps]
    return receipts[:count]


def warm(server, city):
    """Let both workers load their registry, without money."""
    for _ in range(8):
        Device(server, city[0][0]).call("ping", {})
    receipts = [(token, cards[0], 1) for token, cards in city[:8]]
    for token, card, amount in receipts:
        device = Device(server, token)
        hold = str(uuid.uuid4())
        device.call("authorise", {"uuid": hold, "card": card, "amount": amount})
        device.call("void", {"uuid": str(uuid.uuid4()), "hold": hold})


def serve(devices, server, receipt):
    """One receipt; return the seconds of its two calls."""
    token, card, amount = receipt
    if token not in devices:
        devices[token] = Device(server, token)
    device, hold = devices[token], str(uuid.uuid4())
    began = time.perf_counter()
    device.call("authorise", {"uuid": hold, "card": card, "amount": amount})
    tapped = time.perf_counter()
    device.call("capture", {"uuid": str(uuid.uuid4()), "hold": hold})
    return tapped - began, time.perf_counter() - tapped


def replay(server, receipts):
    """Seconds that all receipts of one break take."""
    return in_threads(
        [receipts[n::CLIENTS] for n in range(CLIENTS)],
        lambda share: replay_share(server, share),
    )


def replay_share(server, share):
    connections = {}
    for number, receipt in enumerate(share):
        serve(connections, server, receipt)
        if not number % 50:  # a terminal does not keep its connection for long
            forget(connections)
    forget(connections)


def forget(connections):
    for device in connections.values():
        device.close()
    connections.clear()


def pace(server, receipts):
    """Times of receipts that come at the peak's pace, whoever is still waiting.

    They count from the moment the card was tapped, not from when a connection was
    free: waiting in a queue is part of them.
    """
    rng, moment, plan = random.Random(7), 0.0, []
    while (moment := moment + rng.expovariate(peak_pace())) < scaled(SAMPLE_SECONDS, 5):
        plan.append((moment, receipts[len(plan) % len(receipts)]))
    found = {"authorise": [], "capture": [], "receipt": []}
    began = time.perf_counter() + 0.1

    def work(share):
        for moment, receipt in share:
            time.sleep(max(0, began + moment - time.perf_counter()))
            connections = {}
            late = time.perf_counter() - began - moment
            authorise, capture = serve(connections, server, receipt)
            found["authorise"].append(late + authorise)
            found["capture"].append(capture)
            found["receipt"].append(late + authorise + capture)
            forget(connections)

    in_threads([plan[n::SAMPLE_CLIENTS] for n in range(SAMPLE_CLIENTS)], work)
    return found


def in_threads(shares, work):
    """Run `work` on each share in a thread of its own; return the seconds of all."""
    errors = []

    def guarded(share):
        try:
            work(share)
        except BaseException as error:  # a thread must report, not vanish
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(share,)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return time.perf_counter() - began


def check(env, receipts):
    """Every receipt is there once, no hold is left and the balances say the same."""
    env.cr.rollback()
    env.cr.execute(
        """
        SELECT (SELECT count(*) FROM meal_transfer WHERE phase = 'post'),
               (SELECT sum(amount) FROM meal_transfer WHERE phase = 'post'),
               sum(held),
               sum(%s - posted)
          FROM meal_account WHERE kind = 'student' AND number LIKE '8%%'
        """,
        [population.BALANCE],
    )
    count, spent, held, missing = env.cr.fetchone()
    assert count == receipts, (count, receipts)
    assert not held and spent == missing, (held, spent, missing)
