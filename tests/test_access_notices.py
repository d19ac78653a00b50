"""Parents are told once, whatever happens to the server while it sends."""

from collections import Counter

import pytest

from .support import entrance
from .support.families import Door, make_families, states, wait_for
from .support.odoo_server import OdooServer
from .support.smtp import MailStandIn
from .support.telegram import TelegramStandIn

STUDENTS = 60
#: `SEND_BATCH` of the add-on: so many are in doubt when the sender is killed.
IN_DOUBT = 20
#: Two minutes pass for those who were being told when the server died.
TIME_PASSES = """
    UPDATE access_notice SET tried_at = tried_at - interval '10 minutes'
     WHERE state = 'sending' RETURNING id
"""


@pytest.fixture
def open_school(tmp_path):
    """Return a function that makes the school and its families, then starts the server:
    the scheduler must not run while it is arranged."""
    server = OdooServer(tmp_path, options={"max_cron_threads": 1}.items())

    def start(telegram, **families):
        server.prepare()
        scene = entrance.open_entrance(server, students=STUDENTS, controllers=1)
        make_families(server, scene, telegram, **families)
        server.start()
        return server, scene

    yield start
    server.destroy()


def is_done(server):
    found = states(server)
    return found and not found.keys() & {"queued", "sending"}


def test_a_sender_that_is_killed_tells_nobody_twice(open_school):
    with TelegramStandIn(delay=0.2) as telegram:
        server, scene = open_school(telegram)
        Door(server, scene).tap(scene["cards"])
        wait_for(lambda: len(telegram.sent) >= IN_DOUBT // 2)
        server.kill()
        told_before = len(telegram.sent)
        held = server.query(TIME_PASSES)
        assert 0 < len(held) <= IN_DOUBT
        server.start()
        wait_for(lambda: is_done(server), 120)
        found = states(server)
        assert found == {"uncertain": len(held), "sent": STUDENTS - len(held)}
        chats = Counter(chat for chat, _text, _at in telegram.sent)
        assert max(chats.values()) == 1, "told twice"
        assert told_before < len(chats) <= STUDENTS
        assert len(chats) >= STUDENTS - len(held)


def test_a_server_killed_before_it_sends_tells_everybody_afterwards(open_school):
    with TelegramStandIn() as telegram:
        server, scene = open_school(telegram)
        server.query(
            "UPDATE ir_cron SET active = false RETURNING id"
        )  # a slow scheduler
        Door(server, scene).tap(scene["cards"])
        server.kill()
        assert states(server) == {"queued": STUDENTS}
        server.query(
            "UPDATE ir_cron SET active = true, nextcall = now() at time zone 'UTC'"
            " WHERE cron_name = 'Access: send notices of passage' RETURNING id"
        )
        server.start()
        wait_for(lambda: is_done(server), 120)
        assert states(server) == {"sent": STUDENTS}
        chats = Counter(chat for chat, _text, _at in telegram.sent)
        assert len(chats) == STUDENTS and max(chats.values()) == 1


def test_letters_go_out_and_a_mailbox_that_is_none_is_given_up(open_school):
    with TelegramStandIn() as telegram, MailStandIn() as mail:
        mail.unknown.add("parent3@example.com")
        server, scene = open_school(telegram, smtp=mail, channels=["email"])
        Door(server, scene).tap(scene["cards"])
        wait_for(lambda: is_done(server), 120)
        assert states(server) == {"sent": STUDENTS - 1, "failed": 1}
        addresses = Counter(address for address, *_rest in mail.sent)
        assert len(addresses) == STUDENTS - 1 and max(addresses.values()) == 1
        for _address, subject, text, _at in mail.sent:
            assert subject == "Test: notice of the school"
            assert "Tapova" not in subject + text
        assert server.query(
            "SELECT count(*) FROM access_subscription WHERE state = 'stopped'"
        ) == [(1,)]
