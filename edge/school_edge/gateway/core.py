"""The gateway as a whole: rules, lines to controllers, who is inside, what is wrong."""

import asyncio
import hashlib
import hmac
import json
import logging
import time

from .clock import Clock, boot_id
from .journal import Journal
from .lan import Lan
from .line import Line
from .presence import INSIDE, NOWHERE, UNKNOWN
from .questions import Questions
from .rules import Rules
from .store import Store

#: Seconds between two looks after the store, dumps of cards and the saved time.
CARE_SECONDS = 5

_logger = logging.getLogger(__name__)


class Gateway:
    """
    :ivar rules: of the last configuration
    :ivar lines: controller id -> `Line`
    :ivar presence: person id -> `Place` after the last passage; see :meth:`place`
    """

    def __init__(self, settings, wall=time.time, steady=time.monotonic):
        self.settings = settings
        self.steady = steady
        store = Store(settings.store_path, settings.max_mb)
        self._boot = boot_id()
        is_same_boot = self._boot and store.get("boot") == self._boot
        self.clock = Clock(
            wall,
            steady,
            not_before=store.get("time", 0),
            offset=store.get("offset") if is_same_boot else None,
        )
        self.journal = Journal(store, self.clock)
        self.presence = store.get_presence()
        self._held = store.get_held()
        self.lines = {}
        self.lan = Lan(self)
        self.questions = Questions(self)
        self._tasks = set()
        self.queued = store.count_queued()
        self.usage = store.usage()
        self.last_sync = None
        self.server_error = ""
        self.apply(store.get_config())

    # === CONFIGURATION === #

    def apply(self, config):
        """Work by a configuration from now on."""
        self.rules = Rules(config)
        for number, controller in self.rules.controllers.items():
            if number not in self.lines:
                self.lines[number] = Line(
                    number, self._held.pop(number, {}), self.journal, self.steady
                )
            self.lines[number].configure(controller, self.rules.wanted(number))
        for number in self.lines.keys() - self.rules.controllers.keys():
            self._held[number] = self.lines.pop(number).held

    def is_secret(self, controller, secret):
        """Tell whether a path is the controller's; without one any path is."""
        digest = controller["secret_digest"]
        found = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
        return not digest or hmac.compare_digest(digest, found)

    # === PRESENCE === #

    def move(self, person, place):
        if place.since >= self.presence.get(person, NOWHERE).since:
            self.presence[person] = place

    def place(self, person):
        """Return where somebody is; after the hour of the site nobody is inside for
        sure."""
        place = self.presence.get(person, NOWHERE)
        if place.state == INSIDE:
            end = self.rules.last_end(place.site, self.clock.utc())
            if end is not None and place.since < end:
                return place._replace(state=UNKNOWN)
        return place

    # === STATE === #

    def problems(self):
        """Return what somebody should look at, as sentences in Russian."""
        found = []
        if self.journal.is_full:
            found.append(
                "Нет места для событий: контроллеры хранят их у себя. Восстановите"
                " связь с сервером или увеличьте max_mb."
            )
        if self.server_error:
            found.append(f"Нет связи с сервером: {self.server_error}")
        if self.clock.set_backs:
            found.append("Часы компьютера переводили назад: проверьте его батарейку.")
        for number, line in sorted(self.lines.items()):
            name = self.rules.controllers[number]["name"]
            if line.is_silent():
                found.append(f"Контроллер «{name}» молчит.")
            if line.is_key_changed:
                found.append(f"У контроллера «{name}» сменился ключ авторизации.")
        if self.lan.strangers:
            serials = ", ".join(sorted(self.lan.strangers))
            found.append(f"Неизвестные контроллеры: {serials}.")
        return found

    # === WORK === #

    def spawn(self, coroutine):
        """Do something nobody waits for."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def care(self):
        """Keep the house: old events, dumps of cards, the time for the next start."""
        while True:
            await asyncio.sleep(CARE_SECONDS)
            try:
                await self._care()
            except Exception:  # a full disk must not end it
                _logger.warning("Housekeeping failed", exc_info=True)

    async def _care(self):
        self.queued = await self.journal.call("count_queued")
        self.usage = await self.journal.call("usage")
        await self.journal.catch_up()
        for line in list(self.lines.values()):
            differences = await line.end_dump()
            if differences:
                _logger.warning(
                    "Controller %s held %s other cards", line.number, differences
                )
        keep = self.settings.keep_days * 86_400
        await self.journal.call("purge", self.clock.now(), keep)
        await self.journal.call(
            "set",
            time=self.clock.now(),
            offset=self.clock.known_offset(),
            boot=self._boot,
            seen=json.dumps(self._seen()),
        )

    def _seen(self):
        """Return {controller: seconds since 1970 of its last call}, for the doctor."""
        now, steady = self.clock.now(), self.steady()
        return {
            number: int(now - (steady - line.seen_at))
            for number, line in self.lines.items()
            if line.seen_at is not None
        }

    async def close(self):
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        self.journal.close()
