"""Make the screenshots of docs/images from a running demo.

    .venv/bin/python docs/tools/screenshots.py [--url URL] [--db NAME] [shot ...]

Drives Chromium through its DevTools protocol. Which screens there are, see SHOTS:
role, address, what to wait for, what to do before the picture is taken.
"""

import argparse
import base64
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket
from PIL import Image

IMAGES = Path(__file__).parent.parent / "images"
PASSWORD = "school-demo-1"
DESKTOP = (1280, 800, 1)
PHONE = (390, 844, 2)
KEYS = {"Enter": 13, "Escape": 27, "Tab": 9}


class Session:
    """JSON-RPC of one user, to log in and to find the records of the pictures."""

    def __init__(self, url, db, login, password):
        self.url = url
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

    def find(self, model, domain, order="id"):
        """Id of the first record found."""
        found = self.call(model, "search", domain, limit=1, order=order)
        if not found:
            raise SystemExit(f"No {model} with {domain}")
        return found[0]


class Browser:
    """A Chromium of our own and one page in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="screenshots-")
        binary = shutil.which("chromium") or shutil.which("google-chrome")
        self.process = subprocess.Popen(
            [
                binary, "--headless=new", "--no-sandbox", "--disable-gpu",
                "--hide-scrollbars", "--lang=ru", "--remote-debugging-port=0",
                "--remote-allow-origins=*", f"--user-data-dir={self.folder}",
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LANG": "ru_RU.UTF-8", "LANGUAGE": "ru"},
        )  # fmt: skip
        port_file = Path(self.folder) / "DevToolsActivePort"
        until(port_file.exists, 30, "Chromium does not start")
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        self.socket = websocket.create_connection(pages[0]["webSocketDebuggerUrl"])
        self.number = 0
        self.send("Page.enable")

    def send(self, method, **params):
        self.number += 1
        self.socket.send(
            json.dumps({"id": self.number, "method": method, "params": params})
        )
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "Page.javascriptDialogOpening":
                self.socket.send(
                    json.dumps(
                        {
                            "id": 0,
                            "method": "Page.handleJavaScriptDialog",
                            "params": {"accept": True},
                        }
                    )
                )
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def view(self, width, height, scale):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale,
            mobile=width < 500,
        )  # fmt: skip

    def log_in(self, url, session):
        self.send("Network.clearBrowserCookies")
        if session:
            self.send(
                "Network.setCookie",
                name="session_id", value=session.session_id, url=url,
            )  # fmt: skip
            if not session.is_portal:
                school = session.find("school.school", [("code", "=", "024")])
                [found] = session.call("school.school", "read", [school], ["company_id"])
                company = str(found["company_id"][0])
                self.send("Network.setCookie", name="cids", value=company, url=url)

    def open(self, address):
        self.send("Page.navigate", url=address)

    def run(self, script):
        result = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        return result["result"].get("value")

    def wait(self, selector, seconds=60):
        script = f"document.readyState === 'complete' && !!({element(selector)})"
        until(lambda: self.run(script), seconds, f"{selector} does not appear")

    def click(self, selector):
        self.wait(selector)
        self.run(f"({element(selector)}).click()")

    def type(self, text):
        """Type as a keyboard reader does, key by key; {Enter} is a key."""
        for key in text.replace("{Enter}", "\n"):
            name = "Enter" if key == "\n" else key
            code = KEYS.get(name) or ord(key.upper())
            event = {"key": name, "windowsVirtualKeyCode": code}
            down = {**event, "text": "\r" if name == "Enter" else key}
            self.send("Input.dispatchKeyEvent", type="keyDown", **down)
            self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def shoot(self, path, whole=False):
        settle = "!document.querySelector('.o_loading_indicator, .o_notification')"
        try:
            until(lambda: self.run(settle), 8, "")
        except TimeoutError:
            pass
        self.run("document.activeElement && document.activeElement.blur()")
        time.sleep(0.7)
        shot = self.send(
            "Page.captureScreenshot", format="png", captureBeyondViewport=whole
        )
        image = Image.open(io.BytesIO(base64.b64decode(shot["data"])))
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


def element(selector):
    """JavaScript of the first match; `text=…` looks for a button or link by text."""
    if not selector.startswith("text="):
        return f"document.querySelector({json.dumps(selector)})"
    text = json.dumps(selector.removeprefix("text="))
    return (
        "[...document.querySelectorAll('button, a, .nav-link, .dropdown-item, article')]"
        f".find(node => node.offsetParent && node.innerText.trim().startsWith({text}))"
    )


def until(check, seconds, message):
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise TimeoutError(message)
        time.sleep(0.2)


def action(name, record=""):
    suffix = f"/{record}" if record else ""
    return f"/odoo/action-{name}{suffix}"


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
    browser.open(url + action("school_meal_base.meal_roster_import_action", record))
    browser.wait(".o_form_view")


def press(*selectors):
    """Click one thing after another."""

    def steps(browser, session, url):
        for selector in selectors:
            browser.click(selector)
            time.sleep(1)

    return steps


def record_of(name, model, domain, order="id"):
    """Open the form of the first record found."""

    def steps(browser, session, url):
        record = session.find(model, domain, order)
        browser.open(url + action(name, record))
        browser.wait(".o_form_view")
        time.sleep(1)

    return steps


def till(*texts, open_it=True):
    """Open the till of the cashier's school, then type what a reader types."""

    def steps(browser, session, url):
        config = session.find("pos.config", [("school_id.code", "=", "024")])
        browser.open(f"{url}/pos/ui/{config}")
        until(
            lambda: browser.run(
                "!!document.querySelector('.open-register-btn, .product-screen')"
            ),
            90,
            "the till does not start",
        )
        if browser.run("!!document.querySelector('.open-register-btn')"):
            browser.click(".open-register-btn")
        browser.wait(".o_school_panel")
        time.sleep(3)
        if open_it and browser.run("!!document.querySelector('.modal .btn-primary')"):
            browser.click(".modal .btn-primary")
            time.sleep(2)
        for text in texts:
            if text.startswith("."):
                browser.click(text)
            elif text.startswith("+"):
                browser.run(
                    "[...document.querySelectorAll('article.product')].find(node =>"
                    f" node.innerText.includes({json.dumps(text[1:])}))?.click()"
                )
            else:
                browser.type(text)
            time.sleep(1.5)

    return steps


def accept_terms(browser, session, url):
    """Do what the first sign-in asks for; nothing on later runs."""
    browser.open(url + "/my/children")
    browser.wait("main")
    time.sleep(1)
    if browser.run("!!document.querySelector('input[name=accept]')"):
        browser.click("input[name=accept]")
        browser.click("main form button[type=submit]")
    browser.wait("a[href*='/statement']")


def statement(browser, session, url):
    accept_terms(browser, session, url)
    browser.click("a[href*='/statement']")
    browser.wait("main")
    time.sleep(1)


BASE = "school_meal_base."
#: name → (role, address, selector, steps, view)
SHOTS = {
    # the person responsible for meals
    "operator_students": (
        "operator", action(BASE + "school_student_action"), ".o_data_row", None, DESKTOP
    ),
    "operator_student": (
        "operator", "", "", record_of(
            BASE + "school_student_action", "school.student",
            [("class_id.name", "=", "5А"), ("allergen_ids", "!=", False)]), DESKTOP
    ),
    "operator_roster_preview": ("operator", "", "", roster_preview, DESKTOP),
    "operator_card_job": (
        "operator", action(BASE + "school_card_job_action"), ".o_form_view, .modal", None,
        DESKTOP
    ),
    "operator_card_enrol": (
        "operator", action(BASE + "school_card_enrol_action"), ".o_card_enrol", None,
        DESKTOP
    ),
    "operator_cards": (
        "operator", action(BASE + "school_card_action"), ".o_data_row", None, DESKTOP
    ),
    "operator_calendar": (
        "operator", action(BASE + "school_calendar_period_action"), ".o_action_manager",
        None, DESKTOP
    ),
    # the accountant
    "accountant_registries": (
        "accountant", action(BASE + "meal_payment_registry_action"), ".o_data_row", None,
        DESKTOP
    ),
    "accountant_registry": (
        "accountant", "", "", record_of(
            BASE + "meal_payment_registry_action", "meal.payment.registry", [],
            "id desc"), DESKTOP
    ),
    "accountant_suspense": (
        "accountant", action(BASE + "meal_suspense_action"), ".o_data_row", None, DESKTOP
    ),
    "accountant_bank_lines": (
        "accountant", action(BASE + "meal_bank_line_action"), ".o_list_renderer", None,
        DESKTOP
    ),
    "accountant_accounts": (
        "accountant", action(BASE + "meal_account_action"), ".o_data_row", None, DESKTOP
    ),
    "accountant_account": (
        "accountant", "", "", record_of(
            BASE + "meal_account_action", "meal.account",
            [("kind", "=", "student"), ("posted", ">", 100)], "posted desc"), DESKTOP
    ),
    "accountant_reconciliation": (
        "accountant", action(BASE + "action_meal_reconciliation"), ".o_data_row", None,
        DESKTOP
    ),
    "accountant_postings": (
        "accountant", action(BASE + "action_meal_posting"), ".o_data_row", None, DESKTOP
    ),
    "accountant_incidents": (
        "accountant", action(BASE + "action_meal_incident"), ".o_action_manager", None,
        DESKTOP
    ),
    # the till
    "cashier_opening": ("cashier", "", "", till(open_it=False), DESKTOP),
    "cashier_ready": ("cashier", "", "", till(), DESKTOP),
    "cashier_student": (
        "cashier", "", "", till("+Борщ", "+Компот", "40AFBFD4{Enter}"), DESKTOP
    ),
    "cashier_card_service": (
        "cashier", "", "", till(".o_school_card_service", "40AFBFD4{Enter}"), DESKTOP
    ),
    # who only looks
    "head_students": (
        "head", action(BASE + "school_student_action"), ".o_data_row", None, DESKTOP
    ),
    "department_schools": (
        "department", action(BASE + "school_school_action"), ".o_data_row", None, DESKTOP
    ),
    "department_balances": (
        "department", action(BASE + "meal_account_action_balances"), ".o_list_renderer",
        None, DESKTOP
    ),
    "teacher_class": (
        "teacher", action(BASE + "school_student_action"), ".o_data_row", None, DESKTOP
    ),
    # settings
    "admin_settings": (
        "admin", action(BASE + "meal_settings_action"), ".o_form_view", None, DESKTOP
    ),
    "admin_ledger_setup": (
        "admin", action(BASE + "action_meal_ledger_setup"), ".o_form_view", None, DESKTOP
    ),
    # the family, on a phone
    "parent_login": (None, "/web/login", "form", None, PHONE),
    "parent_terms": (None, "/my/terms", "main", None, PHONE),
    "parent_welcome": ("parent", "/my", "main", None, PHONE),
    "parent_children": ("parent", "", "", accept_terms, PHONE),
    "parent_statement": ("parent", "", "", statement, PHONE),
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--db", default="school_meal_demo")
    parser.add_argument("shots", nargs="*", help="names; all by default")
    options = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    sessions, browser = {None: None}, Browser()
    try:
        for name in options.shots or SHOTS:
            role, address, selector, steps, view = SHOTS[name]
            if role not in sessions:
                login = role if role == "admin" else f"{role}@demo.school-meal"
                password = "admin" if role == "admin" else PASSWORD
                sessions[role] = Session(options.url, options.db, login, password)
            browser.view(*view)
            browser.log_in(options.url, sessions[role])
            try:
                if address:
                    browser.open(options.url + address)
                    browser.wait(selector)
                if steps:
                    steps(browser, sessions[role], options.url)
                browser.shoot(IMAGES / f"{name}.png")
                print(name)
            except (TimeoutError, SystemExit) as error:
                print(f"{name}: {error}")
                browser.shoot(Path(tempfile.gettempdir()) / f"{name}_failed.png")
    finally:
        browser.close()


if __name__ == "__main__":
    main()
