"""Two tills, vending machines and the office at once: nothing overdrawn, doubled, lost.

One storm, looked at by several tests; `SCHOOL_MEAL_STORM` is the number of calls.
"""

import os

import pytest

from .support.canteen import close_books
from .support.crew import gather
from .support.device import Device
from .support.invariants import snapshot, violations
from .support.storm import Storm
from .support.till import Till

CALLS = int(os.environ.get("SCHOOL_MEAL_STORM", "2500"))


@pytest.fixture(scope="module")
def aftermath(served_canteen):
    """What a storm has left: (server, scene, storm)."""
    server, scene = served_canteen
    crew = gather(server, scene, "calm")
    for client in (crew[0].client, crew[-2].client):
        client.recording = True
    with Storm(crew, calls=CALLS) as storm:
        pass
    return server, scene, storm


def test_nothing_is_overdrawn_doubled_or_lost(aftermath):
    server, _scene, storm = aftermath
    assert violations(server, storm) == []


def test_the_storm_was_none_in_a_teacup(aftermath):
    server, _scene, storm = aftermath
    done = storm.done()
    for name in ("tap", "order", "refund", "capture", "void", "topup", "move"):
        assert done[name] >= CALLS / 250, done
    assert server.query("SELECT count(*) FROM meal_transfer WHERE forced")[0][0]
    for kind in (Till, Device):
        crew = [one for one in storm.crew if isinstance(one.client, kind)]
        assert any(one.record.refused for one in crew), "money never ran out"


def replay(storm):
    """Send what one till and one device were acknowledged, once more, in order."""
    answers = []
    for participant in storm.crew:
        client, refused = participant.client, participant.record.refused
        for _name, path, body in client.sent:
            # What was refused has left nothing: the same number would be a new try.
            if not any(number in body for number in refused):
                answers.append(client.post(path, body)[0])
    return answers


def test_every_call_sent_again_changes_nothing(aftermath):
    server, _scene, storm = aftermath
    before = snapshot(server)
    answers = replay(storm)
    assert len(answers) > CALLS / 20
    assert max(answers) < 500
    assert snapshot(server) == before


def test_the_books_agree_and_late_repeats_change_nothing(aftermath):
    server, scene, storm = aftermath
    books = close_books(server, scene)
    assert books["closed"] == [True, True]
    assert books["unposted"] == []
    assert books["differences"] == [0.0, 0.0, 0.0, 0]
    assert books["findings"] == {}
    assert books["rows"] and books["checks"] > 5, "nothing was compared"
    before = snapshot(server)
    replay(storm)
    assert snapshot(server) == before
