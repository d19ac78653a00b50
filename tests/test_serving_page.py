"""The serving page in real Chromium: red screens, numbers of events, clocks.

Events are compared in the database: each exactly once.
"""

from collections import Counter

from .support.hatch import issue_events


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
    # the tablet does not know other schools; a fast server has said it already
    assert one.tap(12) in ("unknown_card", "wrong_school")
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
    found = issue_events(server, scene)
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
    found = issue_events(server, scene)
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
    assert len(issue_events(server, scene)) == 1


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
    rows = [(row[1], row[2], row[3]) for row in issue_events(server, scene)]
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
    # It cannot deliver: said before the server is back, or it may be quicker.
    page.evaluate("servingApp.server.token = null")
    page.evaluate("servingApp.pairing.school = 999999")
    server.start()
    page.evaluate("void servingApp.pairAgain()")
    page.wait_for_selector("#sign-in")
    assert "Школа 24" in page.inner_text("#pairing p")
    assert page.locator("#pair").count() == 0
