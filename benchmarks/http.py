"""Authorisation over HTTP, from the device's socket and back, against an empty route.

The empty route, `/school_meal/v1/ping`, asks nobody who they are: it goes through
Odoo's dispatch and answers JSON. Clients are threads with keep-alive connections.
"""

import http.client
import json
import threading
import time
import uuid

from tests.support.world import SCHOOL_WITH_MONEY

from .context import row, scaled
from .ledger import median

SLICE = scaled(3.0, 1)  # seconds
SLICES = 3
CLIENTS_PER_WORKER = 2
EMPTY = "/school_meal/v1/ping"
AUTHORISE = "/school_meal/v1/authorise"


def run(ctx):
    rows, world = [], None
    for workers in (2, 4):
        server = ctx.server(workers=workers)
        if world is None:
            world = server.run_script(
                SCHOOL_WITH_MONEY, students=500, kopecks=90_000_000, devices=8
            )
        samples = {EMPTY: [], AUTHORISE: []}
        for path in (EMPTY, AUTHORISE):
            burst(server, world, path, workers, 1.0)  # warm every worker
        for _ in range(SLICES):
            for path, found in samples.items():
                found.append(burst(server, world, path, workers, SLICE))
        server.stop()
        rows += summary(workers, samples)
    return rows


def summary(workers, samples):
    rates = {
        path: median([rate for rate, _l in found]) for path, found in samples.items()
    }
    latencies = sorted(x for _rate, found in samples[AUTHORISE] for x in found)
    empty, authorise = rates[EMPTY], rates[AUTHORISE]
    p99 = latencies[int(len(latencies) * 0.99)]
    return [
        row(f"http.empty.w{workers}", empty, "1/s"),
        # Time of one call with all workers busy; the baseline is the empty route's.
        row(
            f"http.authorise.w{workers}",
            1000 * workers / authorise,
            "ms",
            1000 * workers / empty,
            empty / authorise,
        ),
        row(f"http.authorise.w{workers}.rate", authorise, "1/s", empty),
        row(f"http.authorise.w{workers}.p50", 1000 * median(latencies), "ms"),
        row(f"http.authorise.w{workers}.p99", 1000 * p99, "ms"),
    ]


def burst(server, world, path, workers, seconds):
    """Calls per second of all clients, and the seconds of each call."""
    latencies, errors = [], []
    deadline = time.perf_counter() + seconds
    threads = [
        threading.Thread(
            target=client, args=(server, world, path, n, deadline, latencies, errors)
        )
        for n in range(workers * CLIENTS_PER_WORKER)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[:3]
    return len(latencies) / seconds, latencies


def client(server, world, path, number, deadline, latencies, errors):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    token = world["tokens"][number % len(world["tokens"])]
    headers = {
        "Authorization": f"Device {token}",
        "X-Odoo-Database": server.database,
        # Without it, core reads three records to find a language for the empty route.
        "Accept-Language": "ru-RU",
        "Content-Type": "application/json",
    }
    accounts = world["accounts"]
    while (now := time.perf_counter()) < deadline:
        number += 1
        body = json.dumps(
            {
                "uuid": str(uuid.uuid4()),
                "account": accounts[number % len(accounts)],
                "amount": 100,
            }
        )
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            errors.append((response.status, answer[:200]))
            return
        latencies.append(time.perf_counter() - now)
