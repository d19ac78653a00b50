"""The simulated controller keeps the protocol, whatever the network does to it."""

import asyncio
import json
from collections import Counter

import pytest
from aiohttp import web
from school_edge.simulate import crowd, plan
from school_edge.simulate.clock import Clock
from school_edge.simulate.controller import PACKET
from school_edge.simulate.link import Faults
from school_edge.simulate.play import Play
from school_edge.simulate.truth import Truth

CARDS = plan.random_cards(40)
SERIAL = 44374


class Server:
    """As little of a server as a controller needs; keeps what it was told."""

    def __init__(self, allowed=CARDS, commands=()):
        self.allowed = set(allowed)
        self.commands = list(commands)
        self.known = {}
        self.done = []
        self.read = []
        self.largest = 0

    async def handle(self, request):
        body = await request.read()
        self.largest = max(self.largest, len(body))
        answers = []
        for message in json.loads(body)["messages"]:
            answers += self._answer(message)
        if self.commands and not any("granted" in answer for answer in answers):
            answers.append(self.commands.pop(0))
        return web.json_response({"interval": 1, "messages": answers})

    def _answer(self, message):
        number, operation = message["id"], message.get("operation")
        if operation == "power_on":
            return [{"id": 1, "operation": "set_active", "active": 1, "online": 1}]
        if operation == "check_access":
            granted = int(message["card"] in self.allowed)
            return [{"id": number, "operation": operation, "granted": granted}]
        if operation == "events":
            for event in message["events"]:
                self.known[json.dumps(event, sort_keys=True)] = event
            taken = len(message["events"])
            return [{"id": number, "operation": operation, "events_success": taken}]
        if "success" in message:
            self.done.append((number, message["success"]))
        self.read += message.get("cards", [])
        return []


def play(server, action, faults=None):
    """Run `action(controller, play)` against a server; return the truth of the door."""

    async def run():
        app = web.Application()
        app.router.add_post("/", server.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        cast = plan.Plan([{"serial": SERIAL, "url": url}], CARDS)
        truth = Truth()
        try:
            async with Play(cast, truth, faults=faults, seed=5) as played:
                await played.connect()
                await action(played.controllers[SERIAL], played)
        finally:
            await runner.cleanup()
        return truth

    return asyncio.run(run())


async def taps(controller, played):
    for card in CARDS:
        controller.clock.jump(2)
        await controller.tap(card, "in")
    await played.settle(60)


def test_every_passage_is_two_events_that_arrive_once():
    server = Server()
    truth = play(server, taps)
    assert truth.counts["granted"] == len(CARDS)
    codes = Counter(event["event"] for event in server.known.values())
    assert codes == {4: 40, 16: 40}
    assert truth.counts["taken"] == truth.counts["events"] == 80
    assert server.largest <= PACKET


@pytest.mark.parametrize(
    "faults",
    [Faults(lost_answer=0.3), Faults(lost_request=0.3), Faults(repeated=0.5)],
    ids=["lost answers", "lost requests", "repeated packets"],
)
def test_a_bad_network_loses_no_event(faults):
    server = Server()
    truth = play(server, taps, faults)
    assert truth.counts["taken"] == truth.counts["events"] == len(server.known)


def test_a_card_that_is_refused_does_not_open():
    server = Server(allowed=CARDS[1:])
    truth = play(server, taps)
    assert truth.counts["refused"] == 1
    assert 2 in {event["event"] for event in server.known.values()}


def test_off_line_the_memory_of_the_controller_decides():
    first, second = CARDS[:2]
    cards = [
        {"card": first, "flags": 0, "tz": 255},
        {"card": second, "flags": 8, "tz": 255},
    ]
    granted = []

    async def action(controller, played):
        while not controller.cards:
            await asyncio.sleep(0.05)
        controller.link.faults.outages = [(0, 1e9)]
        for card in CARDS[:3]:
            granted.append(await controller.tap(card, "in"))

    server = Server(commands=[{"id": 7, "operation": "add_cards", "cards": cards}])
    play(server, action, Faults())
    assert granted == [True, False, False]


def test_cards_are_read_back_in_batches():
    cards = [{"card": card, "flags": 0, "tz": 255} for card in CARDS[:25]]
    server = Server(
        commands=[
            {"id": 1, "operation": "add_cards", "cards": cards[:20]},
            {"id": 2, "operation": "add_cards", "cards": cards[20:]},
            {"id": 3, "operation": "read_cards"},
            {"operation": "clear_cards"},
            {"id": 4, "operation": "set_active", "active": 1},
        ]
    )

    async def action(controller, played):
        async with asyncio.timeout(30):
            while len(server.read) < 25 or len(server.done) < 5:
                controller._wake.set()
                await asyncio.sleep(0.05)

    play(server, action)
    assert [card["pos"] for card in server.read] == list(range(25))
    # a command without a number is not done; half a set_active is refused
    assert server.done[-4:] == [(1, 1), (2, 1), (3, 1), (4, 0)]


def test_the_clock_is_set_by_answers_only_when_it_is_meant_to():
    moved = Clock()
    moved.set("2026-11-17 08:00:00")
    kept = Clock(moved.now(), is_set=False)
    kept.set("2020-01-01 00:00:00")
    assert moved.text()[:10] == kept.text()[:10] == "2026-11-17"
    moved.set("rubbish")
    assert moved.text()[:10] == "2026-11-17"


def test_a_day_brings_everybody_home():
    state = {}
    for step in crowd.day(CARDS, [1, 2], seconds=600, seed=3):
        assert state.get(step.card, "out") != step.direction
        state[step.card] = step.direction
    assert set(state.values()) == {"out"}
