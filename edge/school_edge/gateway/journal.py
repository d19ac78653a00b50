"""The store behind one thread, so that a slow disk does not stop the doors."""

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor

from .store import StoreFull

#: Batches that share one write to the disk.
GROUP = 200
#: Writes that wait for room on the disk; of these only the last one counts.
MAX_LATE, LAST_COUNTS = 10_000, ("set_config",)

_logger = logging.getLogger(__name__)


class Journal:
    """Calls of `Store` from asyncio; events of many controllers are written together.

    :ivar arrived: set when there is something to send
    :ivar is_full: the last batch found no room
    """

    def __init__(self, store, clock):
        self.store, self.clock = store, clock
        self._thread = ThreadPoolExecutor(1, "store")
        self._waiting = []
        self._late = {}
        self._noted = 0
        self._writer = None
        self.arrived = asyncio.Event()
        self.is_full = False

    async def call(self, name, *arguments, **options):
        """Run a method of the store in its thread."""
        method = getattr(self.store, name)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, lambda: method(*arguments, **options)
        )

    async def attempt(self, name, *arguments, **options):
        """Write what may as well be missing; tell whether the disk took it."""
        try:
            await self.call(name, *arguments, **options)
        except (sqlite3.Error, OSError) as error:
            _logger.error("Not written: %s (%s)", name, error)
            return False
        return True

    async def note(self, name, *arguments, **options):
        """Write now, or later when there is no room: doors work by what is in memory.

        :return: of the method; None while it waits
        """
        if await self.catch_up():
            try:
                return await self.call(name, *arguments, **options)
            except (sqlite3.Error, OSError) as error:
                _logger.error("To be written later: %s (%s)", name, error)
        self._noted += 1
        key = name if name in LAST_COUNTS else self._noted
        self._late[key] = (name, arguments, options)
        while len(self._late) > MAX_LATE:
            del self._late[next(iter(self._late))]
        return None

    def is_late(self):
        return bool(self._late)

    async def catch_up(self):
        """Write what found no room, in its order; tell whether nothing is left."""
        while self._late:
            key, late = next(iter(self._late.items()))
            name, arguments, options = late
            try:
                await self.call(name, *arguments, **options)
            except (sqlite3.OperationalError, OSError):
                return False
            except sqlite3.Error:  # it never will be
                _logger.exception("Not written: %s", name)
            if self._late.get(key) is late:
                del self._late[key]
        return True

    async def append(self, controller, serial, events):
        """Return the positions of new events once they are on the disk, None when the
        batch was not stored."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((done, (controller, serial, events)))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        # A controller that hangs up does not stop the write of the others.
        return await asyncio.shield(done)

    async def _write(self):
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            answers = await self._store([batch for _done, batch in group])
            for (done, _batch), answer in zip(group, answers, strict=True):
                if not done.done():
                    done.set_result(answer)
            if any(answers):
                self.arrived.set()

    async def _store(self, batches):
        try:
            answers = await self.call("append", batches, int(self.clock.now()))
        except StoreFull:
            if not self.is_full:
                _logger.error("No room for events: controllers keep their own")
            self.is_full = True
            return [None] * len(batches)
        except Exception:
            if len(batches) > 1:  # one that cannot be digested takes no other with it
                return [(await self._store([batch]))[0] for batch in batches]
            _logger.exception("Events of controller %s not stored", batches[0][0])
            return [None]
        self.is_full = False
        return answers

    def close(self):
        self._thread.shutdown()
        self.store.close()
