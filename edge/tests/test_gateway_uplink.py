"""The way to the server, with a server that forgets, refuses and renews."""

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from school_edge.config import Gateway as Settings
from school_edge.config import Server as ServerSettings
from school_edge.gateway.core import Gateway
from school_edge.gateway.uplink import MOST_PAUSE, Client, Pause, ServerError, Uplink
from test_gateway_rules import configuration

DAY = 86_400


class Server:
    """As much of the server as the gateway needs."""

    def __init__(self):
        self.events = {}
        self.expected = 1
        self.gaps = 0
        self.bad = set()
        self.commands = []
        self.results = []
        self.compared = []
        self.fails = 0

    async def handle(self, request):
        body = await request.read()  # unpacked if it was packed
        if self.fails:
            self.fails -= 1
            return web.Response(status=502, text="bad gateway")
        call = getattr(self, "do_" + request.match_info["name"])
        return await call(json.loads(body))

    async def do_token(self, message):
        return web.json_response({"token": "new", "days": 90})

    async def do_config(self, message):
        return web.json_response(
            {"version": "1", "revision": "r", "time": "2026-11-17T05:10:00"}
        )

    async def do_sync(self, message):
        self.results += message["results"]
        self.compared += message["compared"]
        return web.json_response(
            {
                "time": "2026-11-17T05:10:00",
                "revision": "r",
                "expected": self.expected,
                "commands": self.commands,
            }
        )

    async def do_events(self, message):
        numbers = [event["sequence"] for event in message["events"]]
        if numbers[0] > self.expected and not message.get("gap"):
            answer = {"error": "gap", "expected": self.expected}
            return web.json_response(answer, status=409)
        self.gaps += bool(message.get("gap"))
        self.events.update(zip(numbers, message["events"], strict=True))
        self.expected = max(self.expected, numbers[-1] + 1)
        refused = [[number, "bad_time"] for number in numbers if number in self.bad]
        return web.json_response({"accepted_to": numbers[-1], "refused": refused})


@asynccontextmanager
async def connected(tmp_path, server):
    """Yield (uplink, gateway, store) before a served `server`."""
    app = web.Application(client_max_size=2**22)
    app.router.add_post("/school_access/v1/edge/{name}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    gateway = Gateway(Settings(state=str(tmp_path)))
    try:
        async with aiohttp.ClientSession() as session:
            client = Client(session, ServerSettings(url), "old")
            yield Uplink(gateway, client), gateway, gateway.journal.store
    finally:
        await gateway.close()
        await runner.cleanup()


def fill(store, count, first=0):
    """Store events that nobody repeats."""
    batch = [
        (f"key-{number}", {"occurred_at": "2026-11-17T05:10:00"}, None, False)
        for number in range(first, first + count)
    ]
    store.append([(1, None, batch)], 0)


def play(tmp_path, action):
    server = Server()

    async def run():
        async with connected(tmp_path, server) as (uplink, gateway, store):
            await action(server, uplink, store)

    asyncio.run(run())


def test_events_go_in_batches_until_none_is_left(tmp_path):
    async def action(server, uplink, store):
        fill(store, 2_500)
        while await uplink._forward_batch():
            pass
        assert sorted(server.events) == list(range(1, 2_501))
        assert store.count_queued() == 0

    play(tmp_path, action)


def test_a_failure_loses_nothing(tmp_path):
    async def action(server, uplink, store):
        fill(store, 10)
        server.fails = 1
        with pytest.raises(ServerError):
            await uplink._forward_batch()
        assert store.count_queued() == 10
        await uplink._forward_batch()
        assert len(server.events) == 10

    play(tmp_path, action)


def test_bad_events_hold_nobody_up(tmp_path):
    async def action(server, uplink, store):
        fill(store, 5)
        server.bad = {2}
        await uplink._forward_batch()
        assert store.count_queued() == 0
        rows = store.db.execute("SELECT sequence FROM event WHERE state = 2")
        assert rows.fetchall() == [(2,)]

    play(tmp_path, action)


def test_what_the_server_forgot_is_sent_again(tmp_path):
    async def action(server, uplink, store):
        fill(store, 10)
        await uplink._forward_batch()
        server.events.clear()
        server.expected = 4  # restored from a copy
        await uplink._sync()
        assert store.count_queued() == 7
        while await uplink._forward_batch():
            pass
        assert sorted(server.events) == list(range(4, 11))

    play(tmp_path, action)


def test_what_is_gone_is_said_to_be_gone(tmp_path):
    async def action(server, uplink, store):
        fill(store, 10)
        store.settle(1, 10, [], now=0)
        store.purge(now=10 * DAY, keep_seconds=0)
        fill(store, 1, first=100)
        await uplink._forward_batch()
        assert (sorted(server.events), server.gaps) == ([11], 1)

    play(tmp_path, action)


def test_results_of_commands_are_reported_until_they_are_taken(tmp_path):
    async def action(server, uplink, store):
        server.commands = [
            {"id": 5, "controller": 99, "name": "open_door", "payload": {}}
        ]
        await uplink._sync()  # there is no such controller
        server.fails = 1
        with pytest.raises(ServerError):
            await uplink._sync()
        await uplink._sync()
        await uplink._sync()
        assert server.results == [[5, False]]

    play(tmp_path, action)


def test_a_comparison_of_cards_is_told_once(tmp_path):
    async def action(server, uplink, store):
        uplink.gateway.apply(configuration())
        uplink.gateway.lines[31].differences = 2
        server.fails = 1
        with pytest.raises(ServerError):
            await uplink._sync()
        assert uplink._get_compared() == [[31, 2]]
        await uplink._sync()
        await uplink._sync()
        assert server.compared == [[31, 2]]

    play(tmp_path, action)


def test_a_token_is_renewed_in_time_and_kept(tmp_path):
    async def action(server, uplink, store):
        uplink.gateway.clock.learn(100 * DAY)
        store.set(token="old", issued_at=100 * DAY - 40 * DAY, days=90)
        await uplink._renew_token()
        assert uplink.client.token == "old"
        store.set(issued_at=100 * DAY - 46 * DAY)
        await uplink._renew_token()
        assert uplink.client.token == store.get("token") == "new"

    play(tmp_path, action)


def test_pauses_grow_and_differ():
    pause, others = Pause(), Pause()
    first = [pause.grow() for _failure in range(10)]
    assert first[0] <= 1 and MOST_PAUSE / 2 <= first[-1] <= MOST_PAUSE
    assert first != [others.grow() for _failure in range(10)]
