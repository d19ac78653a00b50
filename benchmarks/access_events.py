"""Events of a city's entrances: batches over HTTP, and screens with a year behind them.

17,600 students in 68 schools, two turnstiles each; a year is 12 million events. The
baseline of batches is the bare `INSERT … ON CONFLICT` of the same rows into the same
table, with the same parts and indexes, in the same run.
"""

import http.client
import json
import threading
from contextlib import closing
from datetime import datetime, timedelta
from uuid import uuid4

from odoo.addons.school_access.const import INSIDE

from . import population
from .context import row, scaled, timed
from .ledger import median

STUDENTS = 17_600
SCHOOLS = 68
YEAR = 12_000_000
BATCH = 1_000
BATCHES = 24
ROUNDS = 3
#: Who opens a screen: people of one school.
ROLES = {
    "head": "school_meal_base.group_head",
    "guard": "school_access.group_guard",
}
EVENTS = "/school_access/v1/edge/events"


def run(ctx):
    city = make_city(ctx.env)
    rows = batches(ctx, city, "first")
    add_year(ctx.env, city)
    rows += batches(ctx, city, "year")
    rows += screens(ctx.env, city)
    return rows


# === THE CITY === #


def make_city(env):
    """Schools with two entrances, whose controllers hold every card of the school."""
    company = population.make_company(env)
    schools = population.make_schools(env, company, scaled(SCHOOLS, 4))
    population.fill(env, schools, max(33, round(scaled(STUDENTS) / len(schools))))
    sites = env["access.site"].create(
        [{"name": "Site", "school_id": school.id} for school in schools]
    )
    zones = env["access.zone"].create(
        [{"name": "Building", "site_id": site.id} for site in sites]
    )
    points = env["access.point"].create(
        [
            {"name": f"Door {door}", "site_id": zone.site_id.id, "zone_id": zone.id}
            for zone in zones
            for door in (1, 2)
        ]
    )
    devices = env["school.device"].create(
        [
            {"name": "Gateway", "kind": "edge", "school_id": school.id}
            for school in schools
        ]
    )
    gateways = {device.school_id.id: device for device in devices}
    controllers = env["access.controller"].create(
        [
            {
                "name": f"Controller {number}",
                "serial": str(10_000 + number),
                "point_id": point.id,
                "device_id": gateways[point.school_id.id].id,
            }
            for number, point in enumerate(points)
        ]
    )
    env.flush_all()
    for statement in (_PEOPLE, _ENTRIES, _PRESENCE):
        env.cr.execute(statement, {"company": company.id})
    tokens = {device.id: device._issue_token() for device in devices}
    env.cr.commit()
    for table in ("person", "entry", "presence", "controller", "site", "point"):
        env.cr.execute(f"ANALYZE access_{table}")
    env.cr.commit()
    return {
        "company": company,
        "schools": schools,
        "sites": sites,
        "controllers": controllers,
        "tokens": tokens,
    }


def add_year(env, city):
    """A year of events up to today, in the order in which they happened."""
    env.cr.execute("SELECT count(*) FROM access_person")
    people = env.cr.fetchone()[0]
    a_day = round(scaled(YEAR) / 365)
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for ago in range(365, -1, -1):
        day = today - timedelta(days=ago)
        env.cr.execute("SELECT access_event_make_part(%s)", [day.date()])
        env.cr.execute(
            _DAY,
            {
                "company": city["company"].id,
                "day": day,
                "count": a_day,
                "people": people,
            },
        )
        env.cr.commit()
    env.cr.execute("ANALYZE access_event_log")
    env.cr.commit()


# === BATCHES === #


def batches(ctx, city, stage):
    """Batches of a thousand over HTTP by one gateway after the other, and the bare
    insertion by one connection; what is compared ran right after one another."""
    server = ctx.server(workers=2)
    clients = [Gateway(server, city, number) for number in range(2)]
    for client in clients:
        client.send(client.bodies(2))  # warm
    bare, http_one, http_two, repeated = [], [], [], []
    for _ in range(ROUNDS):
        bodies = clients[0].bare_bodies(BATCHES)
        bare.append(_rate(bare_insert, ctx, bodies))
        bodies = clients[0].bodies(BATCHES)
        http_one.append(_rate(clients[0].send, bodies))
        repeated.append(_rate(clients[0].send, bodies))
        both = [client.bodies(BATCHES // 2) for client in clients]
        http_two.append(_rate(together, clients, both))
    server.stop()
    base = median(bare)
    return [
        row(f"access.bare_insert.{stage}", base, "rows/s"),
        *(
            row(f"access.{name}.{stage}", median(rates), "events/s", base,
                median(rates) / base)
            for name, rates in (
                ("events_http", http_one),
                ("events_http_2_gateways", http_two),
                ("events_http_repeated", repeated),
            )
        ),
    ]  # fmt: skip


def _rate(function, *arguments):
    seconds, count = timed(function, *arguments)
    return count / seconds


def together(clients, both):
    threads = [
        threading.Thread(target=client.send, args=(bodies,))
        for client, bodies in zip(clients, both, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return BATCH * sum(map(len, both))


class Gateway:
    """One school's gateway with a morning of passages, a second each."""

    def __init__(self, server, city, number):
        self.controllers = city["controllers"].filtered(
            lambda c: c.school_id == city["schools"][number]
        )
        device = self.controllers[0].device_id
        self.token = city["tokens"][device.id]
        self.database = server.database
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.port, timeout=60
        )
        self.store = str(uuid4())
        self.sequence = self.day = 0
        env = city["controllers"].env
        env.cr.execute(
            "SELECT code FROM access_entry WHERE controller_id = %s ORDER BY id",
            [self.controllers[0].id],
        )
        self.cards = [code for (code,) in env.cr.fetchall()]

    def events(self):
        """A school's day before today: everybody in, out, in and out again."""
        self.day += 1
        began = datetime.now().replace(microsecond=0)
        began -= timedelta(days=self.day % 60, hours=10)
        made = []
        for number in range(BATCH):
            self.sequence += 1
            turn, place = divmod(number, len(self.cards))
            moment = began + timedelta(seconds=number * 30)
            made.append(
                {
                    "sequence": self.sequence,
                    "controller": self.controllers[number % 2].id,
                    "occurred_at": moment.isoformat(),
                    "received_at": moment.isoformat(),
                    "kind": "pass",
                    "card": self.cards[place],
                    "direction": "out" if turn % 2 else "in",
                    "verdict": "granted",
                    "code": 16,
                    "flag": 0,
                }
            )
        return made

    def bodies(self, count):
        return [
            json.dumps({"store": self.store, "events": self.events()})
            for _ in range(count)
        ]

    def bare_bodies(self, count):
        bodies = [
            json.dumps([{**event, "key": str(uuid4())} for event in self.events()])
            for _ in range(count)
        ]
        self.sequence -= count * BATCH  # the gateway has not had them
        return bodies

    def send(self, bodies):
        for body in bodies:
            self._post(body)
        return len(bodies) * BATCH

    def _post(self, body):
        self.connection.request(
            "POST",
            EVENTS,
            body,
            {
                "Authorization": f"Device {self.token}",
                "X-Odoo-Database": self.database,
                "Content-Type": "application/json",
                "Accept-Language": "ru-RU",
            },
        )
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == 200 and not answer["refused"], answer


def bare_insert(ctx, bodies):
    """The same rows by one statement a batch, committed each."""
    with closing(ctx.servers[-1].connect()) as connection, connection.cursor() as cr:
        for body in bodies:
            cr.execute(_BARE, [body])
    return len(bodies) * BATCH


# === SCREENS === #


def screens(env, city):
    """What people open, with a year of events behind it; the bar is a second."""
    rows = []
    for role in ("", "head", "guard"):
        rows += [_measure(*view) for view in _views(_as(env, city, role), city, role)]
    return rows


def _as(env, city, role):
    """The superuser's environment, or that of somebody with record rules."""
    if not role:
        return env
    user = env["res.users"].create(
        {
            "name": role,
            "login": f"bench-{role}",
            "company_id": city["company"].id,
            "company_ids": [(6, 0, city["company"].ids)],
            "group_ids": [(6, 0, env.ref(ROLES[role]).ids)],
            "school_ids": [(6, 0, city["schools"][:1].ids)],
        }
    )
    return env(user=user, context={"allowed_company_ids": city["company"].ids})


def _views(env, city, role):
    """Yield (name, function, environment) of what somebody opens."""
    school = city["schools"][0].with_env(env)
    site = city["sites"][0].with_env(env)
    person = env["access.person"].search([("school_id", "=", school.id)], limit=1)
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    event, presence = env["access.event"], env["access.presence"]
    of_day = [("occurred_at", ">=", today), ("school_id", "=", school.id)]
    views = {
        "presence_of_city": lambda: presence._read_group(
            [], ["site_id", "class_id", "state"], ["__count"]
        ),
        "presence_of_city_list": lambda: (
            presence.search_count([("state", "=", INSIDE)]),
            presence.web_search_read(
                [("state", "=", INSIDE)],
                {"person_id": {"fields": {"display_name": {}}}, "since": {}},
                limit=80,
            ),
        ),
        "evacuation_list": site._evacuation_pdf,
        "events_of_day": lambda: _open(event, of_day),
        "events_of_city": lambda: _open(event, []),
        "anomalies_of_day": lambda: _open(event, [*of_day, ("anomaly", "!=", False)]),
        "history_of_child": lambda: _open(event, [("person_id", "=", person.id)]),
        "passes_by_hour": lambda: event._read_group(
            [*of_day, ("is_counted", "=", True)],
            ["occurred_at:hour", "direction"],
            ["__count"],
        ),
    }
    for name, view in views.items():
        yield f"access.{name}{role and '.' + role}", view, env


def _measure(name, view, env):
    """The second time it is opened: the first fills the caches of a process."""
    env.invalidate_all()
    view()
    env.invalidate_all()
    seconds, _found = timed(view)
    return row(name, seconds, "s", 1, seconds)


def _open(model, domain):
    """What a list asks for when it is opened."""
    specification = {
        name: {}
        for name in ("occurred_at", "direction", "verdict", "anomaly", "is_counted")
    } | {name: {"fields": {"display_name": {}}} for name in ("person_id", "point_id")}
    return model.web_search_read(domain, specification, limit=80, count_limit=10_001)


_PEOPLE = """
    INSERT INTO access_person (kind, student_id, name, school_id, company_id, active)
    SELECT 'student', s.id, s.last_name || ' ' || s.first_name, s.school_id,
           s.company_id, true
      FROM school_student s
     WHERE s.company_id = %(company)s
       AND NOT EXISTS (SELECT FROM access_person p WHERE p.student_id = s.id)
"""
_ENTRIES = """
    INSERT INTO access_entry (controller_id, site_id, school_id, company_id, person_id,
                              code, flags, zones, is_wanted, is_held, held_flags,
                              held_zones)
    SELECT c.id, c.site_id, c.school_id, c.company_id, p.id, right(k.uid, 12), 0, 255,
           true, true, 0, 255
      FROM access_controller c
      JOIN access_person p ON p.school_id = c.school_id
      JOIN school_card k ON k.student_id = p.student_id
     WHERE c.company_id = %(company)s
        ON CONFLICT DO NOTHING
"""
_PRESENCE = """
    INSERT INTO access_presence (person_id, student_id, class_id, school_id, company_id,
                                 state)
    SELECT p.id, p.student_id, s.class_id, p.school_id, p.company_id, 'unknown'
      FROM access_person p LEFT JOIN school_student s ON s.id = p.student_id
     WHERE p.company_id = %(company)s
        ON CONFLICT DO NOTHING
"""
#: From eight in the morning, all schools at once, in and out.
_DAY = """
    INSERT INTO access_event_log (occurred_at, event_key, controller_id, point_id,
           site_id, school_id, company_id, person_id, student_id, card, direction, kind,
           verdict, code, flag, moves_to, zone_id, received_at)
    SELECT e.at, gen_random_uuid(), c.id, c.point_id, c.site_id, c.school_id,
           c.company_id, p.id, p.student_id, '000000000001', e.way, 'pass', 'granted',
           16, 0, CASE e.way WHEN 'in' THEN 'inside' ELSE 'outside' END, NULL,
           e.at + interval '1 second'
      FROM (SELECT n, %(day)s + interval '5 hours'
                   + interval '1 second' * (n * 36000.0 / %(count)s) AS at,
                   CASE n / %(people)s %% 2 WHEN 0 THEN 'in' ELSE 'out' END AS way
              FROM generate_series(0, %(count)s - 1) n) e
      JOIN (SELECT p.*, row_number() OVER (ORDER BY id) - 1 AS place
              FROM access_person p WHERE p.company_id = %(company)s) p
        ON p.place = e.n %% %(people)s
      JOIN (SELECT DISTINCT ON (school_id) *
              FROM access_controller ORDER BY school_id) c
        ON c.school_id = p.school_id
     ORDER BY e.at
"""
_BARE = """
    INSERT INTO access_event_log (occurred_at, event_key, controller_id, point_id,
           site_id, school_id, company_id, person_id, student_id, card, direction, kind,
           verdict, code, flag, received_at)
    SELECT r.occurred_at, r.key, r.controller, 1, 1, 1, 1, 1, 1, r.card, r.direction,
           r.kind, r.verdict, r.code, r.flag, now()
      FROM json_to_recordset(%s) AS r(
           occurred_at timestamp, key uuid, controller integer, card varchar,
           direction varchar, kind varchar, verdict varchar, code integer, flag integer)
        ON CONFLICT DO NOTHING
"""
