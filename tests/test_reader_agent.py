"""Cards from the reader agent in real Chromium: the real PC/SC service, a virtual card,
the agent as a process; the serving page and the enrolment of cards."""

import pytest

from edge.tests.support.agent import Agent, wait_for
from edge.tests.support.pcsc_stack import PcscStack, why_not

from .support.canteen import PASSWORD
from .support.hatch import card, issue_events

USE_PORT = """port => import("/school_meal_day/static/src/serving/store.js")
    .then(store => store.set("reader_agent", port))"""
STATUS = "status => servingApp.agentReaders.agent?.status === status"
ENROLMENT = "school_meal_base.school_card_enrol_action"
#: Two cards without a number, and who gives them one.
JOBS = """
school = env["school.school"].browse(ARGUMENTS["school"])
company = school.company_id
students = env["school.student"].browse(ARGUMENTS["students"][:2])
cards = env["school.card"].create([{"student_id": item.id} for item in students])
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Оператор", "login": "enrol", "password": ARGUMENTS["password"],
    "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
    "company_ids": [(6, 0, company.ids)], "school_ids": [(6, 0, school.ids)],
    "group_ids": [(6, 0, env.ref("school_meal_base.group_operator").ids)]})
ANSWER = cards.ids
"""


@pytest.fixture
def pcsc(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    stack = PcscStack(tmp_path)
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture
def agent(hatch, pcsc, tmp_path):
    """The agent of the tablet's computer, not started yet."""
    server, _scene, _tablet = hatch
    folder = tmp_path / "agent"
    folder.mkdir()
    origin = f"http://127.0.0.1:{server.port}"
    made = Agent(folder, pcsc=True, origins=[origin], environment=pcsc.environment)
    yield made
    if made.process:
        made.process.kill()
        made.process.wait()


def set_permission(one, setting):
    """What somebody has answered to the browser's question about this computer."""
    devtools = one.context.new_cdp_session(one.page)
    for name in ("local-network-access", "loopback-network", "local-network"):
        permission = {"permission": {"name": name}, "setting": setting}
        devtools.send("Browser.setPermission", permission)


def place(one, pcsc, uid):
    """Hold a card to the reader until the page has dealt with it; the verdict."""
    one.page.evaluate("servingApp.clear()")
    count = one.page.evaluate("servingApp.queue.kept.size")
    held = pcsc.place(uid)
    one.page.wait_for_function("n => servingApp.queue.kept.size > n", arg=count)
    held.remove()
    wait_for(lambda: not pcsc.has_card(), "the card is still there")
    return one.verdict()


def test_a_card_on_a_reader_of_the_computer_serves_a_child(hatch, agent, pcsc):
    server, scene, tablet = hatch
    one = tablet()
    page = one.page
    page.evaluate(USE_PORT, agent.port)
    page.click("[aria-label=Меню]")
    page.click("#agent-open")
    page.wait_for_selector("[data-status=searching]")
    set_permission(one, "denied")
    page.wait_for_selector("[data-status=blocked]")
    set_permission(one, "granted")

    agent.start()
    page.wait_for_selector("#agent-code")
    page.fill("#agent-code", f"{int(agent.code()) ^ 1:06}")
    page.click("#agent-pair")
    page.wait_for_selector("#agent .error:not(:empty)")
    page.fill("#agent-code", agent.code())
    page.click("#agent-pair")
    page.wait_for_selector("[data-status=connected]")

    assert place(one, pcsc, card(0)) == "ok"
    assert place(one, pcsc, card(0)) == "second"
    assert place(one, pcsc, "041B4B62D22F80") == "unknown_card"
    pcsc.place("08123456")
    page.wait_for_selector("#toasts .toast")

    # it is known after both have been started anew, and a revoked page is not
    agent.stop()
    page.wait_for_selector("#no-reader")
    page.reload()
    one.wait_ready()
    agent.start()
    page.wait_for_function(STATUS, arg="connected")
    agent.forget()
    page.wait_for_function(STATUS, arg="pairing")

    one.deliver()
    verdicts = [(row[3], row[4]) for row in issue_events(server, scene)]
    assert verdicts == [
        ("given", "ok"),
        ("refused", "second"),
        ("refused", "unknown_card"),
    ]


def test_cards_get_their_numbers_from_a_reader_of_the_computer(
    hatch, agent, pcsc, people
):
    server, scene, _tablet = hatch
    jobs = server.run_script(JOBS, **scene, password=PASSWORD)
    agent.start()
    operator = people(server, "operator").sign_in("enrol", PASSWORD)
    operator.page.evaluate(
        "port => localStorage.school_reader_agent = port", agent.port
    )
    operator.open_action(ENROLMENT)
    operator.see(".o_card_enrol_agent[data-status=pairing]").click()
    operator.page.fill(".o_school_agent_pairing input", agent.code())
    operator.page.click(".o_school_agent_connect")
    operator.see(".o_card_enrol_agent[data-status=connected] .btn-success")

    held = pcsc.place("08123456")
    operator.see(".o_card_enrol_message.alert-danger")
    held.remove()
    for uid in ("041B4B62D22F80", "BCD14264"):
        wait_for(lambda: not pcsc.has_card(), "the card is still there")
        held = pcsc.place(uid)
        operator.see(".o_card_enrol_message.alert-success")
        operator.see(".o_card_enrol_progress", f"{1 + (uid == 'BCD14264')} / 2")
        held.remove()
    operator.see(".o_card_enrol_done")
    numbers = server.query(
        "SELECT uid FROM school_card WHERE id = ANY(%(jobs)s) ORDER BY uid",
        {"jobs": jobs},
    )
    assert [row[0] for row in numbers] == ["041B4B62D22F80", "BCD14264"]
