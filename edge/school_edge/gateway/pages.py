"""Pages for people in the school's network: who is inside, and how the gateway is.

They work without the server. A PIN opens them; it was shown once at enrolment.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from aiohttp import web

from .presence import OUTSIDE, UNKNOWN

COOKIE = "school_edge"
#: A browser stays signed in for a working day.
SESSION_SECONDS = 12 * 3600
MAX_SESSIONS = 100
#: Tries of one address; then it waits, and nobody else.
TRIES, PER_SECONDS, MAX_ADDRESSES = 10, 300, 1_000

_STYLE = """
body{font:16px/1.4 sans-serif;margin:1.5em;color:#111}h1{font-size:1.5em}
table{border-collapse:collapse;width:100%;margin-bottom:1em}
td,th{border:1px solid #999;padding:.2em .5em;text-align:left}
td.box{width:2.5em}h2{font-size:1.15em;margin:.8em 0 .3em}.bad{color:#b00020}
section{break-inside:avoid}button,input{font-size:1.2em;padding:.4em .8em}
nav a{margin-right:1.5em}@media print{nav,button{display:none}body{margin:0}}
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def digest_pin(pin, salt):
    """Return the digest of a PIN: slow, for there are few PINs."""
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1)


class Pages:
    def __init__(self, gateway):
        self.gateway = gateway
        self._sessions = {}
        self._tries = {}
        self._one_at_a_time = asyncio.Lock()

    def routes(self):
        return [
            web.get("/", self.status),
            web.get("/evacuation", self.evacuation),
            web.get("/login", self.login),
            web.post("/login", self.sign_in),
        ]

    # === SIGNING IN === #

    async def login(self, request):
        return self._login_page()

    def _login_page(self, message="", status=200):
        body = (
            f'<h1>Шлюз: {escape(self.gateway.rules.school)}</h1><form method="post"'
            ' action="/login"><label>ПИН-код <input name="pin" type="password"'
            ' inputmode="numeric" autocomplete="off" autofocus></label> '
            f'<button>Войти</button></form><p class="bad">{escape(message)}</p>'
        )
        return self._page("Вход", body, nav=False, status=status)

    async def sign_in(self, request):
        now = time.monotonic()
        tries = self._recent_tries(request.remote, now)
        if len(tries) >= TRIES:
            return self._login_page("Слишком много попыток. Подождите 5 минут.", 429)
        tries.append(now)  # before it is looked at: many may come at once
        form = await request.post()
        if not await self._is_pin(str(form.get("pin", ""))[:32]):
            return self._login_page("Неверный ПИН-код.", 403)
        self._tries.pop(request.remote, None)
        token = secrets.token_urlsafe(24)
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        self._sessions[token] = now + SESSION_SECONDS
        response = web.HTTPSeeOther("/")
        response.set_cookie(
            COOKIE, token, max_age=SESSION_SECONDS, httponly=True, samesite="Strict"
        )
        raise response

    def _recent_tries(self, address, now):
        """Return the list of moments at which an address has tried a PIN."""
        tries = self._tries.pop(address, [])
        self._tries[address] = [each for each in tries if now - each < PER_SECONDS]
        while len(self._tries) > MAX_ADDRESSES:
            del self._tries[next(iter(self._tries))]
        return self._tries[address]

    async def _is_pin(self, pin):
        journal = self.gateway.journal
        salt = await journal.call("get", "pin_salt")
        digest = await journal.call("get", "pin_digest")
        if not digest:
            return False
        async with self._one_at_a_time:  # beside the doors, which do not wait for it
            found = await asyncio.to_thread(digest_pin, pin, salt)
        return hmac.compare_digest(digest, found)

    def _check(self, request):
        token = request.cookies.get(COOKIE, "")
        if self._sessions.get(token, 0) < time.monotonic():
            self._sessions.pop(token, None)
            raise web.HTTPSeeOther("/login")

    # === PAGES === #

    async def status(self, request):
        self._check(request)
        gateway = self.gateway
        synced = gateway.last_sync
        rows = [
            ("Связь с сервером", self._time(synced) if synced else "ещё не было"),
            ("Событий ждут отправки", str(gateway.queued)),
            ("Занято места", f"{gateway.usage:.0%}"),
            ("Людей в списках", str(len(gateway.rules.people))),
        ]
        for number, controller in sorted(gateway.rules.controllers.items()):
            line = gateway.lines[number]
            state = "молчит" if line.is_silent() else "на связи"
            rows.append((f"{controller['point_name']}: {controller['name']}", state))
        problems = "".join(
            f'<li class="bad">{escape(text)}</li>' for text in gateway.problems()
        )
        table = "".join(
            f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>"
            for name, value in rows
        )
        body = (
            f"<h1>{escape(gateway.rules.school)}</h1>"
            f"<ul>{problems or '<li>Всё в порядке.</li>'}</ul><table>{table}</table>"
        )
        return self._page("Состояние", body)

    async def evacuation(self, request):
        """Who is inside, class by class, with a box to tick; made to be printed."""
        self._check(request)
        groups = self.inside()
        people = [person for _title, members in groups for person in members]
        unknown = sum(is_unknown for _name, _since, is_unknown in people)
        sections = "".join(
            f"<section><h2>{escape(title)}: {_count(members)}</h2><table>"
            + "".join(
                f'<tr><td class="box"></td><td>{escape(name)}</td>'
                f"<td>{'? ' if is_unknown else ''}{self._short_time(since)}</td></tr>"
                for name, since, is_unknown in members
            )
            + "</table></section>"
            for title, members in groups
        )
        body = (
            f"<h1>Кто в здании: {len(people) - unknown}</h1>"
            f"<p>Неизвестно, в здании ли: {unknown} — отмечены знаком «?», их тоже"
            f" ищут.</p><p>{escape(self.gateway.rules.school)},"
            f" на {self._time(self.gateway.clock.now())}. По проходам через турникеты;"
            " отметьте тех, кто вышел.</p>" + sections
        )
        return self._page("Список для эвакуации", body)

    def inside(self):
        """Return (class, [(name, since, whether it is not known that they are inside)])
        of who is to be looked for, in the order of a roll."""
        gateway, groups = self.gateway, {}
        sites = gateway.rules.sites() | {None}
        for person, (name, school_class, kind) in gateway.rules.people.items():
            place = gateway.place(person)
            if place.state != OUTSIDE and place.site in sites:
                title = school_class or _KINDS.get(kind, "Без класса")
                member = (name, place.since, place.state == UNKNOWN)
                groups.setdefault((not school_class, title), []).append(member)
        return [
            (title, sorted(people))
            for (_last, title), people in sorted(groups.items(), key=_class_order)
        ]

    # === HELPERS === #

    def _page(self, title, body, nav=True, status=200):
        links = (
            '<nav><a href="/">Состояние</a>'
            '<a href="/evacuation">Список для эвакуации</a></nav>'
        )
        text = (
            '<!DOCTYPE html><html lang="ru"><meta charset="utf-8"><meta name="viewport"'
            f' content="width=device-width"><title>{title}</title>'
            f"<style>{_STYLE}</style>{links if nav else ''}{body}</html>"
        )
        return web.Response(
            text=text, content_type="text/html", status=status, headers=_HEADERS
        )

    def _zone(self):
        return ZoneInfo(self.gateway.rules.timezone)

    def _time(self, seconds):
        moment = datetime.fromtimestamp(seconds, self._zone())
        return moment.strftime("%d.%m.%Y %H:%M")

    def _short_time(self, since):
        if not since:
            return ""
        moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
        return moment.astimezone(self._zone()).strftime("%d.%m %H:%M")


_KINDS = {"staff": "Сотрудники", "guest": "Гости", "student": "Без класса"}


def _count(members):
    """
    >>> _count([("Иванов", "", False), ("Петров", "", True)])
    '1, неизвестно: 1'
    """
    unknown = sum(is_unknown for *_person, is_unknown in members)
    inside = str(len(members) - unknown)
    return f"{inside}, неизвестно: {unknown}" if unknown else inside


def _class_order(item):
    """
    >>> sorted([((False, "10А"), []), ((True, "Гости"), []), ((False, "9Б"), [])],
    ...        key=_class_order)
    [((False, '9Б'), []), ((False, '10А'), []), ((True, 'Гости'), [])]
    """
    (is_last, title), _people = item
    digits = title[: len(title) - len(title.lstrip("0123456789"))]
    return is_last, int(digits or 0), title
