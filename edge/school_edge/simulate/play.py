"""Play a plan: connect the controllers and let people tap."""

import asyncio
import contextlib
import random
import statistics
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp

from .clock import Clock
from .controller import Controller
from .link import Link

#: A door is tried by a card of `strangers` once in so many taps.
STRANGER_EVERY = 50
#: How long a call may take, in seconds.
TIMEOUT = aiohttp.ClientTimeout(total=10)


class Play:
    """Controllers of a plan, talking, until the block ends.

    >>> async with Play(plan, truth) as play:        # doctest: +SKIP
    ...     await play.perform(crowd.morning(plan.cards, play.serials, seconds=60))
    """

    def __init__(self, plan, truth, *, faults=None, headers=None, seed=0, clock=None):
        """:param clock: function that makes the clock of a controller"""
        self.plan = plan
        self.truth = truth
        self.faults = faults
        self.headers = headers
        self.seed = seed
        self.make_clock = clock or self._synchronised_clock
        self.controllers = {}
        self._tasks = []

    @property
    def serials(self):
        """Controllers that people come to."""
        cast = self.plan.controllers
        return [each["serial"] for each in cast if not each.get("is_quiet")]

    def _synchronised_clock(self):
        zone = ZoneInfo(self.plan.timezone)
        return Clock(datetime.now(zone).replace(tzinfo=None))

    async def __aenter__(self):
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT, connector=aiohttp.TCPConnector(limit=0)
        )
        for number, cast in enumerate(self.plan.controllers):
            link = Link(
                self._session, cast["url"], self.faults, self.seed + number,
                self.headers,
            )  # fmt: skip
            controller = Controller(
                cast["serial"], link, self.make_clock(), self.truth,
                cast.get("type", "Z5RWEB"), cast.get("firmware", "3.23"),
            )  # fmt: skip
            self.controllers[cast["serial"]] = controller
            self._tasks.append(asyncio.create_task(controller.run()))
        return self

    async def __aexit__(self, *_error):
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._session.close()

    async def connect(self, timeout=30):
        """Wait until the server has activated every controller."""
        async with asyncio.timeout(timeout):
            while not all(each.is_active for each in self.controllers.values()):
                await asyncio.sleep(0.05)

    async def perform(self, steps, speed=1.0, until=None):
        """Let people tap at their times; taps do not wait for each other.

        :param float until: seconds after which nobody taps any more
        """
        began = time.monotonic()
        chance = random.Random(self.seed)
        taps = set()
        for step in steps:
            if until is not None and step.at > until:
                break
            pause = step.at / speed - (time.monotonic() - began)
            if pause > 0:
                await asyncio.sleep(pause)
            card = step.card
            if self.plan.strangers and chance.randrange(STRANGER_EVERY) == 0:
                card = chance.choice(self.plan.strangers)
            controller = self.controllers[step.serial]
            tap = asyncio.create_task(controller.tap(card, step.direction))
            taps.add(tap)
            tap.add_done_callback(taps.discard)
        if taps:
            await asyncio.gather(*taps)

    async def settle(self, timeout=120):
        """Wait until the server has taken every event."""
        await asyncio.gather(
            *(each.settle(timeout) for each in self.controllers.values())
        )

    def report(self):
        """Return counts and how long answers took, in milliseconds."""
        times = [
            seconds * 1000
            for controller in self.controllers.values()
            for seconds in controller.answer_times
        ]
        report = dict(self.truth.counts)
        for name in ("sent", "lost", "repeated"):
            report[f"packets_{name}"] = sum(
                each.link.counts[name] for each in self.controllers.values()
            )
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            report |= {"answer_p50_ms": cuts[49], "answer_p99_ms": cuts[98]}
        return report
