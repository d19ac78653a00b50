"""The way to the server: events up, rules and commands down, whatever happens between.

Every call is safe to repeat. Nothing is deleted here before the server has it.
"""

import asyncio
import contextlib
import gzip
import json
import logging
import random
import time
from datetime import UTC, datetime

import aiohttp

from school_edge import __version__

from .presence import Place

PATH = "/school_access/v1/edge/"
BATCH = 1_000
#: Seconds to wait after failures, doubled up to the most; each by half at random, so
#: that the schools of a city do not come back all at once.
FIRST_PAUSE, MOST_PAUSE = 1.0, 60.0
#: The configuration is asked for so often even if nobody says it has changed.
CONFIG_SECONDS = 300.0
#: All of the server's presence, and not only what is new, comes so often.
PRESENCE_SECONDS = 3_600.0
#: A token is renewed when this part of its life is over.
RENEW_AT = 0.5
#: Commands of the server that are remembered in memory too.
MAX_BEGUN = 1_000
#: A call that is not answered by then failed; a batch of events is given more.
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)

_logger = logging.getLogger(__name__)


class ServerError(Exception):
    """The call failed; the sentence (Russian) is for people.

    :ivar status: of HTTP, 0 without an answer
    :ivar answer: what a refusal says
    """

    def __init__(self, sentence, status=0, answer=None):
        super().__init__(sentence)
        self.status = status
        self.answer = answer or {}


class Client:
    """Calls of the server's interface."""

    def __init__(self, session, server, token=""):
        self.session, self.server, self.token = session, server, token

    async def call(self, name, message):
        """Return the answer of a call, or raise `ServerError`."""
        body = json.dumps(message, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Device {self.token}"
        if self.server.database:
            headers["X-Odoo-Database"] = self.server.database
        if len(body) > 2_000:
            body, headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
        url = self.server.url.rstrip("/") + PATH + name
        try:
            async with self.session.post(
                url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                return self._read(response.status, await response.read())
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ServerError(f"сервер не отвечает ({type(error).__name__})") from error

    def _read(self, status, body):
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if status == 200 and isinstance(answer, dict):
            return answer
        answer = answer if isinstance(answer, dict) else {}
        if status == 200:
            sentence = "по этому адресу отвечает не сервер школы: проверьте url"
        elif status in (401, 403):
            sentence = "сервер не узнаёт шлюз: подключите его заново"
        else:
            sentence = f"сервер ответил {status} {answer.get('error', '')}".strip()
        raise ServerError(sentence, status, answer)


class Pause:
    """Waiting times that grow."""

    def __init__(self):
        self.seconds = 0.0

    def grow(self):
        """Return how long to wait after one more failure."""
        self.seconds = min(max(FIRST_PAUSE, self.seconds * 2), MOST_PAUSE)
        return self.seconds * random.uniform(0.5, 1.0)

    def reset(self):
        self.seconds = 0.0


class Uplink:
    """Two loops that do not wait for each other: events, and everything else."""

    def __init__(self, gateway, client):
        self.gateway, self.client = gateway, client
        self.journal = gateway.journal
        self._revision = None
        self._config_at = None
        self._begun = {}
        self._presence_mark, self._presence_at = None, 0.0

    # === EVENTS === #

    async def forward(self):
        """Send events as they arrive; what waited, as fast as the server takes it."""
        pause = Pause()
        while True:
            try:
                is_more = await self._forward_batch()
                pause.reset()
            except ServerError as error:
                self.gateway.server_error = str(error)
                await asyncio.sleep(pause.grow())
                continue
            except Exception:  # the disk may be full: what the server has comes again
                _logger.warning("Events not sent", exc_info=True)
                await asyncio.sleep(pause.grow())
                continue
            if not is_more:
                await self.journal.arrived.wait()

    async def _forward_batch(self, is_gap=False):
        """Send one batch; tell whether there may be more."""
        self.journal.arrived.clear()
        rows = await self.journal.call("take", BATCH)
        if not rows:
            return False
        first, last = rows[0][0], rows[-1][0]
        message = {
            "store": self.journal.store.id,
            "events": [{"sequence": number, **body} for number, body in rows],
        }
        if is_gap:
            message["gap"] = True
        try:
            answer = await self.client.call("events", message)
        except ServerError as error:
            if error.status == 409 and error.answer.get("error") == "gap":
                return await self._fill_gap(error.answer.get("expected"), first)
            raise
        refused = [number for number, _code in answer.get("refused", [])]
        if refused:
            _logger.error("The server refused %s events", len(refused))
        last = min(last, answer["accepted_to"])
        await self.journal.call(
            "settle", first, last, refused, self.gateway.clock.now()
        )
        self.gateway.server_error = ""
        return True

    async def _fill_gap(self, expected, first):
        """The server lacks events that were sent: again, as far as they are kept."""
        if type(expected) is int and 0 < expected < first:
            count = await self.journal.call("requeue", expected)
            _logger.warning("The server expects %s: %s again", expected, count)
            if count:
                rows = await self.journal.call("take", 1)
                if rows[0][0] <= expected:
                    return True
        return await self._forward_batch(is_gap=True)

    # === STATE, COMMANDS, CONFIGURATION === #

    async def watch(self):
        """Ask the server for commands and changes for ever."""
        pause = Pause()
        while True:
            try:
                await self._sync()
                pause.reset()
                self.gateway.server_error = ""
                seconds = self.gateway.settings.sync_seconds
            except ServerError as error:
                self.gateway.server_error = str(error)
                seconds = min(pause.grow(), 10.0)
            except Exception:
                _logger.warning("Synchronisation failed", exc_info=True)
                seconds = pause.grow()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.gateway.questions.asked.wait()

    async def _sync(self):
        results = await self.journal.call("get_results")
        settled = await self.journal.call("last_settled")
        clock = self.gateway.clock
        began = time.monotonic()
        lists, lines = self._changed_lists()
        compared = self._get_compared()
        questions = self.gateway.questions
        questions.asked.clear()
        told = questions.to_tell()
        message = {
            "store": self.journal.store.id,
            "state": self._state(),
            "results": results,
            "lists": lists,
            "compared": compared,
            "questions": told,
            "presence": self._get_presence_mark(),
        }
        answer = await self.client.call("sync", message)
        questions.answered(told, answer.get("answers", []))
        for line, changes in lines:
            line.told_changes = changes
        self._forget_compared(compared)
        way = (time.monotonic() - began) / 2
        moment = datetime.fromisoformat(answer["time"]).replace(tzinfo=UTC)
        clock.learn(moment.timestamp() + way)
        self.gateway.last_sync = clock.now()
        await self._take_presence(answer.get("presence"))
        if results:
            numbers = [number for number, _done in results]
            await self.journal.attempt("forget_results", numbers, clock.now())
        await self._check_expected(answer.get("expected"), settled)
        for command in answer.get("commands", []):
            await self._pass_on(command)
        await self._load_config(answer.get("revision"))
        await self._renew_token()

    def _state(self):
        gateway = self.gateway
        return {
            "version": __version__,
            "queued": gateway.queued,
            "disk_used": round(gateway.usage * 100),
            "clock_drift": gateway.clock.drift,
            "set_backs": gateway.clock.set_backs,
            "is_full": gateway.journal.is_full,
            "strangers": sorted(gateway.lan.strangers),
            "controllers": [
                {
                    "id": number,
                    "seconds": line.seconds_silent(),
                    "firmware": line.firmware,
                    "address": line.address,
                    "mode": line.mode,
                    "has_sensor": line.has_sensor,
                    "key_changed": line.is_key_changed,
                }
                for number, line in sorted(gateway.lines.items())
            ],
        }

    def _changed_lists(self):
        """Return what controllers hold that the server does not know yet."""
        changed = [
            line
            for line in self.gateway.lines.values()
            if line.told_changes != line.changes and line.is_quiet()
        ]
        lists = {
            str(line.number): [
                [code, *values]
                for code, values in line.held.items()
                if values[0] is not None
            ]
            for line in changed
        }
        return lists, [(line, line.changes) for line in changed]

    def _get_compared(self):
        """Return [controller, number of cards that differed] of comparisons."""
        return [
            [number, line.differences]
            for number, line in sorted(self.gateway.lines.items())
            if line.differences is not None
        ]

    def _forget_compared(self, told):
        for number, differences in told:
            line = self.gateway.lines.get(number)
            if line and line.differences == differences:
                line.differences = None

    async def _check_expected(self, expected, settled):
        """A server that was restored from a copy is given what it has forgotten, also
        when nothing new happens at the doors."""
        if type(expected) is int and 0 < expected <= settled:
            _logger.warning("The server expects %s: again from there", expected)
            if await self.journal.attempt("requeue", expected):
                self.journal.arrived.set()

    async def _pass_on(self, command):
        """Give a command of the server to its controller, once."""
        number, seconds = command["id"], command.get("seconds")
        if number in self._begun:
            return
        is_new = await self.journal.note(
            "begin_command", number, self.gateway.clock.now()
        )
        self._begun[number] = True  # also without room on the disk
        while len(self._begun) > MAX_BEGUN:
            del self._begun[next(iter(self._begun))]
        if is_new is False:
            return
        line = self.gateway.lines.get(command["controller"])
        expires_at = None if seconds is None else self.gateway.steady() + seconds
        name, payload = command["name"], command.get("payload") or {}
        if line is None or not line.ask(name, payload, number, expires_at):
            await self.journal.note("end_command", number, False)

    async def _load_config(self, revision):
        now = self.gateway.steady()
        is_old = self._config_at is None or now - self._config_at > CONFIG_SECONDS
        if revision == self._revision and not is_old:
            return
        answer = await self.client.call(
            "config", {"version": self.gateway.rules.version}
        )
        if not answer.get("unchanged"):
            # First: on a full disk a blocked card must not go on opening.
            self.gateway.apply(answer)
            await self.journal.note("set_config", answer)
            _logger.info("Configuration %s", answer["version"][:8])
        self._revision, self._config_at = answer["revision"], now

    # === PRESENCE === #

    def _get_presence_mark(self):
        """Return how far we know the server's presence; now and then, and at first,
        nothing: all of it comes again."""
        is_old = self.gateway.steady() - self._presence_at > PRESENCE_SECONDS
        return None if is_old else self._presence_mark

    async def _take_presence(self, answer):
        """Take over passages at others' doors and what people have corrected."""
        if not isinstance(answer, dict):
            return
        if self._get_presence_mark() is None:
            self._presence_at = self.gateway.steady()
        self._presence_mark = answer["mark"]
        rows = [[*row[:-1], row[-1] or ""] for row in answer["people"]]
        for person, *place in rows:
            self.gateway.move(person, Place(*place))
        if rows:
            await self.journal.note("move_all", rows)

    async def _renew_token(self):
        issued = await self.journal.call("get", "issued_at")
        days = await self.journal.call("get", "days")
        now = self.gateway.clock.now()
        if not issued or now < issued + days * 86_400 * RENEW_AT:
            return
        if not await self.journal.attempt("set", issued_at=issued):
            return  # no room for another one
        answer = await self.client.call("token", {})
        # The old one is valid until the server sees the new one.
        await self.journal.call(
            "set", token=answer["token"], issued_at=now, days=answer["days"]
        )
        self.client.token = answer["token"]
        _logger.info("Token renewed")
