"""The serving page in real Chromium: red screens, no network, killed programs.

The server is stopped for “no network”: nothing on the way can answer then. Events are
compared in the database: each exactly once.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from .support.hatch import PASSWORD, SCENE, Tablet
from .support.odoo_server import OdooServer

EVENTS = """
    SELECT e.device_id, e.sequence, e.student_id, e.action, e.verdict, e.reason
      FROM meal_issue_event e
     WHERE e.school_id = %(school)s
     ORDER BY e.device_id, e.sequence
"""


#: Who ordered does not come; two more have no order, one of them must not have nuts.
FREE = """
from odoo import Command

school = env["school.school"].browse(ARGUMENTS["scene"]["school"])
students = env["school.student"].browse(ARGUMENTS["scene"]["students"])
order = env["meal.order"].search([("student_id", "=", students[5].id)])
order._take_off("changed_mind")
env["school.calendar.period"].create({
    "kind": "extra_day", "company_id": school.company_id.id,
    "date_from": order.date, "school_ids": [Command.set(school.ids)]})
late = env["school.student"].create([{
    "last_name": "Поздний" + letter, "first_name": "Иван", "school_id": school.id,
    "class_id": students[0].class_id.id} for letter in "аб"])
late[1].allergen_ids = students[3].allergen_ids
env["school.enrolment"].search([("school_id", "=", school.id)]).date_from = "2026-09-01"
env["school.card"]._make([
    {"student_id": student.id, "uid": "A%05X01" % n, "state": "active"}
    for n, student in enumerate(late, 13)])
ANSWER = {"order": order.id, "state": order.state, "late": late.ids}
"""

PHOTOS = """
import base64
import io

from PIL import Image

file = io.BytesIO()
Image.new("RGB", (64, 64), "orange").save(file, "PNG")
students = env["school.student"].browse(ARGUMENTS["scene"]["students"][:5])
students.write({"image_1920": base64.b64encode(file.getvalue())})
ANSWER = len(students)
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
            const guest = {verdict: "guest", source: "search"};
            await servingApp.issuing.record(guest, "given", {});
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


def test_what_is_not_on_the_disk_is_not_green(hatch):
    _server, _scene, tablet = hatch
    one = tablet()
    page = one.page
    assert one.tap(5) == "ok"
    page.evaluate(
        "() => {servingApp.queue.add = () => Promise.reject(new Error('full'))}"
    )

    def is_red():
        page.wait_for_selector("#result.stop[data-verdict=not_recorded]")
        assert "undefined" not in page.inner_text("#result")
        assert page.inner_text("#result .verdict").strip()
        assert page.locator(".toast").count() == 0
        page.evaluate("servingApp.clear()")

    page.evaluate("servingApp.clear()")
    page.keyboard.type("A0000601")
    page.keyboard.press("Enter")
    is_red()
    page.click("#undo")
    page.click("#undo-yes")
    is_red()
    page.click("#guest-open")
    page.click("[data-reason=staff]")
    is_red()
    page.click("#search-open")
    page.keyboard.type("ученикб", delay=120)
    page.click("#panel .student")
    is_red()  # a red screen is recorded too
    assert page.evaluate("servingApp.queue.kept.size") == 1
    assert page.is_visible("#prompt.warned")


def test_the_next_meal_comes_by_itself_with_a_notice(hatch):
    _server, _scene, tablet = hatch
    one = tablet()
    page = one.page
    at = """([hour, choice]) => {
        const lunch = servingApp.day.meals.find((row) => row[1] === "lunch");
        servingApp.day.meals = [[9999, "breakfast", "Завтрак"], lunch];
        servingApp.hour = () => hour;
        if (choice === "start") {
            servingApp.meal = null;
            servingApp.recount();
        } else if (choice) {
            servingApp.chooseMeal(choice);
        }
        servingApp.render();
        const shown = !document.getElementById("notice").hidden;
        return [servingApp.meal === 9999 ? "breakfast" : "lunch", shown];
    }"""
    assert page.evaluate(at, [8, "start"]) == ["breakfast", False]
    assert page.evaluate(at, [11, None]) == ["breakfast", False]
    assert page.evaluate(at, [12, None]) == ["lunch", True]
    for size in ((1280, 800), (800, 1280), (390, 844)):
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        page.evaluate("servingApp.clear()")
        notice = page.locator("#notice").bounding_box()
        assert page.locator("#bar").bounding_box()["y"] >= notice["height"]
        assert one.tap(5) in ("ok", "second")
        assert page.locator("#photo").bounding_box()["y"] >= notice["height"]
        text, ground = page.evaluate("""() => {
            const button = document.querySelector("#notice button");
            const style = getComputedStyle(button);
            return [style.color, style.backgroundColor];
        }""")
        assert text != ground
    page.evaluate("servingApp.clear()")
    page.click("#notice-close")
    assert page.evaluate(at, [12.2, 9999]) == ["breakfast", False]  # by hand: it stays
    assert page.evaluate(at, [13, None]) == ["breakfast", False]


def test_the_clock_of_the_server_counts(hatch):
    server, scene, tablet = hatch
    one = tablet()
    page = one.page
    page.evaluate("""() => {
        const now = Date.now;
        Date.now = () => now() + 3 * 24 * 3600_000;
    }""")
    one.deliver()
    assert page.is_visible("#prompt.warned")
    assert one.tap(5) == "ok"
    one.deliver()
    [[lag, is_today]] = server.query(
        "SELECT abs(extract(epoch FROM received_at - occurred_at))::int,"
        "       date = (received_at + interval '3 hours')::date"
        "  FROM meal_issue_event WHERE school_id = %(school)s",
        scene,
    )
    assert lag < 60
    assert is_today


def test_a_portion_under_a_used_number_is_taken_back_with_its_new_one(hatch):
    server, scene, tablet = hatch
    one = tablet()
    page = one.page
    assert one.tap(0) == "ok"
    assert one.tap(5) == "ok"
    one.deliver()
    page.evaluate("""async () => {
        const db = await new Promise((resolve) => {
            const open = indexedDB.open("school_meal_serving");
            open.onsuccess = () => resolve(open.result);
        });
        await new Promise((resolve) => {
            const work = db.transaction(["events", "meta"], "readwrite");
            work.objectStore("events").clear();
            work.objectStore("meta").put(1, "next_sequence");
            work.oncomplete = resolve;
        });
        await servingApp.queue.load();
        servingApp.recount();
    }""")
    server.stop()
    assert one.tap(6) == "ok"
    page.click("#result .choices button:first-child")
    page.click("#undo-yes")
    page.wait_for_function("() => servingApp.queue.unsent.length === 2")
    server.start()
    one.deliver()
    assert page.evaluate("servingApp.queue.refused.length") == 0
    students = scene["students"]
    rows = [(row[1], row[2], row[3]) for row in events(server, scene)]
    assert rows == [
        (1, students[0], "given"),
        (2, students[5], "given"),
        (3, students[6], "given"),
        (4, students[6], "undone"),
    ]


def test_unsent_portions_hold_the_tablet_at_its_school(hatch):
    server, _scene, tablet = hatch
    one = tablet()
    page = one.page
    server.stop()
    assert one.tap(5) == "ok"
    server.start()
    page.evaluate("servingApp.server.token = null")  # it cannot deliver
    page.evaluate("servingApp.pairing.school = 999999")
    page.evaluate("void servingApp.pairAgain()")
    page.wait_for_selector("#sign-in")
    assert "Школа 24" in page.inner_text("#pairing p")
    assert page.locator("#pair").count() == 0


def test_a_freed_portion_goes_to_who_has_none(hatch):
    server, scene, tablet = hatch
    made = server.run_script(FREE, scene=scene)
    assert made["state"] == "freed"
    one, two = tablet(), tablet()
    server.stop()
    for each, n in ((one, 1), (two, 13)):
        each.open()
        each.wait_ready()
        assert each.tap(14) == "allergen"
        assert each.page.locator("#hand-over").count() == 0
        assert each.page.inner_text("#portions") == "10"
        assert each.tap(n) == "not_ordered"
        each.page.wait_for_selector("#result.offer")
        assert each.page.locator("#override").count() == 0
        each.page.evaluate("""() => {
            const button = document.getElementById("hand-over");
            button.click();
            button.click();
        }""")
        each.page.wait_for_selector("#result", state="hidden")
        assert each.page.inner_text("#portions") == "9"
        assert each.tap(n) == "second"
    assert one.tap(13) == "not_ordered"  # it was the last one, so far as this one knows
    assert one.page.is_visible("#result.stop")
    server.start()
    one.deliver()
    two.deliver()
    one.deliver()
    given = [row[2:] for row in events(server, scene) if row[3] == "given"]
    assert given == [
        (scene["students"][1], "given", "ok", "freed"),
        (made["late"][0], "given", "not_ordered", "freed"),
    ]
    orders = server.query(
        "SELECT student_id, state, passed_from_id FROM meal_order"
        " WHERE id = %(order)s OR passed_from_id = %(order)s ORDER BY id",
        made,
    )
    assert orders == [
        (scene["students"][5], "passed_on", None),
        (scene["students"][1], "cooked", made["order"]),
    ]
    for each in (one, two):
        assert each.page.inner_text("#portions") == "8"
        assert each.tap(14) == "allergen"
    assert one.errors == two.errors == []


def test_new_code_of_the_server_is_used_once_nobody_is_served(hatch, tmp_path):
    server, _scene, tablet = hatch
    one = tablet()
    page = one.page
    server.stop()
    assert one.tap(5) == "ok"
    addons = tmp_path / "addons"
    shutil.copytree(Path(__file__).parents[1] / "addons", addons)
    with (addons / "school_meal_day/static/src/serving/view.js").open("a") as code:
        code.write('\ndocument.documentElement.dataset.code = "new";\n')
    server.options = [("addons_path", addons)]
    server.start()
    assert one.tap(6) == "ok"  # a child is on the screen
    page.evaluate("clearTimeout(servingApp.clearTimer)")
    one.deliver()
    page.wait_for_function("() => servingApp.loader.isReloadDue")
    page.evaluate("servingApp.render()")
    assert one.verdict() == "ok"
    assert page.get_attribute("html", "data-code") is None
    page.evaluate("servingApp.clear()")
    page.wait_for_selector("html[data-code=new]")
    one.wait_ready()
    assert one.tap(5) == one.tap(6) == "second"
    server.stop()
    one.open()
    one.wait_ready()
    assert page.get_attribute("html", "data-code") == "new"  # without network too
    assert one.tap(7) == "ok"
    assert one.errors == []


def test_photos_come_in_the_background_and_stay(hatch):
    server, scene, tablet = hatch
    count = server.run_script(PHOTOS, scene=scene)
    one = tablet()
    page = one.page
    kept = """async (count) => {
        let kept = 0;
        for (let n = 0; kept !== count && n < 300; n++) {
            await new Promise((resolve) => setTimeout(resolve, 200));
            kept = (await (await caches.open("serving-photos")).keys()).length;
        }
        return kept;
    }"""
    assert page.evaluate(kept, count) == count
    server.stop()
    one.open()
    one.wait_ready()
    assert one.tap(0) == "ok"
    page.wait_for_selector("#photo img")
    assert one.tap(5) == "ok"
    assert page.inner_text("#photo") == "УИ"  # no photo: the initials

    # the network goes while they are fetched: not one wait for each child
    asked = page.evaluate("""async () => {
        await caches.delete("serving-photos");
        for (const student of servingApp.day.students.values()) {
            student.photo = student.photo && "new"; // not in the browser's own cache
        }
        const fetch = servingApp.server.photo.bind(servingApp.server);
        let asked = 0;
        servingApp.server.photo = (...args) => {
            asked += 1;
            return fetch(...args);
        };
        await servingApp.loader.getPhotos();
        return asked;
    }""")
    assert asked == 3 < count
    server.start()
    one.deliver()
    assert page.evaluate(kept, count) == count


def test_an_unknown_card_without_network_says_what_it_may_be(hatch):
    server, scene, tablet = hatch
    one = tablet()
    page = one.page
    assert one.tap("DEADBEEF") == "unknown_card"
    known = page.inner_text("#result .detail")
    assert "undefined" not in page.inner_text("#result")
    one.deliver()
    server.stop()
    page.evaluate("servingApp.loader.refresh()")
    page.wait_for_selector("#offline")
    assert one.tap(12) == "unknown_card"  # of another school
    assert "другой школы" in page.inner_text("#result .detail")
    assert "другой школы" not in known
    server.start()
    one.deliver()
    last = events(server, scene)[-1]
    assert last[2:5] == (scene["alien"], "refused", "wrong_school")
