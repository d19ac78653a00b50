"""Who is inside: as the server means it, also while it is away."""

import asyncio
from datetime import datetime

from aiohttp import web
from school_edge.gateway import uplink as uplink_module
from school_edge.gateway.pages import Pages
from school_edge.gateway.presence import INSIDE, OUTSIDE, UNKNOWN, Place
from test_gateway_rules import ALWAYS, CARD, configuration, play
from test_gateway_uplink import Server, connected

#: Reader 1 leads into the zone 8, reader 2 to the zone it was entered from.
READERS = [{"number": 1, "direction": "in"}, {"number": 2, "direction": "out"}]
ENTRY, EXIT = 16, 17


def school(**controller):
    config = configuration(zone=8, zone_from=None, readers=READERS, **controller)
    return {**config, "sites": [[2, 22.0]], "profiles": {"1": [ALWAYS], "2": [ALWAYS]}}


def passage(code, time):
    event = {"event": code, "card": CARD, "flag": 0, "time": f"2026-11-17 {time}"}
    return {"id": 10, "operation": "events", "events": [event]}


def tap(reader):
    return {"id": 9, "operation": "check_access", "card": CARD, "reader": reader}


async def granted(controller, reader=1):
    answers = await controller.post(tap(reader))
    return next(each["granted"] for each in answers if "granted" in each)


def test_who_goes_through_an_inner_door_stays_inside(tmp_path):
    config = school()
    config["controllers"][0]["zone_from"] = 7

    async def action(controller, gateway, clock):
        await controller.post(passage(ENTRY, "08:05:00"))
        assert gateway.place(5) == Place(INSIDE, 2, 8, "2026-11-17T05:05:00")
        await controller.post(passage(EXIT, "08:06:00"))
        assert gateway.place(5) == Place(INSIDE, 2, 7, "2026-11-17T05:06:00")
        assert gateway.journal.store.get_presence() == {5: gateway.place(5)}

    play(tmp_path, action, config)


def test_antipassback_looks_at_the_zone(tmp_path):
    """Who has come in through the main door may go on into the gym, once."""

    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.move(5, Place(INSIDE, 2, 7, "2026-11-17T05:00:00"))
        assert await granted(controller) == 1
        gateway.move(5, Place(INSIDE, 2, 8, "2026-11-17T05:00:01"))
        assert await granted(controller) == 0

    play(tmp_path, action, school(antipassback="hard"))


def test_nobody_is_inside_for_sure_after_the_hour(tmp_path):
    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.move(5, Place(INSIDE, 2, 8, "2026-11-16T18:59:59"))  # 21:59:59
        gateway.move(6, Place(INSIDE, 2, 8, "2026-11-16T19:00:00"))
        assert (gateway.place(5).state, gateway.place(6).state) == (UNKNOWN, INSIDE)
        assert await granted(controller) == 1

    play(tmp_path, action, school(antipassback="hard"))


def test_the_evacuation_list_has_whoever_may_be_inside(tmp_path):
    config = school()
    config["people"] += [[n, f"П{n}", "5А", "student"] for n in (7, 8, 9)]

    async def action(controller, gateway, clock):
        gateway.move(5, Place(INSIDE, 2, 8, "2026-11-17T05:00:00"))
        gateway.move(7, Place(INSIDE, 2, 8, "2026-11-16T05:00:00"))
        gateway.move(8, Place(OUTSIDE, 2, None, "2026-11-17T05:00:00"))
        gateway.move(9, Place(INSIDE, 77, None, "2026-11-17T05:00:00"))
        assert Pages(gateway).inside() == [
            (
                "5А",
                [
                    ("П7", "2026-11-16T05:00:00", True),
                    ("Петров Пётр", "2026-11-17T05:00:00", False),
                ],
            ),
            ("Сотрудники", [("Иванова", "", True)]),
        ]

    play(tmp_path, action, config)


def test_a_controller_ahead_of_time_does_not_hold_a_person(tmp_path):
    async def action(controller, gateway, clock):
        await controller.post(passage(ENTRY, "23:59:59"))
        now = gateway.clock.utc()
        assert datetime.fromisoformat(gateway.place(5).since) <= now
        gateway.move(5, Place(OUTSIDE, 2, None, now.isoformat()))  # a correction
        assert gateway.place(5).state == OUTSIDE

    play(tmp_path, action, school())


class Watching(Server):
    """A server that tells where people are."""

    def __init__(self):
        super().__init__()
        self.marks = []
        self.people = []

    async def do_sync(self, message):
        self.marks.append(message["presence"])
        return web.json_response(
            {
                "time": "2026-11-17T05:10:00",
                "revision": "r",
                "expected": 1,
                "presence": {"mark": str(len(self.marks)), "people": self.people},
            }
        )


def test_what_others_saw_and_people_corrected_comes_with_every_call(
    tmp_path, monkeypatch
):
    server = Watching()

    async def run():
        async with connected(tmp_path, server) as (uplink, gateway, store):
            server.people = [
                [5, "inside", 2, 8, "2026-11-17T05:00:00"],
                [6, "unknown", None, None, None],
            ]
            await uplink._sync()
            assert gateway.place(5) == Place(INSIDE, 2, 8, "2026-11-17T05:00:00")
            server.people = [[5, "outside", 2, None, "2026-11-17T05:09:00"]]
            await uplink._sync()
            server.people = [[5, "inside", 2, 8, "2026-11-17T05:00:00"]]  # late
            await uplink._sync()
            assert gateway.place(5).state == OUTSIDE
            assert store.get_presence() == gateway.presence
            monkeypatch.setattr(uplink_module, "PRESENCE_SECONDS", -1)
            await uplink._sync()
            assert server.marks == [None, "1", "2", None]

    asyncio.run(run())
