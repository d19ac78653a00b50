"""The serving page in real Chromium: red screens, no network, killed programs.

The server is stopped for “no network”: nothing on the way can answer then. Events are
compared in the database: each exactly once.
"""

import os
from collections import Counter

import pytest

from .support.hatch import PASSWORD, SCENE, Tablet
from .support.odoo_server import OdooServer

EVENTS = """
    SELECT e.device_id, e.sequence, e.student_id, e.action, e.verdict, e.reason
      FROM meal_issue_event e
     WHERE e.school_id = %(school)s
     ORDER BY e.device_id, e.sequence
"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A database with a school at lunch, to be cloned: (its name, what is there)."""
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    maker = OdooServer(tmp_path_factory.mktemp("hatch"))
    try:
        maker.prepare()
        yield maker.database, maker.run_script(SCENE, password=PASSWORD)
    finally:
        maker.destroy()


@pytest.fixture
def hatch(odoo_server, scene, chromium, tmp_path):
    """(server, scene, a function that makes a paired tablet)."""
    template, place = scene
    server = odoo_server(workers=2, template=template)
    tablets = []

    def tablet():
        made = Tablet(chromium, server, tmp_path / f"profile-{len(tablets)}")
        tablets.append(made)
        return made.pair()

    yield server, place, tablet
    for made in tablets:
        made.switch_off()


def events(server, scene):
    return server.query(EVENTS, scene)


def test_a_lunch_with_all_its_red_screens(hatch):
    server, scene, tablet = hatch
    students = scene["students"]
    one = tablet()
    page = one.page
    assert page.inner_text("#portions") == "10"
    assert one.tap(0) == "ok"
    assert page.inner_text("#result .name") == "Ученика Иван"
    assert one.tap(0) == "second"
    assert one.tap(1) == "not_ordered"
    assert one.tap(2) == "taken_off"
    assert one.tap(4) == "blocked_card"
    assert one.tap("DEADBEEF") == "unknown_card"
    assert one.tap(12) == "unknown_card"  # the tablet does not know other schools
    page.wait_for_selector("#result[data-verdict=wrong_school]")
    assert page.inner_text("#result .detail") == "Школа 25"

    assert one.tap(1) == "not_ordered"
    page.click("#override")
    page.click("[data-reason=surplus]")

    assert one.tap(3) == "allergen"
    assert "Орехи" in page.inner_text("#result .detail")
    page.click("#override")  # a click is not enough
    assert page.locator("#panel[open]").count() == 0
    box = page.locator("#override").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.click("[data-reason=other_dish]", no_wait_after=True)
    page.mouse.up()

    page.evaluate("servingApp.clear()")
    page.click("#search-open")
    page.keyboard.type("ученике", delay=120)
    page.click(f"[data-student='{students[5]}']")
    assert one.verdict() == "ok"
    page.evaluate("servingApp.clear()")
    page.click("#undo")
    page.click("#undo-yes")
    page.click("#guest-open")
    page.click("[data-reason=staff]")
    page.wait_for_selector("#result[data-verdict=guest]")
    one.deliver()

    assert page.evaluate("servingApp.queue.refused.length") == 0
    found = events(server, scene)
    assert [row[1] for row in found] == list(range(1, len(found) + 1))
    assert Counter((row[3], row[4]) for row in found) == {
        ("given", "ok"): 2,
        ("undone", "ok"): 1,
        ("refused", "second"): 1,
        ("refused", "not_ordered"): 2,
        ("given", "not_ordered"): 1,
        ("refused", "taken_off"): 1,
        ("refused", "blocked_card"): 1,
        ("refused", "unknown_card"): 1,
        ("refused", "wrong_school"): 2,
        ("refused", "allergen"): 1,
        ("given", "allergen"): 1,
        ("given", "guest"): 1,
    }
    assert {row[5] for row in found} == {None, "surplus", "other_dish", "staff"}
    assert one.errors == []


def test_two_tablets_without_network_come_together(hatch):
    server, scene, tablet = hatch
    one, two = tablet(), tablet()
    server.stop()
    for each in (one, two):
        each.open()  # a power cut, and no network when it is over
        each.wait_ready()
        assert each.tap(0) == "ok"
        assert each.tap(0) == "second"
    assert one.tap(5) == "ok"
    assert two.tap(6) == "ok"
    assert (one.unsent(), two.unsent()) == (3, 3)
    assert one.page.is_visible("#offline")
    server.start()
    for each in (one, two, one, two):  # once to tell, once to hear
        each.deliver()
    found = events(server, scene)
    given = [row for row in found if row[3] == "given"]
    assert Counter(row[2] for row in given) == Counter(
        [scene["students"][n] for n in (0, 0, 5, 6)]
    )
    assert Counter(row[4] for row in given) == {"ok": 3, "second": 1}
    assert one.tap(6) == two.tap(5) == "second"  # each knows of the other's
    assert one.page.inner_text("#portions") == two.page.inner_text("#portions")


def test_a_killed_browser_loses_nothing(hatch):
    server, scene, tablet = hatch
    one = tablet()
    server.stop()
    for n in (0, 5, 6):
        assert one.tap(n) == "ok"
    one.kill()
    one.switch_on()
    one.wait_ready()
    assert one.unsent() == 3
    assert one.tap(0) == "second"
    assert one.tap(7) == "ok"
    server.start()
    one.deliver()
    found = events(server, scene)
    assert [row[1] for row in found] == [1, 2, 3, 4, 5]
    assert Counter(row[4] for row in found if row[3] == "given") == {"ok": 4}


def test_a_server_killed_in_the_middle_gets_each_event_once(hatch):
    server, scene, tablet = hatch
    one = tablet()
    server.stop()
    add = """async (count) => {
        for (let n = 0; n < count; n++) {
            await servingApp.record({verdict: "guest", source: "search"}, "given", {});
        }
    }"""
    one.page.evaluate(add, 1_200)
    assert one.unsent() == 1_200
    kills = 0
    while kills < 3:
        server.start()
        one.page.evaluate("servingApp.queue.send()")  # without waiting for its end
        one.page.wait_for_timeout(150 * kills)
        server.kill()
        kills += 1
    server.start()
    one.deliver()
    found = events(server, scene)
    assert [row[1] for row in found] == list(range(1, 1_201))


def test_a_storage_that_went_back_in_time_reuses_no_number(hatch):
    server, scene, tablet = hatch
    one = tablet()
    assert one.tap(0) == "ok"
    one.deliver()
    forget = """async () => {
        const store = await import("/school_meal_day/static/src/serving/store.js");
        await store.settleEvents([]);
        await store.set("next_sequence", 1);
        const db = await new Promise((resolve) => {
            const open = indexedDB.open("school_meal_serving");
            open.onsuccess = () => resolve(open.result);
        });
        await new Promise((resolve) => {
            const work = db.transaction("events", "readwrite");
            work.objectStore("events").clear();
            work.oncomplete = resolve;
        });
        await servingApp.queue.load();
    }"""
    one.page.evaluate(forget)
    assert one.tap(5) == "ok"
    one.deliver()
    found = events(server, scene)
    assert [(row[1], row[2]) for row in found] == [
        (1, scene["students"][0]),
        (2, scene["students"][5]),
    ]


def test_what_the_server_does_not_take_stays_on_the_tablet(hatch):
    server, scene, tablet = hatch
    one = tablet()
    one.page.evaluate(
        "servingApp.queue.add({date: servingApp.day.date, meal: 'tea',"
        " action: 'given', source: 'tap', verdict: 'ok'})"
    )
    one.page.wait_for_selector("#refused")
    one.open()
    one.page.click("#refused")
    assert one.page.inner_text("#panel .refused li span").strip()
    assert one.tap(0) == "ok"  # the others go on
    one.deliver()
    assert len(events(server, scene)) == 1
