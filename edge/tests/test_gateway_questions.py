"""Points where somebody has to say yes: asked once, and what counts without a word."""

import asyncio

import pytest
from school_edge.gateway import questions
from test_gateway_rules import CARD, configuration, play
from test_gateway_uplink import Server, connected

TAP = {"id": 9, "operation": "check_access", "card": CARD, "reader": 1}


def guarded(default="deny"):
    # a profile that is open at any hour: uplinks work by the time of the machine
    config = configuration(verification="guard", verification_default=default)
    return {**config, "profiles": {"1": [], "2": [config["profiles"]["1"][0]]}}


async def settled(gateway):
    while gateway._tasks:
        await asyncio.sleep(0.01)


async def granted(controller):
    answers = await controller.post(TAP)
    return next(each["granted"] for each in answers if "granted" in each)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(questions, "WORD_SECONDS", 0.2)


@pytest.mark.parametrize("default", ["allow", "deny"])
def test_without_a_server_the_default_counts_at_once(tmp_path, default):
    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.server_error = "away"
        assert await granted(controller) == (default == "allow")
        await settled(gateway)
        verdicts = [body["verdict"] for _number, body in gateway.journal.store.take()]
        assert verdicts == ["not_verified"] * (default == "deny")
        assert gateway.questions.to_tell() == []

    play(tmp_path, action, guarded(default))


@pytest.mark.parametrize("default", ["allow", "deny"])
def test_without_a_word_in_time_the_default_counts(tmp_path, quick, default):
    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.last_sync = 1
        assert await granted(controller) == 0
        [question] = gateway.questions.to_tell()
        assert question[1:] == [31, CARD, "in", False]
        await settled(gateway)
        # the server is told, in case it did hear the question
        [over] = gateway.questions.to_tell()
        assert over == [*question[:-1], True]
        gateway.questions.answered([over], [])
        assert gateway.questions.to_tell() == []
        orders = [each.name for each in gateway.lines[31].queue]
        assert orders == ["open_door"] * (default == "allow")
        verdicts = [body["verdict"] for _number, body in gateway.journal.store.take()]
        assert verdicts == ["not_verified"] * (default == "deny")

    play(tmp_path, action, guarded(default))


@pytest.mark.parametrize("verdict", ["granted", "held", "not_verified"])
def test_the_servers_word_counts(tmp_path, quick, verdict):
    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.last_sync = 1
        assert await granted(controller) == 0
        assert await granted(controller) == 0  # a repeat is no second question
        told = gateway.questions.to_tell()
        assert len(told) == 1
        gateway.questions.answered(told, [[told[0][0], verdict]])
        await settled(gateway)
        assert gateway.questions.to_tell() == []
        assert not gateway.lines[31].queue  # the server opens, by its own order
        verdicts = [body["verdict"] for _number, body in gateway.journal.store.take()]
        assert verdicts == [verdict] * (verdict == "not_verified")

    play(tmp_path, action, guarded("allow"))


def test_while_somebody_is_asked_the_controller_calls_often(tmp_path, quick):
    async def action(controller, gateway, clock):
        await controller.activate()
        gateway.last_sync = 1
        line = gateway.lines[31]
        line.held = dict(line.wanted)
        assert not line.is_busy()
        await controller.post(TAP)
        assert line.is_busy()
        clock.tick(questions.BUSY_SECONDS + 1)
        assert not line.is_busy()
        gateway.questions.answered([], [[gateway.questions.to_tell()[0][0], "held"]])

    play(tmp_path, action, guarded())


def test_a_question_does_not_wait_for_the_next_call(tmp_path, quick):
    asked = []

    class Listening(Server):
        async def do_sync(self, message):
            asked.append(message["questions"])
            return await super().do_sync(message)

    async def run():
        async with connected(tmp_path, Listening()) as (uplink, gateway, _store):
            gateway.settings = gateway.settings.__class__(sync_seconds=60)
            gateway.apply(guarded())
            line, controller = gateway.lines[31], gateway.rules.controllers[31]
            watching = asyncio.create_task(uplink.watch())
            while not asked:
                await asyncio.sleep(0.01)
            while gateway.last_sync is None:
                await asyncio.sleep(0.01)
            message = type("Check", (), {"id": "9", "card": CARD})
            assert gateway.questions.ask(controller, line, message, "in") == "held"
            async with asyncio.timeout(20):
                while not any(asked):
                    await asyncio.sleep(0.01)
            told = gateway.questions.to_tell()
            gateway.questions.answered([], [[key, "held"] for key, *_rest in told])
            watching.cancel()

    asyncio.run(run())
