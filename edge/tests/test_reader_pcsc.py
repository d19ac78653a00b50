"""The reader agent on the real PC/SC service, with virtual cards."""

import pytest
from support.agent import wait_for
from support.pcsc_stack import NAMES, NOT_SUPPORTED

FIRST, SECOND = NAMES


@pytest.fixture
def page(agent, pcsc):
    """A paired page of an agent whose two readers are there."""
    started = agent(pcsc=True, environment=pcsc.environment)
    page, _token = started.paired()
    page.agent = started
    return ready(page)


def ready(page):
    page.wait_readers(NAMES)
    return page


@pytest.mark.parametrize("uid", ["BCD14264", "041B4B62D22F80", "0102030405060708090A"])
def test_a_card_is_told_once_and_its_removal(page, pcsc, uid):
    for _time in range(2):
        card = pcsc.place(uid)
        assert page.wait("card") == {
            "type": "card", "uid": uid, "reader": FIRST, "kind": "pcsc",
        }  # fmt: skip
        card.remove()
        assert page.wait("removed")["reader"] == FIRST
        assert card.reads == 1


def test_the_number_of_a_phone_is_marked(page, pcsc):
    pcsc.place("08BC1234")
    assert page.wait("card")["random"] is True


@pytest.mark.parametrize("status", [NOT_SUPPORTED, bytes.fromhex("6300")])
def test_a_card_without_a_number_is_said_so(page, pcsc, status):
    card = pcsc.place("BCD14264", refusal=status)
    assert page.wait("unreadable") == {
        "type": "unreadable", "reader": FIRST, "kind": "pcsc",
    }  # fmt: skip
    card.remove()
    assert page.wait("removed")


def test_two_readers_at_once(page, pcsc):
    first = pcsc.place("BCD14264", slot=0)
    assert page.wait("card")["reader"] == FIRST
    second = pcsc.place("9DCB4340", slot=1)
    assert page.wait("card")["reader"] == SECOND
    first.remove()
    assert page.wait("removed")["reader"] == FIRST
    second.remove()
    assert page.wait("removed")["reader"] == SECOND


def test_readers_that_are_unplugged_come_back(page, pcsc):
    card = pcsc.place("BCD14264")
    page.wait("card")
    pcsc.stop()
    card.remove()
    page.wait_readers([])
    pcsc.unplug()
    pcsc.start()
    # the reader is away, and the card with it
    assert page.wait("removed")["reader"] == FIRST
    pcsc.stop()
    pcsc.plug()
    pcsc.start()
    page.wait_readers(NAMES)
    pcsc.place("9DCB4340")
    assert page.wait("card")["uid"] == "9DCB4340"


def test_a_card_swapped_between_two_looks_is_seen(page, pcsc):
    card = pcsc.place("BCD14264")
    page.wait("card")
    with page.agent.asleep():
        card.remove()
        wait_for(lambda: not pcsc.has_card(), "the card is still there")
        pcsc.place("9DCB4340")
        wait_for(pcsc.has_card, "no card")
    assert page.wait("removed")
    assert page.wait("card")["uid"] == "9DCB4340"


def test_a_card_that_lies_there_while_the_service_restarts_is_not_new(page, pcsc):
    card = pcsc.place("BCD14264")
    page.wait("card")
    with page.agent.asleep():
        pcsc.stop()
        card.remove()
        pcsc.start()
        again = pcsc.place("BCD14264")
        wait_for(pcsc.has_card, "no card")
    wait_for(lambda: again.reads, "the card is not read")
    again.remove()
    assert page.wait("removed")
    page.nothing_came()


def test_an_agent_that_starts_before_the_service_waits_for_it(agent, pcsc):
    pcsc.stop()
    page, _token = agent(pcsc=True, environment=pcsc.environment).paired()
    pcsc.start()
    page.wait_readers(NAMES)
    pcsc.place("BCD14264")
    assert page.wait("card")["uid"] == "BCD14264"


def test_no_card_number_gets_into_the_log_or_onto_the_disk(page, pcsc):
    agent = page.agent
    card = pcsc.place("BCD14264")
    page.wait("card")
    page.close()
    card.remove()
    other = pcsc.place("9DCB4340", slot=1)  # nobody listens
    wait_for(lambda: other.reads, "the card is not read")
    assert agent.stop() == 0
    for path in (agent.log, agent.tokens):
        text = path.read_text().upper()
        assert text
        assert "BCD14264" not in text
        assert "9DCB4340" not in text
    assert sorted(path.name for path in agent.folder.iterdir()) == [
        "agent.log", "school-edge.toml", "tokens.json",
    ]  # fmt: skip
