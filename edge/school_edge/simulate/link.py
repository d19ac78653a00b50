"""The network between a controller and its server, with the faults it has."""

import asyncio
import json
import random
from dataclasses import dataclass, field

import aiohttp


@dataclass
class Faults:
    """How bad the network is: probabilities per packet, and outages.

    `outages`: pairs of seconds since the start during which nothing gets through.
    """

    lost_request: float = 0.0
    lost_answer: float = 0.0
    repeated: float = 0.0
    outages: list[tuple[float, float]] = field(default_factory=list)

    def is_out(self, seconds):
        return any(begin <= seconds < end for begin, end in self.outages)


class Unreachable(Exception):
    """No valid answer came back; the packet may have arrived all the same."""


class Link:
    """Send packets to one address, losing and repeating some of them."""

    def __init__(self, session, url, faults=None, seed=0, headers=None):
        self.session = session
        self.url = url
        self.faults = faults or Faults()
        self.random = random.Random(seed)
        self.headers = headers or {}
        self.counts = {"sent": 0, "answered": 0, "lost": 0, "repeated": 0}
        self._started = asyncio.get_running_loop().time()

    async def post(self, document):
        """Return the parsed answer.

        :raises Unreachable: no answer, or none that can be understood
        """
        body = json.dumps(document, separators=(",", ":")).encode()
        now = asyncio.get_running_loop().time() - self._started
        if self.faults.is_out(now) or self._happens(self.faults.lost_request):
            self.counts["lost"] += 1
            raise Unreachable("not sent")
        answer = await self._send(body)
        if self._happens(self.faults.repeated):
            self.counts["repeated"] += 1
            answer = await self._send(body)
        if self._happens(self.faults.lost_answer):
            self.counts["lost"] += 1
            raise Unreachable("answer lost")
        self.counts["answered"] += 1
        return answer

    async def _send(self, body):
        self.counts["sent"] += 1
        try:
            async with self.session.post(
                self.url, data=body, headers=self.headers
            ) as response:
                if response.status != 200:
                    raise Unreachable(f"HTTP {response.status}")
                return json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unreachable(type(error).__name__) from error

    def _happens(self, probability):
        return bool(probability) and self.random.random() < probability
