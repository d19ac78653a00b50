"""People at their browsers: real Chromium, one profile for each of them."""

import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

DESKTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
TIMEOUT = 60_000  # milliseconds; a busy machine starts a till slowly
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Person:
    """One user with a browser profile of their own.

    :param server: the :class:`OdooServer` they work with
    """

    def __init__(self, chromium, server, folder, name, *, phone=False):
        self.server, self.folder, self.name = server, folder, name
        self.context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            device_scale_factor=2 if phone else 1,
            is_mobile=phone,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            accept_downloads=True,
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, login, password):
        self.open("/web/login")
        self.page.fill("form input[name=login]", login)
        self.page.fill("form input[name=password]", password)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)
        return self

    def open(self, path):
        self.page.goto(f"http://127.0.0.1:{self.server.port}{path}")

    def open_action(self, name, record=""):
        """Open a window action by its XML id, or one record (or `new`) of it."""
        self.open(f"/odoo/action-{name}" + (f"/{record}" if record else ""))

    def press(self, button, confirm=False):
        """Press the button of a form by the name of its method; it must succeed."""
        with self.page.expect_response("**/call_button/**") as answer:
            self.page.click(f"button[name={button}]:visible")
            if confirm:
                self.page.click(".modal footer .btn-primary:visible")
        reply = answer.value.json()
        assert "error" not in reply, f"{self.name}, {button}: {reply['error']}"

    def choose_file(self, field, name, content):
        self.page.set_input_files(
            f".o_field_widget[name={field}] input[type=file]",
            {"name": name, "mimeType": "application/octet-stream", "buffer": content},
        )

    def see(self, selector, text=None):
        """Wait until an element is visible, optionally one with a text."""
        found = self.page.locator(selector)
        if text is not None:
            found = found.filter(has_text=text)
        found.first.wait_for(state="visible")
        return found.first

    def tap_card(self, text):
        """Do what a keyboard reader does: type fast and end with Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def network(self, there):
        self.context.set_offline(not there)

    def picture(self, name):
        """Keep a screenshot where SCHOOL_MEAL_SCREENSHOTS says, for the guides."""
        target = os.environ.get("SCHOOL_MEAL_SCREENSHOTS")
        if target:
            image = Image.open(io.BytesIO(self.page.screenshot()))
            image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
                Path(target) / f"{name}.png", optimize=True
            )


@pytest.fixture(scope="session")
def chromium():
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    assert binary, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def people(chromium, tmp_path, request):
    """Return a function that seats a person; pictures of all are kept on failure."""
    seated = []

    def seat(server, name, **options):
        person = Person(chromium, server, tmp_path, name, **options)
        seated.append(person)
        return person

    yield seat
    for person in seated:
        if getattr(request.node, "failed", False):
            path = tmp_path / f"failed_{person.name}.png"
            person.page.screenshot(path=path)
            print(f"{person.name} last saw {person.page.url}: {path}")
        person.context.close()
