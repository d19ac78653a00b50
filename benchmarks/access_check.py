"""A card at a turnstile: answered by the server, against an empty route, in one run.

First as fast as it goes, then a morning: 35 cards a second at the controllers of a
city, each followed by its passage, beside the polls of all controllers. The empty
route, `/school_meal/v1/ping`, goes through Odoo's dispatch and answers JSON.
Connections are kept, as a proxy keeps them.
"""

import http.client
import json
import random
import threading
import time
from datetime import datetime, timedelta

from .context import row, scaled
from .ledger import median

WORKERS = 2
CONTROLLERS = 68
CARDS = 17_600
SLICE = scaled(3.0, 1)  # seconds
SLICES = 3
MORNING = scaled(20.0, 2)  # seconds
TAPS = 35  # a second
#: 68 controllers that call every 10 seconds, against 35 taps a second.
POLL_EVERY = 5
#: Threads that play the controllers.
DOORS = 8
EMPTY = "/school_meal/v1/ping"

#: A school whose controllers hold their cards; plain rows, as the lists are compiled.
SCENE = """
company = env["res.company"].create({
    "name": "Check City", "currency_id": env.ref("base.RUB").id})
school = env["school.school"].create({
    "name": "School 1", "short_name": "School 1", "code": "001",
    "company_id": company.id, "tz": "Europe/Moscow"})
site = env["access.site"].create({"name": "Main", "school_id": school.id})
point = env["access.point"].create({"name": "Door", "site_id": site.id})
controllers = env["access.controller"].create([
    {"name": f"Turnstile {n}", "point_id": point.id, "serial": str(70001 + n)}
    for n in range(ARGUMENTS["controllers"])])
profile = env["access.profile"].create({
    "digest": "bench", "windows": [["both", "1111111", 0, 1440, None, None]]})
people = env["access.person"].create([
    {"kind": "staff", "name": f"Person {n}", "school_id": school.id}
    for n in range(ARGUMENTS["cards"])])
env.flush_all()
env.cr.execute('''
    WITH pass AS (
        INSERT INTO access_pass (person_id, school_id, company_id, uid, state)
        SELECT p.id, p.school_id, p.company_id,
               '0000' || lpad(upper(to_hex(p.id)), 8, '0'), 'active'
          FROM access_person p WHERE p.id = ANY(%s)
        RETURNING id, person_id, uid)
    INSERT INTO access_entry (controller_id, site_id, school_id, company_id, person_id,
           pass_id, profile_id, code, flags, zones, is_wanted, is_held, held_flags,
           held_zones)
    SELECT c.id, c.site_id, c.school_id, c.company_id, pass.person_id, pass.id, %s,
           pass.uid, 0, 255, TRUE, TRUE, 0, 255
      FROM pass JOIN access_controller c
        ON c.id = (%s::int[])[1 + pass.person_id %% %s]''',
    [people.ids, profile.id, controllers.ids, len(controllers)])
ANSWER = {"controllers": [], "profile": profile.id}
for controller in controllers:
    env.cr.execute(
        "SELECT code FROM access_entry WHERE controller_id = %s", [controller.id])
    ANSWER["controllers"].append({
        "serial": int(controller.serial), "path": controller._issue_secret(),
        "cards": [code for (code,) in env.cr.fetchall()]})
env.cr.execute("UPDATE access_controller SET is_activated = TRUE")
env.cr.execute("ANALYZE access_entry")
"""


def run(ctx):
    server = ctx.server(workers=WORKERS)
    scene = server.run_script(SCENE, controllers=CONTROLLERS, cards=scaled(CARDS, 200))
    return measure(server, scene["controllers"])


def measure(server, controllers):
    calls = {
        "empty": lambda random_: (EMPTY, b""),
        "check": lambda random_: check(random_.choice(controllers), random_),
        "poll": lambda random_: poll(random_.choice(controllers)),
    }
    samples = {name: [] for name in calls}
    for call in calls.values():
        burst(server, call, 1.0)  # warm every worker
    for _ in range(SLICES):
        for name, call in calls.items():
            samples[name].append(burst(server, call, SLICE))
    taps, passages = morning(server, controllers)
    return summary(samples, taps, passages)


def summary(samples, taps, passages):
    seconds = {
        name: median([WORKERS / rate for rate, _latencies in found])
        for name, found in samples.items()
    }
    ratios = {name: value / seconds["empty"] for name, value in seconds.items()}
    rows = [row("access.empty.w2", 1000 * seconds["empty"], "ms")]
    for name in ("check", "poll"):
        rows.append(
            row(
                f"access.{name}.w2",
                1000 * seconds[name],
                "ms",
                1000 * seconds["empty"],
                ratios[name],
            )
        )
    for name, found in (("check", taps), ("passage", passages)):
        found.sort()
        rows += [
            row(f"access.morning.{name}.p50", 1000 * median(found), "ms"),
            row(
                f"access.morning.{name}.p99",
                1000 * found[int(len(found) * 0.99)],
                "ms",
            ),
        ]
    return rows


# === CALLS === #


def message(controller, **fields):
    document = {"type": "Z5RWEB", "sn": controller["serial"], "messages": [fields]}
    return controller["path"], json.dumps(document).encode()


def check(controller, random_):
    card = random_.choice(controller["cards"])
    return message(
        controller,
        id=random_.randrange(2**30),
        operation="check_access",
        card=card,
        reader=1,
    )


def poll(controller):
    return message(controller, id=1, operation="ping", active=1, mode=0)


def passage(controller, card, number):
    local = datetime.utcnow() + timedelta(hours=3)  # noqa: DTZ003  Moscow
    time_ = local.strftime("%Y-%m-%d %H:%M:%S")
    events = [
        {"event": code, "card": card, "time": time_, "flag": 0} for code in (4, 16)
    ]
    return message(controller, id=number, operation="events", events=events)


class Line:
    """A kept connection."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.port, timeout=30
        )
        self.headers = {
            "X-Odoo-Database": server.database,
            "Accept-Language": "ru-RU",
            "Content-Type": "application/json",
        }

    def post(self, path, body):
        started = time.perf_counter()
        self.connection.request("POST", path, body, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status == 200, (response.status, answer[:200])
        return time.perf_counter() - started, answer


def burst(server, call, seconds):
    """Calls per second of all clients, and the seconds of each call."""
    latencies, errors = [], []
    deadline = time.perf_counter() + seconds

    def client(seed):
        line, random_ = Line(server), random.Random(seed)
        try:
            while time.perf_counter() < deadline:
                latencies.append(line.post(*call(random_))[0])
        except AssertionError as error:
            errors.append(error)

    in_threads(client, range(2 * WORKERS))
    assert not errors, errors[0]
    return len(latencies) / seconds, latencies


def in_threads(function, arguments):
    threads = [threading.Thread(target=function, args=(a,)) for a in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# === MORNING === #


def morning(server, controllers):
    """Seconds of each check and of each passage while 35 people a second come."""
    taps, passages, errors = [], [], []
    started = time.perf_counter() + 0.5

    def door(number):
        """A part of the controllers: taps at their own times, late or not."""
        line, random_ = Line(server), random.Random(number)
        mine = controllers[number::DOORS]
        try:
            for tap in range(int(MORNING * TAPS / DOORS)):
                at = started + (tap + random_.random()) * DOORS / TAPS
                time.sleep(max(0, at - time.perf_counter()))
                controller = random_.choice(mine)
                path, body = check(controller, random_)
                seconds, answer = line.post(path, body)
                assert b'"granted":1' in answer, answer
                taps.append(seconds)
                card = json.loads(body)["messages"][0]["card"]
                passages.append(line.post(*passage(controller, card, tap))[0])
                if tap % POLL_EVERY == 0:
                    line.post(*poll(random_.choice(mine)))
        except AssertionError as error:
            errors.append(error)

    in_threads(door, range(DOORS))
    assert not errors, errors[0]
    return taps, passages
