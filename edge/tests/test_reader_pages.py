"""Which pages hear cards: address, origin, pairing, revoking, the page in front."""

import stat

import pytest
import websocket
from support.agent import ORIGIN, wait_for
from test_reader_serial import MIFARE, TextReader

STRANGER = "https://evil.example.com"


@pytest.fixture
def reader(tmp_path):
    return TextReader(tmp_path / "ttyA")


@pytest.fixture
def started(agent, reader):
    return agent(serial=[str(reader.path)])


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", "", ORIGIN + ".evil.com", "http://meals.example.org"]
)
def test_a_page_of_another_server_is_turned_away(started, origin):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        started.page(origin=origin)
    assert refusal.value.status_code == 403
    if origin:
        assert origin in started.get("/")[2]


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1:1", "localhost"])
def test_a_name_that_leads_to_this_computer_is_not_its_own(started, host):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        started.page(host=host)
    assert refusal.value.status_code == 421
    assert started.get("/", Host=host)[0] == 421


def test_the_code_is_for_no_other_page_to_read(started):
    _status, headers, text = started.get("/", Origin=ORIGIN)
    assert started.code()[:3] in text
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert started.code() in started.log.read_text()


def test_a_page_without_pairing_hears_nothing(started, reader):
    page, _token = started.paired()
    silent = started.page()
    silent.send("front")
    reader.print(MIFARE)
    assert page.wait("text")
    silent.nothing_came()


def test_a_code_is_for_one_page(started):
    code = started.code()
    page = started.page()
    page.send("pair", code=f"{code[:3]} {code[3:]}")
    assert page.wait("paired")
    other = started.page()
    other.send("pair", code=code)
    assert other.wait("refused")["reason"] == "code"


def test_guessing_the_code_is_stopped(started):
    page = started.page()
    wrong = [f"{int(started.code()) ^ 1:06}", "", "12345", None, ["1"]]
    for code in wrong:
        page.send("pair", code=code)
        assert page.wait("refused")["reason"] == "code"
    # another page does not help, nor the right code
    other = started.page()
    other.send("pair", code=started.code())
    refusal = other.wait("refused")
    assert refusal["reason"] == "wait"
    assert 0 < refusal["seconds"] <= 60


def test_a_paired_page_is_known_after_a_restart(started, reader):
    page, token = started.paired()
    page.close()
    assert started.stop() == 0
    assert stat.S_IMODE(started.tokens.stat().st_mode) == 0o600
    assert token not in started.tokens.read_text()
    started.start()
    page = started.page(token)
    page.wait_readers([str(reader.path)])
    reader.print(MIFARE)
    assert page.wait("text")


def test_a_token_is_worth_something_to_its_own_server_only(agent):
    started = agent(origins=[ORIGIN, "https://other.example.org"])
    _page, token = started.paired()
    thief = started.page(token, origin="https://other.example.org")
    assert thief.wait("refused")["reason"] == "token"


def test_a_forgotten_page_is_told_and_hears_no_more(started, reader):
    page, token = started.paired()
    assert started.forget() == "Забыто страниц: 1\n"
    assert page.wait("refused")["reason"] == "token"
    assert page.receive() is None
    again = started.page(token)
    assert again.wait("refused")["reason"] == "token"
    reader.print(MIFARE)
    again.nothing_came()


def test_the_page_in_front_gets_the_card(started, reader):
    till, _token = started.paired()
    serving, _token = started.paired()

    def tap(listener, other):
        reader.print(MIFARE)
        assert listener.wait("text")
        reader.print("No card")
        assert listener.wait("removed")
        other.nothing_came()

    tap(serving, till)
    till.send("front")
    till.nothing_came()
    tap(till, serving)
    serving.send("front")
    serving.nothing_came()
    tap(serving, till)
    serving.close()
    wait_for(lambda: started.get("/")[2].count(f"<li>{ORIGIN}") == 1, "still two")
    reader.print(MIFARE)
    assert till.wait("text")


@pytest.mark.parametrize("data", ["", "{", "[]", '{"type": 1}', "x" * 5000, "[" * 2000])
def test_what_is_no_message_ends_the_connection_only(started, reader, data):
    page, _token = started.paired()
    other = started.page()
    other.socket.send(data)
    assert other.receive() is None
    page.send("something new", value={})
    reader.print(MIFARE)
    assert page.wait("text")


def test_a_damaged_file_of_tokens_lets_nobody_in(started):
    page, token = started.paired()
    started.tokens.write_text('[{"digest": 1}]')
    assert page.wait("refused")["reason"] == "token"
    assert started.page(token).wait("refused")
    _page, token = started.paired()
    assert started.page(token).wait("readers")
