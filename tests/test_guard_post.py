"""The guard's page in real Chromium at ten passes a second, through a cut network.

Passes are written as the log's own function does; the page is the real one.
"""

import threading
import time
from uuid import uuid4

from .support.browser import Person

PASSWORD = "guard-password-1"
RATE = 10  # passes a second
SECONDS = 24
SHOWN = 40  # cards on the page

SCENE = """
from odoo import Command

env = env(context=dict(env.context, lang="ru_RU", tracking_disable=True))
company = env["res.company"].create({
    "name": "Город Проходной", "currency_id": env.ref("base.RUB").id,
    "country_id": env.ref("base.ru").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school = env["school.school"].create({
    "name": "Школа 24", "short_name": "Школа 24", "code": "024",
    "company_id": company.id, "tz": "Europe/Moscow"})
school_class = env["school.class"].create({
    "school_id": school.id, "grade": 5, "letter": "А"})
students = env["school.student"].create([{
    "last_name": "Ученик", "first_name": "И" + "вгджзклмнп"[n % 10] * (n // 10 + 1),
    "school_id": school.id, "class_id": school_class.id} for n in range(300)])
people = env["access.person"].search([("student_id", "in", students.ids)])
people = people or env["access.person"].create([
    {"kind": "student", "student_id": student.id} for student in students])
site = env["access.site"].create({"name": "Вход", "school_id": school.id})
point = env["access.point"].create({
    "name": "Турникет", "site_id": site.id, "verification": "guard",
    "verification_seconds": 300})
controller = env["access.controller"].create({
    "name": "К-1", "point_id": point.id, "serial": "44374"})
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Охранник", "login": "post-guard", "password": ARGUMENTS["password"],
    "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set(env.ref("school_access.group_guard").ids)],
    "school_ids": [Command.set(school.ids)]})
ANSWER = {"site": site.id, "school": school.id, "company": company.id,
          "point": point.id, "controller": controller.id, "people": people.ids,
          "students": people.student_id.ids}
"""

PASSED = """
    INSERT INTO access_event_log (occurred_at, event_key, controller_id, point_id,
           site_id, school_id, company_id, person_id, student_id, direction, kind,
           verdict, moves_to, received_at)
    SELECT now() AT TIME ZONE 'UTC', %(key)s::uuid, %(controller)s, %(point)s, %(site)s,
           %(school)s, %(company)s, %(person)s, %(student)s, 'in', 'pass', 'granted',
           'inside', now() AT TIME ZONE 'UTC'
"""
ASKED = """
    INSERT INTO access_verification (uuid, point_id, controller_id, site_id, school_id,
           company_id, person_id, direction, asked_at, expires_at, state)
    SELECT %(key)s, %(point)s, %(controller)s, %(site)s, %(school)s, %(company)s,
           %(person)s, 'in', now() AT TIME ZONE 'UTC',
           now() AT TIME ZONE 'UTC' + interval '5 minutes', 'pending'
"""
LAST = "SELECT id FROM access_event_log WHERE site_id = %(site)s ORDER BY id DESC"
CARDS = (
    "[...document.querySelectorAll('.gp-card')].map(card => Number(card.dataset.id))"
)
CARDS = "[...document.querySelectorAll('.gp-card')].map(c => Number(c.dataset.id))"
NODES = "document.querySelectorAll('*').length"


def test_ten_passes_a_second_through_a_cut_network(odoo_server, chromium, tmp_path):
    server = odoo_server(workers=2)
    scene = server.run_script(SCENE, password=PASSWORD)
    guard = Person(chromium, server, tmp_path, "guard")
    guard.sign_in("post-guard", PASSWORD)
    guard.open(f"/school_access/post/{scene['site']}")
    guard.see(".gp-state-live")
    page = guard.page
    page.evaluate(WATCH)
    empty = page.evaluate(NODES)

    feeding = threading.Thread(target=feed, args=(server, scene))
    feeding.start()
    page.wait_for_function(f"document.querySelectorAll('.gp-card').length == {SHOWN}")
    # the guard works while they come
    guard.see(".gp-request")
    page.keyboard.press("1")
    page.wait_for_function("!document.querySelector('.gp-request')")
    guard.network(False)
    guard.see(".gp-state-lost")
    page.wait_for_timeout(4000)
    guard.network(True)
    guard.see(".gp-state-live")
    feeding.join()

    count = RATE * SECONDS
    last = [number for (number,) in server.query(LAST, scene)]
    assert len(last) == count
    page.wait_for_function(f"guardPost.feed.rows[0].id == {last[0]}")
    assert page.evaluate(CARDS) == last[:SHOWN]
    # nothing grows: neither what is shown nor what is remembered
    assert page.evaluate(NODES) < empty + SHOWN * 20
    assert page.evaluate("guardPost.cards.size") == SHOWN
    assert page.evaluate("guardPost.seen.doubled") == 0
    page.wait_for_function("guardPost.feed.seen.size <= 130")
    assert page.inner_text(".gp-hour") == str(count)
    assert not guard.errors
    states = "SELECT state FROM access_verification WHERE site_id = %(site)s"
    assert server.query(states, scene) == [("allowed",)]
    guard.context.close()


#: Count lines that are on the page twice, at every change of it.
WATCH = """() => {
    guardPost.seen = {doubled: 0};
    new MutationObserver(() => {
        const ids = [...document.querySelectorAll(".gp-card")].map(
            (card) => card.dataset.id
        );
        guardPost.seen.doubled += ids.length - new Set(ids).size;
    }).observe(document.querySelector(".gp-list"), {childList: true});
}"""


def feed(server, scene):
    """Let people pass, each at the own moment; one of them is asked about."""
    people = list(zip(scene["people"], scene["students"], strict=True))
    began = time.monotonic()
    with server.connect() as connection, connection.cursor() as cr:
        for number in range(RATE * SECONDS):
            person, student = people[number % len(people)]
            values = {**scene, "person": person, "student": student}
            cr.execute(PASSED, {**values, "key": str(uuid4())})
            if number == RATE * 5:
                cr.execute(ASKED, {**values, "key": str(uuid4())})
            time.sleep(max(0, began + (number + 1) / RATE - time.monotonic()))
