"""A school canteen at the serving hatch: tablets in real Chromium, and their scene."""

import contextlib
import os
import shutil
import signal

import psutil
import pytest

from .browser import ARGUMENTS, TIMEOUT
from .odoo_server import OdooServer

PAGE = "/school_meal/serve"
PASSWORD = "hatch-password"
TABLET = {"width": 1280, "height": 800}
REFRESH = """async () => {
    while (servingApp.loader.isRefreshing) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await servingApp.loader.refresh(true);
}"""
SETTLED = "() => window.servingApp && servingApp.queue.unsent.length === 0"

EVENTS = """
    SELECT e.device_id, e.sequence, e.student_id, e.action, e.verdict, e.reason
      FROM meal_issue_event e
     WHERE e.school_id = %(school)s
     ORDER BY e.device_id, e.sequence
"""

#: Twelve students with cards A0000001…; what is wrong with some is in ANSWER.
SCENE = """
from odoo import Command

env = env(context=dict(env.context, lang="ru_RU", tracking_disable=True))
company = env["res.company"].create({
    "name": "Город Обеденный", "currency_id": env.ref("base.RUB").id,
    "country_id": env.ref("base.ru").id})
company.partner_id.write({"lang": "ru_RU", "tz": "Europe/Moscow"})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school, other = env["school.school"].create([
    {"name": name, "short_name": name, "code": code, "company_id": company.id,
     "tz": "Europe/Moscow"}
    for name, code in (("Школа 24", "024"), ("Школа 25", "025"))])
school_class, alien_class = env["school.class"].create([
    {"school_id": place.id, "grade": 5, "letter": "А"} for place in (school, other)])
students = env["school.student"].create([{
    "last_name": "Ученик" + "абвгдежзиклм"[n], "first_name": "Иван",
    "school_id": school.id, "class_id": school_class.id} for n in range(12)])
alien = env["school.student"].create({
    "last_name": "Чужой", "first_name": "Глеб", "school_id": other.id,
    "class_id": alien_class.id})
cards = env["school.card"]._make([
    {"student_id": student.id, "uid": "A%05X01" % n, "state": "active"}
    for n, student in enumerate(students + alien)])
cards[4]._edit({"state": "blocked"})
allergen = env["school.allergen"].create({"name": "Орехи", "code": "HATCH"})
students[3].allergen_ids = allergen
dish = env["product.template"].create({
    "name": "Каша с орехами", "is_dish": True, "allergen_ids": allergen.ids})
today = env["meal.serving.day"]._get_today(school)
meal = env.ref("school_meal_day.meal_type_lunch")
group = env.ref("school_meal_day.meal_age_group_12")
env["meal.menu"].create({
    "school_id": school.id, "date": today, "age_group_id": group.id,
    "line_ids": [Command.create({"meal_type_id": meal.id, "dish_id": dish.id})]})
env["meal.order"].sudo().create([{
    "student_id": student.id, "date": today, "meal_type_id": meal.id,
    "school_id": school.id, "class_id": school_class.id, "company_id": company.id,
    "age_group_id": group.id, "origin": "teacher",
    "state": "cancelled" if n == 2 else "cooked"}
    for n, student in enumerate(students) if n != 1])
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Раздача", "login": "hatch", "password": ARGUMENTS["password"],
    "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set(env.ref("school_meal_base.group_canteen").ids)],
    "school_ids": [Command.set(school.ids)]})
ANSWER = {"school": school.id, "students": students.ids, "alien": alien.id}
"""


@pytest.fixture(scope="session")
def hatch_scene(tmp_path_factory):
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
def hatch(odoo_server, hatch_scene, chromium, tmp_path):
    """(server, scene, a function that makes a paired tablet)."""
    template, place = hatch_scene
    server = odoo_server(workers=2, template=template)
    tablets = []

    def tablet():
        made = Tablet(chromium, server, tmp_path / f"profile-{len(tablets)}")
        tablets.append(made)
        return made.pair()

    yield server, place, tablet
    for made in tablets:
        made.switch_off()


def issue_events(server, scene):
    """Return the recorded events of the school: (device, sequence, student, …)."""
    return server.query(EVENTS, scene)


#: All keys at once: typed one by one they may come slower than those of a reader.
TAP = """text => {
    for (const key of [...text, "Enter"]) {
        window.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
    }
}"""


def card(n):
    return f"A{n:05X}01"


class Tablet:
    """A browser with a profile of its own, which outlives the browser."""

    def __init__(self, chromium, server, profile):
        self.server, self.profile = server, profile
        self.launch = chromium.browser_type.launch_persistent_context
        self.binary = shutil.which("chromium") or shutil.which("google-chrome")
        self.context = None
        self.switch_on()

    def switch_on(self):
        self.context = self.launch(
            self.profile,
            executable_path=self.binary,
            args=ARGUMENTS,
            viewport=TABLET,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open()

    def open(self):
        self.page.goto(f"http://127.0.0.1:{self.server.port}{PAGE}")

    def pair(self):
        self.page.click("#sign-in")
        self.page.fill("form input[name=login]", "hatch")
        self.page.fill("form input[name=password]", PASSWORD)
        self.page.click("form button[type=submit]")
        self.page.click("#pair")
        self.wait_ready()
        self.page.wait_for_function("() => servingApp.day.students.size > 0")
        # the page must be in the hands of the worker before the network may go
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function("() => navigator.serviceWorker.controller")
        return self

    def wait_ready(self):
        self.page.wait_for_selector("body[data-ready]")

    def tap(self, n):
        """Tap a card as a keyboard reader does; return the verdict on the screen."""
        self.page.evaluate("servingApp.clear()")
        count = self.page.evaluate("servingApp.queue.kept.size")
        self.page.evaluate(TAP, card(n) if isinstance(n, int) else n)
        self.page.wait_for_selector("#result:not([hidden])")
        self.page.wait_for_function("n => servingApp.queue.kept.size > n", arg=count)
        return self.verdict()

    def verdict(self):
        return self.page.get_attribute("#result", "data-verdict")

    def unsent(self):
        return self.page.evaluate("servingApp.queue.unsent.length")

    def deliver(self):
        self.page.evaluate(REFRESH)
        self.page.wait_for_function(SETTLED)

    def kill(self):
        """End the browser as a power cut does."""
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={self.profile}" in (process.info["cmdline"] or ()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
        self.switch_off()

    def switch_off(self):
        with contextlib.suppress(Exception):  # it may be dead already
            self.context.close()
