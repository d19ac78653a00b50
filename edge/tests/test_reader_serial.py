"""Text readers behind pseudo terminals."""

import os
import tty

import pytest


class TextReader:
    """An IronLogic reader on a port; `path` stays the same when it is replugged."""

    def __init__(self, path):
        self.path = path
        self.plug()

    def plug(self):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        self.slave = slave  # open, as a real port outlives its readers

    def unplug(self):
        self.path.unlink()
        os.close(self.slave)
        os.close(self.master)

    def print(self, text, end="\r\n"):
        os.write(self.master, (text + end).encode())


@pytest.fixture
def ports(tmp_path):
    return [TextReader(tmp_path / name) for name in ("ttyA", "ttyB")]


@pytest.fixture
def page(agent, ports):
    names = [str(port.path) for port in ports]
    page, _token = agent(serial=names).paired()
    page.wait_readers(names)
    return page


MIFARE = "Mifare[BCD14264] 1K (0004,08) 066,53692"


def test_a_line_is_passed_on_as_it_is(page, ports):
    ports[0].print(MIFARE)
    assert page.wait("text") == {
        "type": "text", "text": MIFARE, "reader": str(ports[0].path), "kind": "serial",
    }  # fmt: skip
    ports[0].print("No card")
    assert page.wait("removed")["reader"] == str(ports[0].path)
    ports[1].print("19997 Em-Marine[5500] 126,58404")
    message = page.wait("text")
    assert message["text"] == "19997 Em-Marine[5500] 126,58404"
    assert message["reader"] == str(ports[1].path)


def test_a_reader_that_repeats_its_line_is_heard_once(page, ports):
    for _time in range(3):
        ports[0].print(MIFARE)
    ports[0].print("no card")
    ports[0].print("")
    ports[0].print("No Card")
    ports[0].print(MIFARE)
    kinds = [page.wait(kind)["type"] for kind in ("text", "removed", "text")]
    assert kinds == ["text", "removed", "text"]
    page.nothing_came()


def test_noise_stops_nothing(page, ports):
    os.write(ports[0].master, b"\xff\x00\xfe" * 1000)
    ports[0].print("")
    ports[0].print(MIFARE, end="")
    ports[0].print("", end="\r")
    assert page.wait("text")["text"] == MIFARE


def test_a_reader_that_is_unplugged_comes_back(page, ports):
    ports[0].print(MIFARE)
    page.wait("text")
    ports[0].unplug()
    assert page.wait("removed")
    page.wait_readers([str(ports[1].path)])
    ports[0].plug()
    page.wait_readers([str(port.path) for port in ports])
    ports[0].print(MIFARE)
    assert page.wait("text")
