"""The serving page: opens without a session and, once opened, without network."""

import hashlib
import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

from odoo import http
from odoo.http import request

PAGE = "/school_meal/serve"
STATIC = "/school_meal_day/static/src/serving/"
DEVICE = "/school_meal_base/static/src/device/"
ADDONS = Path(__file__).resolve().parents[2]
#: What the page is made of; the service worker keeps all of it.
FILES = (
    PAGE,
    *(
        STATIC + name
        for name in (
            "agent.js",
            "app.js",
            "day.js",
            "icon.svg",
            "issuing.js",
            "loader.js",
            "manifest.webmanifest",
            "pairing.js",
            "panels.css",
            "panels.js",
            "queue.js",
            "reader.js",
            "result.css",
            "screens.js",
            "server.js",
            "serving.css",
            "store.js",
            "view.js",
        )
    ),
    DEVICE + "reader_agent.js",
    DEVICE + "reader_text.js",
    DEVICE + "tones.js",
)
#: What the page itself is rendered from.
TEXTS = (
    "models/meal_serving_words.py",
    "views/serving_page.xml",
    "const.py",
    "i18n/ru.po",
)


class ServingPageController(http.Controller):
    @http.route(PAGE, type="http", auth="public", sitemap=False, readonly=True)
    def page(self, **_options):
        """The page itself: nothing in it is about a school or a person."""
        # it stays on the tablet, whoever happens to be signed in when it is fetched
        lang = request.env["meal.serving.words"]._get_language()
        request.update_context(lang=lang)
        words = json.dumps(request.env["meal.serving.words"]._get())
        values = {
            # a text of ours inside of a script element: "<" would end it
            "words": Markup(words.replace("<", "\\u003c")),
            "static": STATIC,
            "lang": lang,
        }
        html = request.env["ir.qweb"]._render("school_meal_day.serving_page", values)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-cache"),
        ]
        return request.make_response(Markup("<!DOCTYPE html>\n") + html, headers)

    @http.route(f"{PAGE}/sw.js", type="http", auth="none", readonly=True)
    def service_worker(self):
        head = f"const VERSION = {json.dumps(_version())};\n"
        head += f"const FILES = {json.dumps(FILES)};\n"
        headers = [
            ("Content-Type", "text/javascript; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("Service-Worker-Allowed", PAGE),
        ]
        return request.make_response(head + _read(STATIC + "worker.js"), headers)

    @http.route(
        f"{PAGE}/schools",
        type="jsonrpc", auth="public", methods=["POST"], readonly=True,
    )  # fmt: skip
    def schools(self):
        return request.env["meal.serving.pairing"]._get_answer()

    @http.route(f"{PAGE}/pair", type="jsonrpc", auth="user", methods=["POST"])
    def pair(self, school_id, name, device_id=None):
        return request.env["meal.serving.pairing"]._pair(school_id, name, device_id)


def _read(path):
    return (ADDONS / path.lstrip("/")).read_text(encoding="utf-8")


@cache
def _version():
    """Return what changes with any file of the page: a new one is fetched then."""
    digest = hashlib.sha256()
    for path in (*FILES, STATIC + "worker.js"):
        if path != PAGE:
            digest.update(_read(path).encode())
    for path in TEXTS:
        file = ADDONS / "school_meal_day" / path
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()[:16]
