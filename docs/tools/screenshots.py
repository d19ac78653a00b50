"""Make the screenshots of docs/images from a running demo.

    .venv/bin/python docs/tools/screenshots.py [--url URL] [--db NAME] [shot ...]

Which screens there are, see SHOTS: role, address, what to wait for, what to do before
the picture is taken. The pictures `day_*` come from `tests/test_canteen_day.py`.
"""

import argparse
import base64
import contextlib
import datetime
import io
import json
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent.parent / "images"
DATABASE = "school_meal_demo"
PASSWORD = "school-demo-1"
DESKTOP = (1280, 800, 1)
PHONE = (390, 844, 2)
TABLET = (1024, 768, 1)
TALL = (1280, 1150, 1)
#: Whom the serving page offers a freed portion of the meal that is served.
OFFERED = """() => servingApp.day.offers
    .filter(([meal]) => meal === servingApp.meal)
    .flatMap(([_meal, _count, students]) => students)"""


class Session:
    """JSON-RPC of one user, to log in and to find the records of the pictures."""

    def __init__(self, url, db, login, password):
        self.url = url
        self.db = db
        self.sees_all = login.startswith("region")
        request = self._request(
            "/web/session/authenticate",
            {"db": db, "login": login, "password": password},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            result = json.load(answer).get("result", {})
            if not result.get("uid"):
                raise SystemExit(f"Cannot log in as {login}")
            self.is_portal = not result.get("is_internal_user", True)
            cookies = answer.headers.get_all("Set-Cookie")
        parts = [cookie.split(";")[0].partition("=") for cookie in cookies]
        self.session_id = next(part[2] for part in parts if part[0] == "session_id")

    def _request(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        return urllib.request.Request(
            self.url + path, body.encode(), {"Content-Type": "application/json"}
        )

    def call(self, model, method, *args, **kwargs):
        request = self._request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {"context": {"lang": "ru_RU"}, **kwargs},
            },
        )
        request.add_header("Cookie", f"session_id={self.session_id}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise SystemExit(f"{model}.{method}: {reply['error']['data']['message']}")
        return reply.get("result")

    def cookies(self, url):
        """The session, and for staff the municipality of the demo's first school; the
        region has all of them."""
        values = {"session_id": self.session_id}
        if self.sees_all:
            schools = self.call("school.school", "search_read", [], ["company_id"])
            companies = {school["company_id"][0] for school in schools}
            values["cids"] = "-".join(map(str, sorted(companies)))
        elif not self.is_portal:
            school = self.find("school.school", [("code", "=", "024")])
            [found] = self.call("school.school", "read", [school], ["company_id"])
            values["cids"] = str(found["company_id"][0])
        return [{"name": n, "value": v, "url": url} for n, v in values.items()]

    def administrator(self):
        """Who may read and prepare what the role of the picture may not."""
        return Session(self.url, self.db, "admin", "admin")

    def find(self, model, domain, order="id"):
        """Id of the first record found."""
        found = self.call(model, "search", domain, limit=1, order=order)
        if not found:
            raise SystemExit(f"No {model} with {domain}")
        return found[0]


class Browser:
    """The page of one role, in Chromium."""

    def __init__(self, chromium, url, session, view):
        width, height, scale = view
        self.context = chromium.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            is_mobile=width < 500,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
        )
        if session:
            self.context.add_cookies(session.cookies(url))
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self, address):
        self.page.goto(address)

    def wait(self, selector):
        self.page.locator(selector).locator("visible=true").first.wait_for()

    def click(self, selector):
        self.page.locator(selector).locator("visible=true").first.click()

    def fill(self, selector, text):
        self.page.locator(selector).locator("visible=true").first.fill(text)

    def snap(self, name):
        """A picture on the way."""
        self.shoot(IMAGES / f"{name}.png")
        print(name)

    def has(self, selector):
        return self.page.locator(selector).locator("visible=true").count() > 0

    def type(self, text):
        """Type as a keyboard reader does, key by key."""
        self.page.keyboard.type(text)

    def shoot(self, path):
        with contextlib.suppress(PlaywrightTimeout):
            busy = ".o_loading_indicator, .o_notification"
            self.page.locator(busy).first.wait_for(state="detached", timeout=8_000)
        self.page.evaluate("document.activeElement?.blur()")
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(700)
        image = Image.open(io.BytesIO(self.page.screenshot()))
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


def action(name, record=""):
    """Address of a window action of `school_meal_base`, or of one record of it."""
    name = name if "." in name else f"school_meal_base.{name}"
    return f"/odoo/action-{name}" + (f"/{record}" if record else "")


def day(name, record=""):
    """The same, of `school_meal_day`."""
    return action(f"school_meal_day.{name}", record)


def benefit(name, record=""):
    """The same, of `school_meal_benefits`."""
    return action(f"school_meal_benefits.{name}", record)


def access(name, record=""):
    """The same, of `school_access`."""
    return action(f"school_access.{name}", record)


def attendance(name, record=""):
    """The same, of `school_attendance`."""
    return action(f"school_attendance.{name}", record)


# === STEPS: functions of (browser, session) done before the picture === #


def roster_preview(browser, session, url):
    """A list with new, changed and wrong rows, read but not applied."""
    school = session.find("school.school", [("code", "=", "024")])
    known = session.call(
        "school.student",
        "search_read",
        [("school_id", "=", school), ("state", "=", "enrolled")],
        ["last_name", "first_name", "middle_name", "birth_date"],
        limit=6,
        order="id",
    )
    lines = ["Класс;Фамилия;Имя;Отчество;Дата рождения;Пол"]
    for place, child in enumerate(known):
        day = ".".join(reversed(child["birth_date"].split("-")))
        names = f"{child['last_name']};{child['first_name']};{child['middle_name']}"
        lines.append(f"{'1Б' if place < 2 else '1А'};{names};{day};")
    lines += [
        "1А;Журавлёв;Степан;Игоревич;14.03.2019;М",
        "1Б;Ларионова;Таисия;Павловна;02.11.2018;Ж",
        "2А;Тимофеев;Глеб;Олегович;31.02.2018;М",
    ]
    content = base64.b64encode("\n".join(lines).encode("cp1251")).decode()
    record = session.call(
        "meal.roster.import",
        "create",
        [{"school_id": school, "file": content, "file_name": "Школа 24.csv"}],
    )
    record = record[0] if isinstance(record, list) else record
    session.call("meal.roster.import", "action_read", [record])
    session.call("meal.roster.import", "action_preview", [record])
    browser.open(url + action("meal_roster_import_action", record))
    browser.wait(".o_form_view")


def press(*selectors, before=None):
    """Click one thing after another, and wait until it is there."""

    def steps(browser, session, url):
        if before:
            before(browser, session, url)
        for selector in selectors:
            browser.click(selector)
            browser.page.wait_for_timeout(800)

    return steps


def record_of(name, model, domain, order="id"):
    """Open the form of the first record found."""

    def steps(browser, session, url):
        record = session.find(model, domain, order)
        browser.open(url + action(name, record))
        browser.wait(".o_form_view")

    return steps


#: Stands for the number of a working card of the till's school.
CARD = "card"


def card_number(session):
    """A cashier may not read card numbers; the administrator of the demo may."""
    admin = session.administrator()
    domain = [("state", "=", "active"), ("school_id.code", "=", "024")]
    [card] = admin.call("school.card", "search_read", domain, ["uid"], limit=1)
    return card["uid"]


def till(*texts, open_it=True):
    """Open the till of the cashier's school, then type what a reader types."""

    def steps(browser, session, url):
        config = session.find("pos.config", [("school_id.code", "=", "024")])
        browser.open(f"{url}/pos/ui/{config}")
        browser.wait(".open-register-btn, .product-screen")
        if browser.has(".open-register-btn"):
            browser.click(".open-register-btn")
        browser.wait(".o_school_panel")
        browser.page.wait_for_timeout(3_000)
        if open_it and browser.has(".modal .btn-primary"):
            browser.click(".modal .btn-primary")
        for text in texts:
            if text.startswith("."):
                browser.click(text)
            elif text.startswith("+"):
                browser.click(f"article.product:has-text('{text[1:]}')")
            else:
                browser.type(card_number(session) if text is CARD else text)
                browser.page.keyboard.press("Enter")
            browser.page.wait_for_timeout(1_000)

    return steps


def accept_terms(browser, session, url):
    """Do what the first sign-in asks for; nothing on later runs."""
    browser.open(url + "/my/children")
    browser.wait("main")
    if browser.has("input[name=accept]"):
        browser.click("input[name=accept]")
        browser.click("main form button[type=submit]")
    browser.wait("a[href*='/statement']")


def meals_statement(browser, session, url):
    """The statement of the child that paid for lunches."""
    admin = session.administrator()
    lines = [("class_id.name", "=", "1А"), ("meal_type_id.code", "=", "lunch")]
    family = [
        ("student_id.guardian_ids.partner_id.user_ids.login", "=like", "parent@%")
    ]
    portion = admin.find("meal.day.line", lines + family)
    [line] = admin.call("meal.day.line", "read", [portion], ["student_id"])
    accept_terms(browser, session, url)
    browser.open(f"{url}/my/children/{line['student_id'][0]}/statement")
    browser.wait("main")
    browser.page.mouse.wheel(0, 2_000)


def findings(browser, session, url):
    """What the checks of the night found; the administrator starts them here."""
    admin = session.administrator()
    [check] = admin.call(
        "ir.model.data",
        "search_read",
        [("name", "=", "meal_peer_check_action_run")],
        ["res_id"],
    )
    admin.call("ir.actions.server", "run", [check["res_id"]])
    browser.open(url + day("meal_incident_action_peer_checks"))
    browser.wait(".o_list_view")


def statement(browser, session, url):
    accept_terms(browser, session, url)
    browser.click("a[href*='/statement']")
    browser.wait("main")


# === STEPS OF THE MEAL DAY === #

DAY = "school_meal_day."
SCHOOL = ("school_id.code", "=", "024")


def cycle_import(browser, session, url):
    """The cycle's own file with one dish renamed and one line spoilt."""
    cycle = session.find("meal.cycle", [("age_group_id.code", "=", "7_11")])
    answer = browser.context.request.get(f"{url}/school_meal/menu/cycle/{cycle}")
    book = openpyxl.load_workbook(io.BytesIO(answer.body()))
    renamed = {"Банан": "Мандарин", "Груша": "Виноград"}
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value in renamed:
                cell.value = renamed[cell.value]
            if cell.value == "Какао с молоком":
                row[cell.column].value = "двести"
    content = io.BytesIO()
    book.save(content)
    browser.open(url + day("meal_cycle_action"))
    browser.wait(".o_data_row")
    browser.open(url + day("meal_cycle_import_action"))
    browser.wait("button[name=action_check]")
    browser.page.set_input_files(
        "input[type=file]",
        {
            "name": "tm2026-sm.xlsx",
            "mimeType": "application/vnd.ms-excel",
            "buffer": content.getvalue(),
        },
    )
    browser.page.wait_for_timeout(1_500)
    browser.click("button[name=action_check]")
    browser.wait("button[name=action_import]")


def form(name, model, domain, order="id", then=()):
    """The form of a record of the meal day, and what is clicked there."""
    return press(*then, before=record_of(DAY + name, model, domain, order))


def make_menus(browser, session, url):
    """Menus of the days that follow; those that exist stay as they are."""
    wizard = session.call("meal.menu.generate", "create", [{}])
    session.call("meal.menu.generate", "action_generate", wizard)
    browser.open(url + day("meal_menu_action"))
    browser.wait(".o_data_row")


def replace_dish(browser, session, url):
    """Another dish in a menu that is still a draft; saved by the first run."""
    domain = [SCHOOL, ("state", "=", "draft")]
    replaced = [*domain, ("line_ids.replacement_reason", "!=", False)]
    found = session.call("meal.menu", "search", replaced, limit=1)
    menu = found[0] if found else session.find("meal.menu", domain, "date")
    browser.open(url + day("meal_menu_action", menu))
    browser.wait(".o_field_x2many_list .o_data_row")
    if found:
        return
    row = ".o_field_x2many_list .o_data_row >> nth=0 >> "
    browser.click(row + "td[name=dish_id]")
    browser.fill(".o_selected_row [name=dish_id] input", "Каша «Дружба»")
    browser.page.wait_for_timeout(1_500)
    browser.click(".o-autocomplete--dropdown-item >> nth=0")
    browser.page.wait_for_timeout(800)
    browser.fill(".o_selected_row [name=replacement_reason] input", "Не привезли крупу")
    browser.click(".o_form_button_save")
    browser.page.wait_for_timeout(1_500)


def requirement(browser, session, url):
    """The requirement of the next school day, worked out from its menus."""
    menu = session.find("meal.menu", [SCHOOL, ("state", "=", "approved")], "date desc")
    [menu] = session.call("meal.menu", "read", [menu], ["date", "school_id"])
    values = {"date": menu["date"], "school_id": menu["school_id"][0]}
    domain = [(name, "=", value) for name, value in values.items()]
    if not session.call("meal.requirement", "search", domain):
        session.call("meal.requirement", "create", [values])
    form("meal_requirement_action", "meal.requirement", domain)(browser, session, url)


def class_screen(browser, session, url):
    """The class on the phone, one child marked absent."""
    browser.open(url + "/school_meal/class")
    browser.wait(".cs-list li")


def tray(browser, session, url):
    class_screen(browser, session, url)
    browser.click("button:has-text('Поднос')")


def cards_to_tap(session):
    """Students with a breakfast on the last day of meals, and their cards."""
    admin = session.administrator()
    orders = admin.call(
        "meal.order",
        "search_read",
        [
            *breakfasts(admin),
            ("student_id.card_ids.state", "=", "active"),
        ],
        ["student_id"],
        order="id",
        limit=6,
    )
    students = [order["student_id"][0] for order in orders]
    return students, [card_of(admin, [student]) for student in students]


def breakfasts(admin):
    """Domain of the breakfasts that are wanted on the last day of meals."""
    day_id = admin.find("meal.day", [SCHOOL, ("date", "<=", today())], "date desc")
    [served] = admin.call("meal.day", "read", [day_id], ["date"])
    return [
        SCHOOL,
        ("date", "=", served["date"]),
        ("state", "in", ["ordered", "cooked"]),
        ("meal_type_id.code", "=", "breakfast"),
    ]


def card_of(admin, students):
    """Number of the card of one of the students."""
    domain = [("student_id", "in", students), ("state", "=", "active")]
    [card] = admin.call("school.card", "search_read", domain, ["uid"], limit=1)
    return card["uid"]


def offered_card(browser, session):
    """The card of a student whom the tablet offers a freed breakfast.

    Where none is free, one of the older students does not come: all the younger have a
    breakfast of their own.
    """
    admin = session.administrator()
    if not browser.page.evaluate(OFFERED):
        paid = [*breakfasts(admin), ("class_id.grade", ">", 4)]
        order = admin.find("meal.order", [*paid, ("variant_id", "=", False)])
        values = {"operation": "take_off", "order_ids": [(6, 0, [order])]}
        wizard = admin.call("meal.order.operation", "create", [values])
        admin.call("meal.order.operation", "action_apply", wizard)
        browser.page.evaluate("servingApp.loader.refresh(true)")
        browser.page.wait_for_function(f"({OFFERED})().length")
    return card_of(admin, browser.page.evaluate(OFFERED))


def set_milk(session, student, command):
    """Give (4) or take (3) a student the allergen of nearly every breakfast."""
    admin = session.administrator()
    milk = admin.find("school.allergen", [("code", "=", "milk")])
    values = {"allergen_ids": [(command, milk)]}
    admin.call("school.student", "write", [student], values)


def today():
    return datetime.date.today().isoformat()


def serving(browser, session, url):
    """A tablet from its pairing to a day without network."""
    students, cards = cards_to_tap(session)
    set_milk(session, students[2], 4)
    browser.open(url + "/school_meal/serve")
    browser.wait("#pair")
    browser.snap("serving_pairing")
    browser.click("#pair")
    browser.wait("body[data-ready]")
    browser.click("#meals button:has-text('Завтрак')")
    browser.page.wait_for_timeout(1_500)
    for card, name in (
        (cards[0], "serving_ok"),
        (cards[0], "serving_second"),
        (cards[2], "serving_allergen"),
    ):
        browser.type(card)
        browser.page.keyboard.press("Enter")
        browser.wait("#result")
        browser.snap(name)
        browser.page.evaluate("servingApp.clear()")
    browser.type(offered_card(browser, session))
    browser.page.keyboard.press("Enter")
    browser.wait("#result.offer")
    browser.snap("serving_freed")
    browser.page.evaluate("servingApp.clear()")
    browser.snap("serving_idle")
    browser.context.set_offline(True)
    browser.type(cards[1])
    browser.page.keyboard.press("Enter")
    browser.wait("#result")
    browser.page.evaluate("servingApp.clear()")
    browser.wait("#offline")
    browser.snap("serving_offline")
    browser.context.set_offline(False)
    browser.page.wait_for_function("!servingApp.queue.unsent.length")
    set_milk(session, students[2], 3)


def roster(browser, session, url):
    """The first page of the paper lists."""
    wizard = session.call("meal.roster.print", "create", [{}])
    found = session.call("meal.roster.print", "action_print", wizard)
    save_page(browser, url + found["url"], "serving_roster")


def save_page(browser, address, name):
    """The first page of a PDF."""
    answer = browser.context.request.get(address)
    subprocess.run(
        ["pdftoppm", "-png", "-r", "90", "-singlefile", "-", IMAGES / name],
        input=answer.body(),
        check=True,
    )


def closing(browser, session, url):
    """Close the oldest open day of the school with the usual outcomes."""
    domain = [SCHOOL, ("state", "=", "open"), ("date", "<", today())]
    found = session.find("meal.day", domain, "date")
    browser.open(url + day("meal_day_action", found))
    browser.click("button[name=action_check]")
    browser.wait("[name=exception_ids] .o_data_row")
    browser.snap("closing_exceptions")
    browser.click("button[name=action_apply_usual]")
    browser.wait(".modal button[special=cancel]")
    browser.snap("closing_usual")
    browser.click(".modal button[name=action_apply_and_close]")
    browser.page.wait_for_timeout(3_000)
    closed(browser, session, url)
    browser.snap("closing_day")


def closed(browser, session, url):
    """The money of the last closed day."""
    form(
        "meal_day_action",
        "meal.day",
        [SCHOOL, ("state", "=", "closed")],
        "date desc",
        [".nav-link[name=money]"],
    )(browser, session, url)


def correction(browser, session, url):
    """A portion of the demo parent's child, taken back because the child was ill."""
    if not session.call(
        "meal.correction", "search", [("line_ids.meal_type_id.code", "=", "lunch")]
    ):
        login = session.administrator()
        parent = login.find("res.users", [("login", "=like", "parent@%")])
        [user] = login.call("res.users", "read", [parent], ["partner_id"])
        children = [("guardian_ids.partner_id", "=", user["partner_id"][0])]
        child = login.find("school.student", children, "id desc")
        lines = [
            ("student_id", "=", child),
            ("outcome", "=", "issued"),
            ("meal_type_id.code", "=", "lunch"),
        ]
        portion = session.find("meal.day.line", lines, "id desc")
        [line] = session.call("meal.day.line", "read", [portion], ["day_id"])
        values = {
            "day_id": line["day_id"][0],
            "reason": "Болела, справка принесена позже",
            "line_ids": [(0, 0, {"day_line_id": portion, "outcome": "not_claimed"})],
        }
        [made] = session.call("meal.correction", "create", [values])
        session.call("meal.correction", "action_book", [made])
    form("meal_correction_action", "meal.correction", [], "id desc")(
        browser, session, url
    )


def typed(browser, session, url):
    """A paper list entered by class and meal."""
    browser.open(url + day("meal_roster_entry_action"))
    browser.wait("[name=class_id] input")
    for field, text in (("class_id", "1А"), ("meal_type_id", "Завтрак")):
        browser.fill(f"[name={field}] input", text)
        browser.click(f".o-autocomplete--dropdown-item:has-text('{text}')")
    browser.wait(".o_data_row")


def timesheets(browser, session, url):
    school = session.find("school.school", [("code", "=", "024")])
    wizard = session.call("meal.timesheet.month", "create", [{"school_id": school}])
    session.call("meal.timesheet.month", "action_make", wizard)
    browser.open(url + day("meal_timesheet_action"))
    browser.wait(".o_data_row")


MEALS_OF_5A = [("class_id.name", "=", "5А"), ("kind", "!=", "attendance")]

# === STEPS OF THE BENEFITS === #


def benefit_form(name, model, domain, order="id", then=()):
    """The form of a record of the benefits, and what is clicked there."""
    before = record_of(f"school_meal_benefits.{name}", model, domain, order)
    return press(*then, before=before)


OWN_REGULATION = [("state", "=", "in_force"), ("company_id.name", "like", "Приреченск")]


# === STEPS OF THE ENTRANCE === #


def guard_post(browser, session, url):
    """The living post: `make run` lets somebody come or go all the time."""
    browser.open(url + "/school_access/post")
    browser.wait(".gp-card")
    if browser.has(".gp-begin"):
        browser.click(".gp-begin")
        browser.wait(".gp-end")
    for _alarm in range(30):
        if browser.page.locator(".gp-alarm button").count() < 2:
            break
        browser.click(".gp-alarm button")
        browser.page.wait_for_timeout(700)
    browser.page.wait_for_timeout(6_000)  # what was done is said for some seconds


def evacuation(browser, session, url):
    """The first page of the list of who is inside."""
    site = session.find("access.site", [SCHOOL])
    address = f"{url}/school_access/evacuation/{site}.pdf"
    save_page(browser, address, "guard_evacuation")


def gateway(browser, session, url):
    """A gateway that has still to be connected; made by the first run."""
    domain = [("kind", "=", "edge"), SCHOOL]
    if not session.call("school.device", "search", domain, limit=1):
        school = session.find("school.school", [("code", "=", "024")])
        values = {"name": "Шлюз школы № 24", "kind": "edge", "school_id": school}
        session.call("school.device", "create", [values])
    record_of("school_access.access_gateway_action", "school.device", domain)(
        browser, session, url
    )


def entrance_form(name, model, domain):
    return record_of(f"school_access.{name}", model, domain)


def child_page(page):
    """A page of a child of the demo's parent: passages, notices, leaving early."""

    def steps(browser, session, url):
        accept_terms(browser, session, url)
        address = browser.page.locator("a[href*='/passes']").first.get_attribute("href")
        browser.open(url + address.replace("passes", page))
        browser.wait("main")

    return steps


#: name → (role, address, selector, steps, view)
SHOTS = {
    # the person responsible for meals
    "operator_students": (
        "operator", action("school_student_action"), ".o_data_row", None, DESKTOP
    ),
    "operator_student": (
        "operator", "", "", record_of(
            "school_student_action", "school.student",
            [("class_id.name", "=", "5А"), ("allergen_ids", "!=", False)]), DESKTOP
    ),
    "operator_roster_preview": ("operator", "", "", roster_preview, DESKTOP),
    "operator_card_job": (
        "operator", action("school_card_job_action"), ".o_form_view, .modal", None,
        DESKTOP
    ),
    "operator_card_enrol": (
        "operator", action("school_card_enrol_action"), ".o_card_enrol", None,
        DESKTOP
    ),
    "operator_cards": (
        "operator", action("school_card_action"), ".o_data_row", None, DESKTOP
    ),
    "operator_calendar": (
        "operator", action("school_calendar_period_action"), ".o_action_manager",
        None, DESKTOP
    ),
    # the accountant
    "accountant_registries": (
        "accountant", action("meal_payment_registry_action"), ".o_data_row", None,
        DESKTOP
    ),
    "accountant_registry": (
        "accountant", "", "", record_of(
            "meal_payment_registry_action", "meal.payment.registry", [],
            "id desc"), DESKTOP
    ),
    "accountant_suspense": (
        "accountant", action("meal_suspense_action"), ".o_data_row", None, DESKTOP
    ),
    "accountant_bank_lines": (
        "accountant", action("meal_bank_line_action"), ".o_list_renderer", None,
        DESKTOP
    ),
    "accountant_accounts": (
        "accountant", action("meal_account_action"), ".o_data_row", None, DESKTOP
    ),
    "accountant_account": (
        "accountant", "", "", record_of(
            "meal_account_action", "meal.account",
            [("kind", "=", "student"), ("posted", ">", 100)], "posted desc"), DESKTOP
    ),
    "accountant_reconciliation": (
        "accountant", action("action_meal_reconciliation"), ".o_data_row", None,
        DESKTOP
    ),
    "accountant_postings": (
        "accountant", action("action_meal_posting"), ".o_data_row", None, DESKTOP
    ),
    "accountant_incidents": (
        "accountant", action("action_meal_incident"), ".o_action_manager", None,
        DESKTOP
    ),
    # the till
    "cashier_opening": ("cashier", "", "", till(open_it=False), DESKTOP),
    "cashier_ready": ("cashier", "", "", till(), DESKTOP),
    "cashier_student": (
        "cashier", "", "", till("+Борщ", "+Компот", CARD), DESKTOP
    ),
    "cashier_card_service": (
        "cashier", "", "", till(".o_school_card_service", CARD), DESKTOP
    ),
    # who only looks
    "head_students": (
        "head", action("school_student_action"), ".o_data_row", None, DESKTOP
    ),
    "department_schools": (
        "department", action("school_school_action"), ".o_data_row", None, DESKTOP
    ),
    "department_balances": (
        "department", action("meal_account_action_balances"), ".o_list_renderer",
        None, DESKTOP
    ),
    "teacher_class": (
        "teacher", action("school_student_action"), ".o_data_row", None, DESKTOP
    ),
    # settings
    "admin_settings": (
        "admin", action("meal_settings_action"), ".o_form_view", None, DESKTOP
    ),
    "admin_ledger_setup": (
        "admin", action("action_meal_ledger_setup"), ".o_form_view", None, DESKTOP
    ),
    # the menu
    "cook_ingredients": (
        "operator", day("meal_ingredient_action"), ".o_data_row", None, DESKTOP
    ),
    "cook_dish": (
        "operator", "", "", form(
            "meal_dish_action", "product.template",
            [("name", "like", "Гуляш")]), DESKTOP
    ),
    "cook_cycle_days": (
        "operator", "", "", form(
            "meal_cycle_action", "meal.cycle", [("age_group_id.code", "=", "7_11")],
            then=["button[name=action_open_lines]", ".o_group_header >> nth=0"]),
        DESKTOP
    ),
    "cook_cycle_norms": (
        "operator", "", "", form(
            "meal_cycle_action", "meal.cycle", [("age_group_id.code", "=", "7_11")],
            then=[".nav-link[name=totals]"]), DESKTOP
    ),
    "cook_cycle_import": ("operator", "", "", cycle_import, DESKTOP),
    "cook_menus": ("operator", "", "", make_menus, DESKTOP),
    "cook_menu_replacement": ("canteen", "", "", replace_dish, DESKTOP),
    "cook_requirement": ("canteen", "", "", requirement, DESKTOP),
    "cook_publish": (
        "operator", day("meal_menu_publish_action"), ".modal", None, DESKTOP
    ),
    # the class
    "teacher_class_screen_tablet": ("teacher", "", "", class_screen, TABLET),
    "teacher_class_screen": ("teacher", "", "", class_screen, PHONE),
    "teacher_class_tray": ("teacher", "", "", tray, PHONE),
    # the kitchen
    "canteen_kitchen": (
        "canteen", "/school_meal/kitchen", "table", None, DESKTOP
    ),
    # serving; its other pictures are taken on the way
    "serving": ("canteen", "", "", serving, DESKTOP),
    "serving_roster": ("operator", "", "", roster, DESKTOP),
    "serving_typed": ("canteen", "", "", typed, DESKTOP),
    # closing; the pictures of an open day are taken on the way
    "closing": ("operator", "", "", closing, DESKTOP),
    "closing_day": ("operator", "", "", closed, DESKTOP),
    "closing_correction": ("accountant", "", "", correction, DESKTOP),
    # who looks at the day
    "head_oversight": (
        "head", day("meal_oversight_action"), "canvas", None, TALL
    ),
    "head_oversight_phone": (
        "head", day("meal_oversight_action"), "canvas", None, PHONE
    ),
    "department_oversight": (
        "department", day("meal_oversight_action"), "canvas", None, TALL
    ),
    "department_findings": ("department", "", "", findings, DESKTOP),
    # prices
    "accountant_funding_rule": (
        "accountant", "", "", form(
            "meal_funding_rule_action", "meal.funding.rule", []), DESKTOP
    ),
    "accountant_who_pays": (
        "accountant", day("meal_price_overview_action"), ".modal tr td", None, DESKTOP
    ),
    # timesheets
    "operator_timesheets": ("operator", "", "", timesheets, DESKTOP),
    "operator_timesheet_meals": (
        "operator", "", "", form(
            "meal_timesheet_action", "meal.timesheet", MEALS_OF_5A), DESKTOP
    ),
    # benefits
    "benefits_regulation": (
        "operator", "", "", benefit_form(
            "benefit_regulation_action", "benefit.regulation", OWN_REGULATION), TALL
    ),
    "benefits_applications": (
        "operator", benefit("benefit_application_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_application": (
        "operator", "", "", benefit_form(
            "benefit_application_action", "benefit.application",
            [("state", "=", "granted"), ("category_id.code", "=", "disability"),
             SCHOOL]), TALL
    ),
    "benefits_requests": (
        "operator", benefit("benefit_request_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_deadlines": (
        "operator", benefit("benefit_deadline_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_notices": (
        "operator", benefit("benefit_notice_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_order": (
        "head", "", "", benefit_form(
            "benefit_order_action", "benefit.order",
            [("state", "=", "draft"), SCHOOL]), DESKTOP
    ),
    "benefits_decision": (
        "head", "", "", benefit_form(
            "benefit_decision_action", "benefit.decision",
            [("supersedes_id", "!=", False), SCHOOL]), DESKTOP
    ),
    "benefits_recipients": (
        "operator", benefit("benefit_entitlement_action"), ".o_list_view", None,
        DESKTOP
    ),
    "benefits_radar": (
        "operator", benefit("benefit_radar_action"), ".o_list_view", None, DESKTOP
    ),
    "benefits_campaign": (
        "department", "", "", benefit_form(
            "benefit_campaign_action", "benefit.campaign", []), DESKTOP
    ),
    "benefits_compensation": (
        "accountant", "", "", benefit_form(
            "compensation_month_action", "compensation.month",
            [("state", "=", "calculated"), SCHOOL]), DESKTOP
    ),
    "benefits_compensation_days": (
        "accountant", "", "", benefit_form(
            "compensation_line_action", "compensation.line",
            [("day_ids.reason", "=", "hospital")]), TALL
    ),
    "benefits_payment_list": (
        "accountant", "", "", benefit_form(
            "compensation_payment_list_action", "compensation.payment.list", []),
        DESKTOP
    ),
    "benefits_milk": (
        "operator", "", "", benefit_form(
            "benefit_milk_issue_action", "benefit.milk.issue", []), DESKTOP
    ),
    "benefits_egisso": (
        "accountant", benefit("egisso_package_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_egisso_errors": (
        "accountant", benefit("egisso_error_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_numbers": (
        "department", benefit("benefit_recipient_action"), ".o_view_controller", None,
        DESKTOP
    ),
    "benefits_audit": (
        "department", "", "", benefit_form(
            "benefit_audit_run_action", "benefit.audit.run", [SCHOOL]), TALL
    ),
    "benefits_changes": (
        "head", benefit("benefit_change_action"), ".o_list_view", None, DESKTOP
    ),
    "benefits_regulations": (
        "admin", benefit("benefit_regulation_action"), ".o_data_row", None, DESKTOP
    ),
    "benefits_category": (
        "admin", "", "", benefit_form(
            "benefit_category_action", "benefit.category",
            [("code", "=", "disability"), ("company_id.name", "like", "Приреченск")]),
        TALL
    ),
    # the guard
    "guard_post": ("guard", "", "", guard_post, DESKTOP),
    "guard_guest": (
        "guard", access("access_guest_pass_action"), ".modal", None, DESKTOP
    ),
    "guard_permissions": (
        "guard", access("access_permission_action"), ".o_list_view", None, DESKTOP
    ),
    "guard_inside": (
        "guard", access("access_site_presence_action"), ".o_kanban_record", None,
        DESKTOP
    ),
    "guard_evacuation": ("guard", "", "", evacuation, DESKTOP),
    # doors and turnstiles
    "access_site": (
        "operator", "", "", entrance_form(
            "access_site_action", "access.site", [SCHOOL]), DESKTOP
    ),
    "access_controllers": (
        "operator", access("access_controller_action"), ".o_data_row", None, DESKTOP
    ),
    "access_controller": (
        "admin", "", "", entrance_form(
            "access_controller_action", "access.controller", [SCHOOL]), TALL
    ),
    "access_gateways": ("admin", "", "", gateway, DESKTOP),
    "access_rules": (
        "operator", access("access_rule_action"), ".o_data_row", None, DESKTOP
    ),
    "access_passes": (
        "operator", access("access_pass_action"), ".o_data_row", None, DESKTOP
    ),
    "access_entries": (
        "operator", access("access_entry_action"), ".o_list_view", None, DESKTOP
    ),
    # attendance
    "attendance_class_screen": ("teacher", "", "", class_screen, PHONE),
    "attendance_check": (
        "operator", "", "", record_of(
            "school_attendance.attendance_check_action", "attendance.check",
            [SCHOOL, ("state", "=", "trusted")], "missing_count desc, date desc"),
        DESKTOP
    ),
    "attendance_bells": (
        "operator", attendance("attendance_bell_action"), ".o_list_view", None, DESKTOP
    ),
    "attendance_forecast": (
        "operator", attendance("attendance_forecast_board_action"), ".o_list_view",
        None, DESKTOP
    ),
    "attendance_by_class": (
        "head", attendance("attendance_total_action_class"), ".o_list_view", None,
        DESKTOP
    ),
    "attendance_by_school": (
        "region", attendance("attendance_total_action"), ".o_pivot table", None, DESKTOP
    ),
    "attendance_graph": (
        "region", attendance("attendance_total_action"), ".o_pivot table",
        press(".o_switch_view.o_graph"), DESKTOP
    ),
    # the family, on a phone
    "parent_login": (None, "/web/login", "form", None, PHONE),
    "parent_terms": (None, "/my/terms", "main", None, PHONE),
    "parent_welcome": ("parent", "/my", "main", None, PHONE),
    "parent_children": ("parent", "", "", accept_terms, PHONE),
    "parent_statement": ("parent", "", "", statement, PHONE),
    "parent_statement_meals": ("parent", "", "", meals_statement, (390, 1250, 2)),
    "parent_passes": ("parent", "", "", child_page("passes"), PHONE),
    "parent_notices": ("parent", "", "", child_page("notices"), PHONE),
    "parent_leave": ("parent", "", "", child_page("leave"), PHONE),
}  # fmt: skip


#: These take their pictures on the way.
TOURS = {"closing", "guard_evacuation", "serving", "serving_roster"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--db", default=DATABASE)
    parser.add_argument("shots", nargs="*", help="names; all by default")
    options = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    sessions = {None: None}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in options.shots or SHOTS:
            role = SHOTS[name][0]
            if role not in sessions:
                login = role if role == "admin" else f"{role}@demo.school-meal"
                password = "admin" if role == "admin" else PASSWORD
                sessions[role] = Session(options.url, options.db, login, password)
            take(chromium, options.url, sessions[role], name)


def take(chromium, url, session, name):
    """Take one picture; say so when it cannot be taken."""
    _role, address, selector, steps, view = SHOTS[name]
    browser = Browser(chromium, url, session, view)
    try:
        if address:
            browser.open(url + address)
            browser.wait(selector)
        if steps:
            steps(browser, session, url)
        if name not in TOURS:
            browser.snap(name)
    except (PlaywrightTimeout, SystemExit) as error:
        print(f"{name}: {error}")
        browser.shoot(Path(tempfile.gettempdir()) / f"{name}_failed.png")
    finally:
        browser.context.close()


if __name__ == "__main__":
    main()
