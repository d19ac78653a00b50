"""A gateway between controllers and server, and everything that can go wrong there.

The simulator keeps what really happened at the doors; the gateway and the server must
know the same, once.
"""

import asyncio
import contextlib
import os
import time
import urllib.error

import pytest
from school_edge.simulate import crowd
from school_edge.simulate.link import Faults
from school_edge.simulate.play import Play
from school_edge.simulate.truth import Truth

from .support import entrance
from .support.copy_template import copy_template
from .support.edge_gateway import EdgeGateway, put_behind
from .support.odoo_server import OdooServer
from .test_kills import crash_cluster, kill_postgres  # noqa: F401 (a fixture)

SECONDS = 15


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A database to be cloned: (its name, what is there, a code for the gateway)."""
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    maker = OdooServer(tmp_path_factory.mktemp("prepared"))
    try:
        maker.prepare()
        scene = entrance.open_entrance(maker)
        yield maker.database, scene, put_behind(maker, scene)
    finally:
        maker.destroy()


@pytest.fixture
def make_school(odoo_server, prepared, tmp_path):
    """Return a function that starts a server and a gateway with settings."""
    gateways = []

    def make(server=None, **settings):
        template, scene, code = prepared
        server = server or odoo_server(workers=2, template=template)
        gateway = EdgeGateway(tmp_path, server, **settings)
        gateways.append(gateway)
        pin = gateway.enrol(code)
        gateway.start()
        gateway.wait_for(lambda: "Configuration" in gateway.log.read_text())
        return server, scene, gateway, pin

    yield make
    for gateway in gateways:
        gateway.stop()


@pytest.fixture
def school(make_school):
    """(server, what is there, a running gateway, its PIN)"""
    return make_school()


def play_day(gateway, scene, *, faults=None, trouble=None, jump=0):
    """Play; meanwhile let `trouble()` happen. Return the truth."""
    truth = entrance.CountingTruth()

    async def run():
        cast = gateway.plan(scene)
        async with Play(cast, truth, faults=faults, seed=7) as play:
            await play.connect(60)
            steps = crowd.day(cast.cards, play.serials, seconds=SECONDS, seed=7)
            performance = asyncio.create_task(play.perform(steps))
            if trouble:
                await asyncio.to_thread(trouble)
            for controller in play.controllers.values():
                controller.clock.jump(jump)
            await performance
            await play.settle(180)

    asyncio.run(run())
    return truth


def check(server, gateway, truth):
    """Exact counts on both sides once everything has been sent."""
    assert truth.counts["taken"] == truth.counts["events"] > 0
    gateway.wait_for(lambda: gateway.queued() == 0)
    assert entrance.passages(server) == dict(truth.passages)
    stored = gateway.query(
        "SELECT count(*) FROM event WHERE json_extract(body, '$.kind') = 'pass'"
    )
    assert stored[0][0] == sum(truth.passages.values())
    [(in_store, refused)] = gateway.query(
        "SELECT count(*), count(*) FILTER (WHERE state = 2) FROM event"
    )
    [(on_server, last)] = server.query(
        "SELECT (SELECT count(*) FROM access_event WHERE device_id IS NOT NULL),"
        " (SELECT sum(last_sequence) FROM access_edge_journal)"
    )
    assert (in_store, refused, last) == (on_server, 0, in_store)
    assert entrance.inside(server) == {
        card for card, is_inside in truth.inside.items() if is_inside
    }


@pytest.mark.parametrize(
    "faults",
    [
        Faults(lost_answer=0.2, lost_request=0.1, repeated=0.2),
        Faults(outages=[(SECONDS * 0.3, SECONDS * 0.7)]),
    ],
    ids=["bad network", "outage"],
)
def test_whatever_the_schools_network_does(school, faults):
    server, scene, gateway, _pin = school
    check(server, gateway, play_day(gateway, scene, faults=faults))


def test_a_gateway_killed_again_and_again(school):
    server, scene, gateway, _pin = school

    def trouble():
        for _number in range(4):
            time.sleep(2)
            gateway.kill()
            gateway.start()

    check(server, gateway, play_day(gateway, scene, trouble=trouble))


def test_a_server_killed_and_away_for_the_whole_day(school):
    """The gateway starts without the server, works by what it knows, then tells."""
    server, scene, gateway, _pin = school
    server.kill()
    gateway.kill()
    gateway.start()
    truth = play_day(gateway, scene)
    assert truth.counts["granted"] > 0
    assert gateway.queued() > 0
    server.start()
    server.kill_workers()
    check(server, gateway, truth)


def test_a_killed_database(
    make_school, odoo_server, prepared, crash_cluster,  # noqa: F811
):  # fmt: skip
    libpq = {"PGHOST": str(crash_cluster.socket), "PGPORT": "5432", "PGUSER": "odoo"}
    copy_template(prepared[0], crash_cluster, libpq, "crash_edge")
    crashing = odoo_server(workers=2, libpq=libpq, database="crash_edge")
    server, scene, gateway, _pin = make_school(crashing)

    def trouble():
        for _number in range(2):
            time.sleep(3)
            kill_postgres(crash_cluster)
            crash_cluster.start()

    check(server, gateway, play_day(gateway, scene, trouble=trouble))


def test_a_clock_that_is_set_back_an_hour(school):
    server, scene, gateway, _pin = school

    def trouble():
        time.sleep(3)
        gateway.shift.write_text("-3600")
        time.sleep(3)
        gateway.kill()
        gateway.start()

    check(server, gateway, play_day(gateway, scene, trouble=trouble))


def test_controllers_whose_clocks_are_set_back(school):
    server, scene, gateway, _pin = school
    truth = play_day(gateway, scene, jump=-3600)
    gateway.wait_for(lambda: gateway.queued() == 0)
    assert entrance.passages(server) == dict(truth.passages)


def test_a_server_restored_from_a_copy_is_told_again(school):
    server, scene, gateway, _pin = school
    truth = play_day(gateway, scene)
    check(server, gateway, truth)
    with contextlib.closing(server.connect()) as connection:
        with connection.cursor() as cr:
            cr.execute("SELECT last_sequence / 2 FROM access_edge_journal")
            half = cr.fetchone()[0]
            cr.execute("UPDATE access_edge_journal SET last_sequence = %s", (half,))
            cr.execute("ALTER TABLE access_event_log DISABLE TRIGGER USER")
            cr.execute("DELETE FROM access_event_log")
            cr.execute("ALTER TABLE access_event_log ENABLE TRIGGER USER")
    expected = gateway.query(
        "SELECT count(*) FROM event WHERE sequence > ?"
        " AND json_extract(body, '$.kind') = 'pass'",
        half,
    )
    gateway.wait_for(lambda: sum(entrance.passages(server).values()) == expected[0][0])


def test_a_full_store_leaves_events_with_the_controllers(make_school):
    server, scene, gateway, _pin = make_school(max_mb=1)
    server.kill()
    serial, card = scene["controllers"][0]["serial"], scene["cards"][0]
    sent = fill(gateway, serial, card)
    assert "No room for events" in gateway.log.read_text()
    assert gateway.queued() == sent
    # nothing that was refused is there, nothing that was acknowledged is missing
    server.start()
    gateway.wait_for(lambda: gateway.queued() == 0)
    assert entrance.passages(server) == {serial: sent}
    gateway.wait_for(lambda: post_events(gateway, serial, card, sent) == 20)


def fill(gateway, serial, card):
    """Send events until the gateway takes no more; return how many it took."""
    taken = 0
    while True:
        count = post_events(gateway, serial, card, taken)
        if not count:
            return taken
        taken += count


def post_events(gateway, serial, card, first):
    """Post 20 passages; return how many are acknowledged."""
    begin = time.mktime((2026, 11, 17, 8, 0, 0, 0, 0, 0))
    events = [
        {
            "event": 16,
            "card": card,
            "flag": 0,
            "time": time.strftime(
                "%Y-%m-%d %H:%M:%S", time.localtime(begin + first + number)
            ),
        }
        for number in range(20)
    ]
    message = {"id": 5, "operation": "events", "events": events}
    answer = gateway.post({"type": "Z5RWEB", "sn": serial, "messages": [message]})
    [counts] = [m["events_success"] for m in answer["messages"] if m["id"] == 5]
    return counts


def tap(gateway, serial, card):
    """Ask as a controller on line does; return whether the door opens."""
    message = {"id": 9, "operation": "check_access", "card": card, "reader": 1}
    answer = gateway.post({"type": "Z5RWEB", "sn": serial, "messages": [message]})
    return any(m.get("granted") for m in answer["messages"])


BLOCK = """
card = env["school.card"].search([("key_z5r", "=", ARGUMENTS["code"])])
card._edit({"state": "blocked"})
ANSWER = card.ids
"""


def test_a_blocked_card_opens_no_longer_than_a_polling_interval(school):
    server, scene, gateway, _pin = school
    serial, code = scene["controllers"][0]["serial"], scene["cards"][0]
    assert tap(gateway, serial, code)
    assert server.run_script(BLOCK, code=code)
    gateway.wait_for(lambda: not tap(gateway, serial, code), 5)
    verdicts = server.query("SELECT DISTINCT verdict FROM access_event")
    gateway.wait_for(
        lambda: (
            ("blocked_card",)
            in server.query("SELECT DISTINCT verdict FROM access_event")
        ),
        10,
    )
    assert verdicts is not None


GUARDED = """
from odoo import fields
site = env["access.site"].search([])
site.point_ids.verification = "guard"
site.post_seen_at = fields.Datetime.now()
ANSWER = site.ids
"""
ALLOW = """
asked = env["access.verification"].search([("state", "=", "pending")])
ANSWER = [len(asked), asked._answer(True)]
"""


def test_a_guard_behind_a_gateway_opens(school):
    """Asked at once and once; without the server the default of the point counts."""
    server, scene, gateway, _pin = school
    serial, code = scene["controllers"][0]["serial"], scene["cards"][0]
    server.run_script(GUARDED)
    gateway.wait_for(lambda: not tap(gateway, serial, code), 20)
    gateway.wait_for(
        lambda: server.query("SELECT state FROM access_verification") == [("pending",)]
    )
    assert server.run_script(ALLOW) == [1, "opened"]
    power_on = {"id": 1, "operation": "power_on", "active": 1, "mode": 0}
    gateway.post({"type": "Z5RWEB", "sn": serial, "messages": [power_on]})
    ping = {"id": 2, "operation": "ping", "active": 1, "mode": 0}
    opened = []

    def is_opened():
        answer = gateway.post({"type": "Z5RWEB", "sn": serial, "messages": [ping]})
        opened.extend(
            m for m in answer["messages"] if m.get("operation") == "open_door"
        )
        return opened

    gateway.wait_for(is_opened, 15)
    server.kill()
    gateway.wait_for(lambda: "не отвечает" in gateway.command("doctor").stdout)
    # its default is to deny
    assert not tap(gateway, serial, scene["cards"][1])
    gateway.wait_for(
        lambda: (
            gateway.query("SELECT count(*) FROM event WHERE body LIKE '%not_verified%'")
            == [(1,)]
        )
    )


OPEN = """
controllers = env["access.controller"].search([
    ("serial", "=", str(ARGUMENTS["serial"]))])
ANSWER = env["access.command"].create({
    "controller_id": controllers.id, "name": "open_door",
    "payload": {"direction": "in"}}).ids
"""


def test_commands_and_cards_reach_the_controllers(school):
    """Doors open by order once, the memory of each controller becomes the list."""
    server, scene, gateway, _pin = school
    cast = gateway.plan(scene)
    serial = scene["controllers"][0]["serial"]
    opened = []

    async def run():
        async with Play(cast, Truth(), seed=7) as play:
            await play.connect(60)
            async with asyncio.timeout(60):
                for controller in play.controllers.values():
                    while len(controller.cards) < len(scene["cards"]):
                        await asyncio.sleep(0.1)
            await asyncio.to_thread(server.run_script, OPEN, serial=serial)
            controller = play.controllers[serial]
            async with asyncio.timeout(30):
                while not server.query(
                    "SELECT 1 FROM access_command WHERE name = 'open_door'"
                    " AND state = 'done'"
                ):
                    await asyncio.sleep(0.2)
            await asyncio.to_thread(server.run_script, BLOCK, code=scene["cards"][0])
            async with asyncio.timeout(30):
                while scene["cards"][0] in controller.cards:
                    await asyncio.sleep(0.1)
            await play.settle(30)

    asyncio.run(run())
    gateway.wait_for(lambda: gateway.queued() == 0)
    opened = server.query("SELECT count(*) FROM access_event WHERE code = 8")
    assert opened == [(1,)]
    gateway.wait_for(
        lambda: (
            server.query("SELECT count(*) FROM access_entry WHERE is_held")
            == [(2 * (len(scene["cards"]) - 1),)]
        )
    )


def test_nonsense_does_not_stop_the_gateway(school):
    _server, scene, gateway, _pin = school
    serial, code = scene["controllers"][0]["serial"], scene["cards"][0]
    for body in (
        b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 50_000, b'{"sn":' + b"9" * 9_000,
        {"sn": serial, "messages": [5, None, {"id": "x"}, {"operation": "events"}]},
        {"sn": serial, "messages": [{"id": 1, "operation": "events",
                                     "events": [None, 5, {"event": "x"}]}]},
        {"sn": 99_999, "messages": [{"id": 1, "operation": "power_on"}]},
    ):  # fmt: skip
        assert isinstance(gateway.post(body)["messages"], list)
    with pytest.raises((urllib.error.HTTPError, OSError)):
        gateway.post(b" " * 10_000_000)
    assert tap(gateway, serial, code)


def test_doctor_says_what_is_wrong(school):
    server, _scene, gateway, _pin = school
    done = gateway.command("doctor")
    assert "узнаёт шлюз" in done.stdout and "ПЛОХО" not in done.stdout, done.stdout
    assert done.returncode == 0
    server.kill()
    gateway.stop()
    done = gateway.command("doctor")
    assert done.returncode == 1
    assert "не отвечает" in done.stdout
    status = gateway.command("status")
    assert "School 1" in status.stdout
    gateway.config.write_text('[gateway]\nprot = 5\n[server]\nurl = "http://a"\n')
    done = gateway.command("doctor")
    assert done.returncode == 2 and "prot" in done.stderr


def test_the_evacuation_list_needs_no_server(school):
    import http.cookiejar
    import urllib.parse
    import urllib.request

    server, scene, gateway, pin = school
    server.kill()
    serial = scene["controllers"][0]["serial"]
    post_events(gateway, serial, scene["cards"][0], 0)
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    base = f"http://127.0.0.1:{gateway.port}"
    page = browser.open(base + "/evacuation").read().decode()
    assert "ПИН-код" in page and "Tapova" not in page
    form = urllib.parse.urlencode({"pin": "00000000"}).encode()
    with pytest.raises(urllib.error.HTTPError):
        browser.open(base + "/login", form)
    browser.open(base + "/login", urllib.parse.urlencode({"pin": pin}).encode())
    page = browser.open(base + "/evacuation").read().decode()
    assert "Tapovaa Test" in page and "5А: " in page
    assert "сервер не отвечает" in browser.open(base + "/").read().decode()
