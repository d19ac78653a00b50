"""Facts reach the state register once, whatever network, gateway and server do.

The gateway is a process of its own and speaks SOAP over a real socket.
"""

import contextlib
import os
import threading
import time

import pytest

from .support.egisso import PASSWORD, SCENE, Gateway
from .support.odoo_server import OdooServer
from .support.web import Web

TIMEOUT = 2  # seconds that the server waits for the gateway
FACTS = """
    SELECT f.uuid, f.state FROM egisso_fact f
      JOIN egisso_package_fact_rel r ON r.fact_id = f.id
     WHERE r.package_id = %s"""
STATE = "SELECT state, uuid, is_queued, trouble FROM egisso_package WHERE id = %s"
SNILS = "SELECT snils FROM school_student WHERE snils IS NOT NULL"


class Office:
    """A server with an accountant, the gateway, and packages that nobody sent yet."""

    def __init__(self, server, gateway):
        self.server, self.gateway = server, gateway
        scene = server.run_script(
            SCENE, password=PASSWORD, timeout=TIMEOUT, wsdl=gateway.wsdl
        )
        self.packages = scene["packages"]

    def new_package(self):
        """Take the next package; what the gateway was told before is forgotten."""
        self.gateway.control()
        self.web = Web(self.server, "one", PASSWORD)
        self.package = self.packages.pop()
        return self.package

    def press(self, action):
        self.web.call("egisso.package", f"action_{action}", [self.package])

    def state(self):
        [row] = self.server.query(STATE, [self.package])
        return row

    def facts(self):
        return dict(self.server.query(FACTS, [self.package]))

    def finish(self):
        """Press the buttons until the register has answered."""
        if self.state()[0] in ("draft", "exported"):
            self.press("send")
        if self.state()[0] == "sent":
            self.press("poll")
        assert self.state()[0] == "accepted"

    def assert_told_once(self, sends=1):
        facts, known = self.facts(), self.gateway.state()
        key = self.state()[1]
        assert len(facts) == 3
        assert set(facts.values()) == {"accepted"}
        assert {known["facts"].get(fact) for fact in facts} == {1}
        assert (known["packages"][key], known["sends"][key]) == (1, sends)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    gateway, server = Gateway(), OdooServer(tmp_path_factory.mktemp("egisso"))
    try:
        server.start()
        yield Office(server, gateway)
    finally:
        server.destroy()
        gateway.stop()


@pytest.fixture
def office(city):
    city.new_package()
    return city


def test_a_package_goes_out_and_its_answer_comes_back(office):
    before = office.gateway.state()["calls"]
    office.finish()
    office.assert_told_once()
    calls = office.gateway.state()["calls"][len(before) :]
    assert calls == ["getResult", "sendPackage", "getResult"]


@pytest.mark.parametrize("operation", ["getResult", "sendPackage"])
@pytest.mark.parametrize(
    "behaviour",
    ["drop", "hang", "fault", "garbage", "after_drop", "after_hang", "after_fault"],
)
def test_a_lost_answer_neither_repeats_nor_loses_facts(office, operation, behaviour):
    office.gateway.control(behaviours=[[operation, behaviour]])
    office.press("send")
    state, _uuid, is_queued, trouble = office.state()
    assert (state, is_queued) == ("draft", True)
    assert trouble
    office.finish()
    office.assert_told_once()


def test_answers_that_come_twice_are_taken_once(office):
    office.gateway.control(behaviours=[["*", "twice"]] * 4)
    office.finish()
    office.assert_told_once()


def test_two_people_send_at_once(office):
    clerks = [
        threading.Thread(
            target=click, args=(Web(office.server, login, PASSWORD), office.package)
        )
        for login in ("one", "two")
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    office.finish()
    office.assert_told_once()


def test_a_refused_fact_goes_again_in_a_new_package(office):
    refused = min(office.facts())
    office.gateway.control(refusals={refused: ["014", "СНИЛС не найден"]})
    office.press("send")
    office.press("poll")
    assert office.state()[0] == "partly"
    ids = office.web.call("egisso.fact", "search", [["uuid", "=", refused]])
    office.web.call("egisso.fact", "action_check", ids)
    office.web.call("egisso.package", "action_pack", [])
    first = office.facts()
    [[office.package]] = office.server.query("SELECT max(id) FROM egisso_package")
    office.finish()
    assert office.facts() == {refused: "accepted"}
    known = office.gateway.state()["facts"]
    assert {known[fact] for fact in first} == {1}


def test_the_logs_hold_no_person(office):
    office.gateway.control(
        behaviours=[["getResult", "garbage"], ["sendPackage", "after_fault"]]
    )
    office.press("send")
    office.press("send")
    office.finish()
    log = office.server.log.read_text(encoding="utf-8")
    assert "Льготник" not in log
    assert not [snils for [snils] in office.server.query(SNILS) if snils in log]
    assert PASSWORD not in log


def test_a_server_killed_after_handing_in_does_not_hand_in_again(office):
    office.gateway.control(behaviours=[["sendPackage", "after_hang"]])
    key = office.state()[1]
    office.web.patience = 0  # one click, sent once
    clerk = threading.Thread(target=click, args=(office.web, office.package))
    clerk.start()
    wait_for(lambda: key in office.gateway.state()["packages"])
    office.server.kill()
    clerk.join()
    office.server.start()
    assert office.state()[0] == "draft"  # what happened was forgotten
    office.web = Web(office.server, "one", PASSWORD)
    office.finish()
    office.assert_told_once()


def click(web, package):
    with contextlib.suppress(Exception):  # the server dies, or another was faster
        web.call("egisso.package", "action_send", [package])


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
