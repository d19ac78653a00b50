"""The serving page without network, with killed programs and with new code.

The server is stopped for “no network”: nothing on the way can answer then.
"""

import shutil
from collections import Counter
from pathlib import Path

from .support.hatch import issue_events

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
    found = issue_events(server, scene)
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
    found = issue_events(server, scene)
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
    found = issue_events(server, scene)
    assert [row[1] for row in found] == list(range(1, 1_201))


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
    last = issue_events(server, scene)[-1]
    assert last[2:5] == (scene["alien"], "refused", "wrong_school")
