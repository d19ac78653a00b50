"""A day is closed by killed servers and by two people at once: all of it, and once."""

import contextlib
import threading
import time

import pytest

from .support.fed_school import OWED, PASSWORD, SCENE, STATE, WRONG
from .support.web import Refused, Web

#: Seconds from the click to the kill; the closing itself takes about half a second.
KILLED_AFTER = (0.1, 0.25, 0.4, 0.15, 0.3)


@pytest.fixture
def fed_school(odoo_server):
    """(server, scene) of a school with a day to close."""
    server = odoo_server(workers=2)
    return server, server.run_script(SCENE, password=PASSWORD)


def close(server, scene, login):
    """What the server answered: "closed", or the sentence of its refusal."""
    try:
        Web(server, login, PASSWORD).call("meal.day", "action_close", [scene["day"]])
    except Refused as refusal:
        return refusal.message
    return "closed"


def state(server, scene):
    [row] = server.query(STATE, scene)
    return row


def assert_closed_once(server, scene):
    name, lines, parts, transfers = state(server, scene)
    assert name == "closed"
    assert lines == scene["orders"]
    assert parts == transfers > lines
    assert server.query(WRONG, scene) == []
    [(owed, taken)] = server.query(OWED, scene)
    assert owed == taken > 0


def test_a_killed_server_closes_all_of_a_day_or_nothing(fed_school):
    server, scene = fed_school
    web = Web(server, "one", PASSWORD)
    web.call("meal.day", "read", [scene["day"]], ["state"])  # the workers are warm
    web.patience = 0  # one click, sent once
    killed = 0
    for delay in KILLED_AFTER:
        clerk = threading.Thread(target=click, args=(web, scene))
        clerk.start()
        time.sleep(delay)
        server.kill()
        clerk.join()
        server.start()
        name, *rows = state(server, scene)
        if name == "closed":
            break
        assert rows == [0, 0, 0]
        killed += 1
    assert killed
    close(server, scene, "one")
    assert_closed_once(server, scene)


def click(web, scene):
    with contextlib.suppress(Refused, TimeoutError):
        web.call("meal.day", "action_close", [scene["day"]])


def test_two_people_close_a_day_once(fed_school):
    server, scene = fed_school
    answers = []
    threads = [
        threading.Thread(
            target=lambda login=login: answers.append(close(server, scene, login))
        )
        for login in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "closed" in answers
    assert_closed_once(server, scene)
    assert close(server, scene, "two") != "closed"
    assert_closed_once(server, scene)
