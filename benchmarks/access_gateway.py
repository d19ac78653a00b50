"""The gateway of a school on one core: decisions a second, and what it takes of memory.

A real process between a school of 1,500 cards and controllers that ask, over real
sockets, as fast as they are answered; then passages, each on the disk before it is
acknowledged. The server is not there: this is a day without it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time

import aiohttp
import psutil
from school_edge.gateway.store import Store
from school_meal_tools import paths

from tests.support.odoo_server import free_port

from .context import row

CARDS = 1_500
CONTROLLERS = 4
SECONDS = 8
WANTED_DECISIONS = 200
WANTED_MB = 60


def run(ctx):
    """Return rows: answers a second against 200, memory against 60 MB."""
    folder = ctx.folder / "gateway"
    folder.mkdir()
    port = free_port()
    store = Store(folder / "gateway.sqlite")
    store.set_config(make_config())
    store.set(token="none")
    store.close()
    config = folder / "school-edge.toml"
    config.write_text(
        '[server]\nurl = "http://127.0.0.1:9"\n[gateway]\nlisten = "127.0.0.1"\n'
        f'port = {port}\nstate = "{folder}"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "school_edge", "gateway", "--config", str(config)],
        env={**os.environ, "PYTHONPATH": str(paths.EDGE)},
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )
    try:
        decisions, passages, worst = asyncio.run(play(port))
        megabytes = psutil.Process(process.pid).memory_info().rss / 2**20
    finally:
        process.terminate()
        process.wait(30)
    return [
        row("access.gateway.decisions", decisions, "1/s", WANTED_DECISIONS,
            decisions / WANTED_DECISIONS),
        row("access.gateway.decision_p99", worst * 1000, "ms", 100, worst * 10),
        row("access.gateway.passages", passages, "1/s", WANTED_DECISIONS,
            passages / WANTED_DECISIONS),
        row("access.gateway.memory", megabytes, "MB", WANTED_MB, megabytes / WANTED_MB),
    ]  # fmt: skip


def make_config():
    """Return a configuration as the server makes it for a large school."""
    windows = [["in", "1111110", 420, 900, None, None],
               ["out", "1111110", 700, 1300, None, None]]  # fmt: skip
    numbers = range(1, CONTROLLERS + 1)
    return {
        "version": "bench",
        "school": {"name": "Bench", "timezone": "Europe/Moscow"},
        "controllers": [
            {
                "id": number, "serial": str(44_000 + number), "name": f"T{number}",
                "point_name": "Hall", "mode": "normal", "site": 1,
                "antipassback": "soft", "verification": "none", "secret_digest": None,
                "asks_server": True, "has_sensor": True,
                "readers": [{"number": 1, "direction": "in"},
                            {"number": 2, "direction": "out"}],
            }
            for number in numbers
        ],
        "profiles": {str(number): windows for number in range(1, 40)},
        "entries": [
            [number, code(card), card, card % 39 + 1, None, None, None, 32, 255, True]
            for number in numbers
            for card in range(CARDS)
        ],
        "permissions": [],
        "people": [[card, f"Student {card}", f"{card % 11 + 1}A", "student"]
                   for card in range(CARDS)],
    }  # fmt: skip


def code(card):
    return f"{0x400000 + card * 499:012X}"


async def play(port):
    """Return (decisions a second, passages a second, 99th percentile of a decision)."""
    url = f"http://127.0.0.1:{port}/c"
    async with aiohttp.ClientSession() as session:
        await wait(session, port)
        times = []
        decisions = await load(session, url, check, times)
        passages = await load(session, url, passage, [])
    times.sort()
    return decisions, passages, times[int(len(times) * 0.99)]


async def wait(session, port):
    for _try in range(200):
        try:
            async with session.get(f"http://127.0.0.1:{port}/login"):
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise AssertionError("the gateway does not answer")


async def load(session, url, make, times):
    """Ask from every controller without a pause; return answers a second."""
    stop = time.perf_counter() + SECONDS
    counts = await asyncio.gather(
        *(
            ask(session, url, number, make, times, stop)
            for number in range(1, CONTROLLERS + 1)
        )
    )
    return sum(counts) / SECONDS


async def ask(session, url, controller, make, times, stop):
    count = 0
    while (began := time.perf_counter()) < stop:
        message = make(count)
        body = json.dumps({"sn": 44_000 + controller, "messages": [message]})
        async with session.post(url, data=body) as response:
            answer = json.loads(await response.read())
        times.append(time.perf_counter() - began)
        assert any(found["id"] == message["id"] for found in answer["messages"])
        count += 1
    return count


def check(number):
    return {
        "id": number + 1,
        "operation": "check_access",
        "card": code(number % CARDS),
        "reader": number % 2 + 1,
    }


def passage(number):
    moment = time.gmtime(1_794_900_000 + 10 * number)
    event = {
        "event": 16 + number % 2,
        "card": code(number % CARDS),
        "flag": 0,
        "time": time.strftime("%Y-%m-%d %H:%M:%S", moment),
    }
    return {"id": number + 1, "operation": "events", "events": [event]}
