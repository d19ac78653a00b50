"""Decisions and conversations of the gateway, without sockets."""

import asyncio
import hashlib
import json
from datetime import datetime

import pytest
from school_edge.config import Gateway as Settings
from school_edge.gateway.core import Gateway
from school_edge.gateway.presence import Place
from school_edge.gateway.rules import Rules
from school_edge.protocol import web_json

CARD, OTHER, BLOCKED = "000000BB076B", "000000BB076C", "000000BB076D"
ALWAYS = ["both", "1111111", 0, 1440, None, None]
LESSONS = [
    ["in", "1111100", 420, 600, None, None],
    ["out", "1111100", 720, 1200, None, None],
]
#: A Tuesday, 08:10 in Moscow.
MORNING = datetime(2026, 11, 17, 5, 10)


def configuration(**controller):
    """The configuration of a school with one controller and three cards."""
    return {
        "version": "1",
        "school": {"name": "School 24", "timezone": "Europe/Moscow"},
        "controllers": [
            {
                "id": 31, "serial": "44374", "name": "T1", "point_name": "Hall",
                "mode": "normal", "site": 2, "antipassback": "off",
                "verification": "none", "secret_digest": None, "asks_server": True,
                "has_sensor": True, "readers": [{"number": 1, "direction": "in"}],
                **controller,
            }
        ],
        "profiles": {"1": [ALWAYS], "2": LESSONS},
        "entries": [
            [31, CARD, 5, 2, None, None, None, 0, 255, True],
            [31, OTHER, 6, 1, None, None, None, 0, 255, True],
            [31, BLOCKED, 7, None, "blocked_card", None, None, 0, 255, False],
        ],
        "permissions": [
            [1, 5, 2, "out", "2026-11-17T06:00:00", "2026-11-17T07:00:00"]
        ],
        "people": [[5, "Петров Пётр", "5А", "student"], [6, "Иванова", "", "staff"]],
    }  # fmt: skip


def decide(code, direction="in", now=MORNING, inside=False, mode="normal", **values):
    rules = Rules(configuration(**values))
    return rules.decide(rules.controllers[31], direction, code, now, inside, mode)


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        ("granted", {"code": CARD}),
        ("unknown_card", {"code": "000000000001"}),
        ("blocked_card", {"code": BLOCKED}),
        ("wrong_time", {"code": CARD, "now": datetime(2026, 11, 17, 9, 0)}),
        ("no_permission", {"code": CARD, "direction": "out"}),
        (
            "granted",
            {"code": CARD, "direction": "out", "now": datetime(2026, 11, 17, 6, 30)},
        ),
        ("antipassback", {"code": CARD, "inside": True, "antipassback": "hard"}),
        ("granted", {"code": CARD, "inside": True, "antipassback": "soft"}),
        ("blocked_card", {"code": BLOCKED, "verification": "guard"}),
        ("locked", {"code": CARD, "mode": "locked"}),
        ("granted", {"code": "000000000001", "mode": "free"}),
    ],
)
def test_a_tap_is_decided_by_the_rules_of_the_server(expected, arguments):
    assert decide(**arguments) == expected


def test_nobody_is_known_before_the_first_configuration():
    assert Rules(None).by_serial == {}


class Clock:
    """Times that a test sets."""

    def __init__(self):
        self.wall = datetime(2026, 11, 17, 8, 10).timestamp()
        self.steady = 100.0

    def tick(self, seconds):
        self.wall += seconds
        self.steady += seconds


class Controller:
    """Posts of a controller to a gateway, without a network."""

    def __init__(self, gateway):
        self.gateway = gateway

    async def post(self, *messages, secret=""):
        """Return the commands and answers to messages."""
        body = json.dumps({"sn": 44374, "messages": messages}).encode()

        class Request:
            match_info = {"secret": secret}

            async def read(self):
                return body

        response = await self.gateway.lan.handle(Request())
        assert len(response.body) <= web_json.PACKET_LIMIT
        return json.loads(response.body)["messages"]

    async def activate(self):
        [command] = await self.post({"id": 1, "operation": "power_on", "active": 0})
        assert command["operation"] == "set_active"
        return await self.ping({"id": command["id"], "success": 1})

    async def ping(self, *results):
        return await self.post(*results, {"id": 2, "operation": "ping", "active": 1})


def play(tmp_path, action, config=None):
    """Run `action(controller, gateway, clock)` with a gateway of its own."""

    async def run():
        clock = Clock()
        gateway = Gateway(
            Settings(state=str(tmp_path), max_mb=8),
            wall=lambda: clock.wall,
            steady=lambda: clock.steady,
        )
        gateway.apply(config or configuration())
        try:
            await action(Controller(gateway), gateway, clock)
        finally:
            await gateway.close()

    asyncio.run(run())


def test_the_memory_of_a_controller_becomes_the_list(tmp_path):
    async def action(controller, gateway, clock):
        [add] = await controller.activate()
        assert {card["card"] for card in add["cards"]} == {CARD, OTHER}
        assert await controller.ping() == []  # one at a time
        assert await controller.ping({"id": add["id"], "success": 1}) == []
        config = configuration()
        config["entries"][0][-1] = False
        gateway.apply(config)
        [gone] = await controller.ping()
        assert gone["operation"] == "del_cards"
        assert gone["cards"] == [{"card": CARD}]

    play(tmp_path, action)


def test_a_card_that_may_be_there_is_deleted(tmp_path):
    """The answer to "add" was lost, then the card is blocked."""

    async def action(controller, gateway, clock):
        await controller.activate()
        config = configuration()
        config["entries"] = []
        gateway.apply(config)
        clock.tick(30)
        [gone] = await controller.ping()
        assert gone["operation"] == "del_cards"
        assert {card["card"] for card in gone["cards"]} == {CARD, OTHER}

    play(tmp_path, action)


def test_an_order_to_open_is_not_repeated_by_surprise(tmp_path):
    config = configuration()
    config["entries"] = []

    async def action(controller, gateway, clock):
        await controller.activate()
        store = gateway.journal.store
        for number in (1, 2):
            store.begin_command(number, 0)
        line = gateway.lines[31]
        line.ask("open_door", {"direction": "in"}, 1, clock.steady + 20)
        line.ask("set_mode", {"mode": "free"}, 2)
        names = {command["operation"] for command in await controller.ping()}
        assert names == {"open_door", "set_mode"}
        clock.tick(30)
        names = [command["operation"] for command in await controller.ping()]
        assert "open_door" not in names and "set_mode" in names
        assert store.get_results() == [[1, False]]

    play(tmp_path, action, config)


def test_a_command_that_makes_no_sense_fails_and_stops_nothing(tmp_path):
    config = configuration()
    config["entries"] = []

    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.journal.store.begin_command(1, 0)
        gateway.lines[31].ask("set_timezone", {"zone": "x"}, 1)
        gateway.lines[31].ask("read_cards", {})
        [command] = await controller.ping()
        assert command["operation"] == "read_cards"
        assert gateway.journal.store.get_results() == [[1, False]]

    play(tmp_path, action, config)


async def read_cards(controller, gateway, clock, *cards):
    """Read a controller's memory once; `cards` are (position, code)."""
    [read] = [
        command
        for command in await controller.ping()
        if command["operation"] == "read_cards"
    ]
    await controller.ping({"id": read["id"], "success": 1})
    told = [{"pos": n, "card": code, "flags": 0, "tz": 255} for n, code in cards]
    if told:
        await controller.ping({"id": 3, "operation": "read_cards", "cards": told})
    clock.tick(60)
    return await gateway.lines[31].end_dump()


def test_a_controller_that_lost_its_cards_gets_them_again(tmp_path):
    async def action(controller, gateway, clock):
        [add] = await controller.activate()
        await controller.ping({"id": add["id"], "success": 1})
        gateway.lines[31].ask("read_cards", {})
        found = [await read_cards(controller, gateway, clock) for _time in range(3)]
        assert found == [None, None, 2]
        assert gateway.lines[31].differences == 2
        [add] = await controller.ping()
        assert add["operation"] == "add_cards"

    play(tmp_path, action)


def test_a_blocked_card_waits_for_nothing(tmp_path):
    """Neither for a memory that is being read nor for the answer to other cards."""

    async def action(controller, gateway, clock):
        [add] = await controller.activate()
        config = configuration()
        config["entries"][0][-1] = False
        gateway.apply(config)
        [gone] = await controller.ping()  # `add` is not answered yet
        assert (gone["operation"], gone["cards"]) == ("del_cards", [{"card": CARD}])
        config["entries"][1][-1] = False
        gateway.apply(config)
        [gone] = await controller.ping()
        assert (gone["operation"], gone["cards"]) == ("del_cards", [{"card": OTHER}])
        assert await controller.ping() == []

    async def reading(controller, gateway, clock):
        [add] = await controller.activate()
        await controller.ping({"id": add["id"], "success": 1})
        gateway.lines[31].ask("read_cards", {})
        [read] = await controller.ping()
        await controller.ping({"id": read["id"], "success": 1})
        config = configuration()
        config["entries"][0][-1] = False
        gateway.apply(config)
        assert gateway.lines[31].is_busy()
        [gone] = await controller.ping()
        assert gone["operation"] == "del_cards"

    play(tmp_path, action)
    play(tmp_path / "reading", reading)


def test_what_a_lost_batch_may_have_held_is_deleted(tmp_path):
    async def action(controller, gateway, clock):
        [add] = await controller.activate()
        await controller.ping({"id": add["id"], "success": 1})
        line = gateway.lines[31]
        line.ask("read_cards", {})
        config = configuration()
        config["entries"][1][-1] = False  # while its batch gets lost
        gateway.apply(config)
        assert await read_cards(controller, gateway, clock, (1, CARD)) == 0
        [gone] = await controller.ping()
        assert (gone["operation"], gone["cards"]) == ("del_cards", [{"card": OTHER}])
        await controller.ping({"id": gone["id"], "success": 1})
        assert line.held.keys() == {CARD} and line.is_quiet()

    play(tmp_path, action)


def test_what_one_reading_missed_the_next_one_has(tmp_path):
    async def action(controller, gateway, clock):
        [add] = await controller.activate()
        await controller.ping({"id": add["id"], "success": 1})
        gateway.lines[31].ask("read_cards", {})
        assert await read_cards(controller, gateway, clock, (1, CARD)) is None
        await controller.ping()
        clock.tick(30)  # the controller does not answer: once more
        assert await controller.ping() == []
        assert await gateway.lines[31].end_dump() is None
        assert await read_cards(controller, gateway, clock, (2, OTHER)) == 0
        assert gateway.lines[31].is_quiet()

    play(tmp_path, action)


def test_a_controller_that_starts_is_told_its_time_zones_again(tmp_path):
    zone = {"zone": 0, "begin": "07:00", "end": "10:00", "days": "11111110"}

    async def action(controller, gateway, clock):
        for _start in range(2):
            told = await controller.activate()
            assert [c["zone"] for c in told if c["operation"] == "set_timezone"] == [0]
        clock.tick(30)  # no answer came
        told = await controller.ping()
        assert [c["zone"] for c in told if c["operation"] == "set_timezone"] == [0]

    play(tmp_path, action, configuration(time_zones=[zone]))


def test_a_refusal_is_recorded_once(tmp_path):
    async def action(controller, gateway, clock):
        await controller.activate()
        question = {"id": 9, "operation": "check_access", "card": BLOCKED, "reader": 1}
        for _again in range(2):
            answers = await controller.post(question)
            assert answers[0]["granted"] == 0
        event = {"event": 6, "card": BLOCKED, "flag": 0, "time": "2026-11-17 08:10:01"}
        await controller.post({"id": 10, "operation": "events", "events": [event]})
        while gateway._tasks:
            await asyncio.sleep(0.01)
        [(_sequence, body)] = gateway.journal.store.take()
        assert body["verdict"] == "blocked_card"

    play(tmp_path, action)


def test_nothing_is_acknowledged_that_is_not_stored(tmp_path):
    async def action(controller, gateway, clock):
        gateway.journal.store.max_pages = 1  # full
        event = {"event": 16, "card": CARD, "flag": 0, "time": "2026-11-17 08:10:01"}
        message = {"id": 10, "operation": "events", "events": [event]}
        answers = await controller.post(message)
        assert answers[0]["events_success"] == 0
        assert gateway.presence == {}
        assert any("Нет места" in text for text in gateway.problems())
        gateway.journal.store.max_pages = 2_000
        answers = await controller.post(message)
        assert answers[0]["events_success"] == 1
        assert gateway.presence[5] == Place("inside", 2, None, "2026-11-17T05:10:01")

    play(tmp_path, action)


def test_a_stranger_and_a_wrong_path_get_nothing(tmp_path):
    digest = hashlib.sha256(b"right").hexdigest()

    async def action(controller, gateway, clock):
        message = {"id": 1, "operation": "power_on", "active": 0}
        assert await controller.post(message, secret="wrong") == []
        assert list(gateway.lan.strangers) == ["44374"]
        assert await controller.post(message, secret="right") != []

    play(tmp_path, action, configuration(secret_digest=digest))
