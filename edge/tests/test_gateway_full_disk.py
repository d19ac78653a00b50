"""A disk that takes nothing: the doors go on, by the newest rules."""

import asyncio

from aiohttp import web
from test_gateway_rules import BLOCKED, CARD, Controller, configuration
from test_gateway_rules import play as play_rules
from test_gateway_uplink import Server, connected


def fill_disk(store, is_full=True):
    """Let SQLite refuse every write, as on a disk without room."""
    store.db.execute(f"PRAGMA query_only = {int(is_full)}")


class Configured(Server):
    """A server with rules."""

    def __init__(self):
        super().__init__()
        self.config = configuration()

    async def do_config(self, message):
        return web.json_response({**self.config, "revision": "r"})


def play(tmp_path, action):
    server = Configured()

    async def run():
        async with connected(tmp_path, server) as (uplink, gateway, store):
            await action(server, uplink, gateway, store)

    asyncio.run(run())


def test_a_blocked_card_stops_opening(tmp_path):
    async def action(server, uplink, gateway, store):
        await uplink._sync()
        controller = Controller(gateway)
        [add] = await controller.activate()
        await controller.ping({"id": add["id"], "success": 1})
        fill_disk(store)
        entry = [31, CARD, 5, None, "blocked_card", None, None, 0, 255, False]
        server.config["entries"][0] = entry
        server.config["version"] = "2"
        uplink._revision = None  # the server says that something has changed
        await uplink._sync()
        question = {"id": 9, "operation": "check_access", "card": CARD, "reader": 1}
        answers = await controller.post(question)
        assert answers[0]["granted"] == 0
        names = {answer.get("operation") for answer in answers}
        assert "del_cards" in names  # nor by its own memory
        assert uplink.gateway.server_error == ""
        # written as soon as there is room
        assert store.get_config()["version"] == "1"
        fill_disk(store, False)
        await gateway.journal.catch_up()
        assert store.get_config()["version"] == "2"

    play(tmp_path, action)


def test_commands_are_carried_out_once_and_reported_when_there_is_room(tmp_path):
    async def action(server, uplink, gateway, store):
        await uplink._sync()
        fill_disk(store)
        server.commands = [
            {"id": 7, "controller": 99, "name": "read_cards"},
            {"id": 8, "controller": 31, "name": "read_cards"},
        ]
        for _call in range(3):
            await uplink._sync()
        assert [each.number for each in gateway.lines[31].queue] == [8]
        fill_disk(store, False)
        await gateway.journal.catch_up()
        await uplink._sync()
        await uplink._sync()
        assert server.results == [[7, False]]
        assert [each.number for each in gateway.lines[31].queue] == [8]

    play(tmp_path, action)


def test_no_card_is_added_that_a_restart_would_forget(tmp_path):
    async def action(controller, gateway, clock):
        fill_disk(gateway.journal.store)
        for _post in range(3):
            names = [each["operation"] for each in await controller.activate()]
            assert "add_cards" not in names
        assert len(gateway.journal._late) == 1
        fill_disk(gateway.journal.store, False)
        [add] = await controller.ping()
        assert add["operation"] == "add_cards"

    play_rules(tmp_path, action)


def test_whatever_fails_the_controller_is_answered(tmp_path):
    async def action(controller, gateway, clock):
        await controller.activate()
        del gateway.lines[31]  # what nobody has thought of
        question = {"id": 9, "operation": "check_access", "card": BLOCKED, "reader": 1}
        assert await controller.post(question) == []

    play_rules(tmp_path, action)
