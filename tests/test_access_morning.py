"""A morning at the doors with a bad network and a server that dies: exact counts.

The simulator keeps what really happened; the server must know the same, once.
"""

import asyncio
import os

import pytest
from school_edge.simulate import crowd
from school_edge.simulate.link import Faults
from school_edge.simulate.play import Play

from .support import entrance
from .support.odoo_server import OdooServer

SECONDS = 12


def play_morning(server, scene, *, faults=None, trouble=None, jump=0):
    """Play; meanwhile let `trouble(play)` happen. Return the truth."""
    truth = entrance.CountingTruth()
    headers = {"X-Odoo-Database": server.database}

    async def run():
        cast = entrance.cast(server, scene)
        async with Play(cast, truth, faults=faults, headers=headers, seed=7) as play:
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


def check(server, truth):
    assert truth.counts["taken"] == truth.counts["events"] > 0
    assert entrance.passages(server) == dict(truth.passages)
    assert entrance.doubled(server) == []
    assert entrance.inside(server) == {
        card for card, is_inside in truth.inside.items() if is_inside
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A database to be cloned: (its name, what is there)."""
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    maker = OdooServer(tmp_path_factory.mktemp("prepared"))
    try:
        maker.prepare()
        yield maker.database, entrance.open_entrance(maker)
    finally:
        maker.destroy()


@pytest.fixture
def school(odoo_server, prepared):
    template, scene = prepared
    return odoo_server(workers=2, template=template), scene


@pytest.mark.parametrize(
    "faults",
    [
        Faults(lost_answer=0.2, lost_request=0.1, repeated=0.2),
        Faults(outages=[(SECONDS * 0.3, SECONDS * 0.7)]),
    ],
    ids=["bad network", "outage"],
)
def test_whatever_the_network_does_every_passage_is_known_once(school, faults):
    server, scene = school
    check(server, play_morning(server, scene, faults=faults))


def test_a_killed_server_loses_and_doubles_no_passage(school):
    server, scene = school

    def trouble():
        for _number in range(2):
            server.kill()
            server.start()

    check(server, play_morning(server, scene, trouble=trouble))


def test_a_clock_that_is_set_back_an_hour_loses_no_passage(school):
    server, scene = school
    truth = play_morning(server, scene, jump=-3600)
    assert truth.counts["taken"] == truth.counts["events"] > 0
    assert entrance.passages(server) == dict(truth.passages)
