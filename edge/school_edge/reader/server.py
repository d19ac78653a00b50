"""The agent's WebSocket and its own page, on 127.0.0.1 only.

Any page of a browser can reach a port of its computer, so three things are checked:
`Host` (a name of a stranger that leads here), `Origin` (a page of another server), and
the token (a page of the right server in whose hands the code has not been put).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Sequence

from aiohttp import WSMsgType, web

from .drivers import Driver, Message
from .hub import Hub, Page
from .local_page import render
from .pairing import Pairing, TooManyAttempts, WrongCode, digest_of

_logger = logging.getLogger(__name__)

LONGEST_MESSAGE = 2048
MOST_PAGES = 32
HEARTBEAT_SECONDS = 20.0
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server:
    """Routes of the agent.

    :ivar refused_origin: the last server whose page was turned away, for the local page
    """

    def __init__(
        self,
        *,
        port: int,
        origins: frozenset[str],
        hub: Hub,
        pairing: Pairing,
        drivers: Sequence[Driver],
    ):
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = origins
        self.hub, self.pairing, self.drivers = hub, pairing, drivers
        self.refused_origin = ""

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._check_host])
        application.router.add_get("/", self._show)
        application.router.add_get("/ws", self._connect)
        return application

    def state(self) -> list[dict]:
        """The readers, as pages and the local page show them."""
        return [
            {"kind": driver.kind, "names": driver.readers, "problem": driver.problem}
            for driver in self.drivers
        ]

    def readers_message(self) -> Message:
        names = [
            {"name": name, "kind": item["kind"]}
            for item in self.state()
            for name in item["names"]
        ]
        return {"type": "readers", "readers": names}

    @web.middleware
    async def _check_host(
        self, request: web.Request, handler: Callable
    ) -> web.StreamResponse:
        if request.headers.get("Host", "").lower() not in self.hosts:
            raise web.HTTPMisdirectedRequest(text="Open http://127.0.0.1 itself.\n")
        return await handler(request)

    async def _show(self, _request: web.Request) -> web.Response:
        text = render(
            code=self.pairing.code,
            readers=self.state(),
            pages=sorted(page.origin for page in self.hub.paired),
            refused=self.refused_origin,
        )
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    # --- WebSocket ---

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin", "").lower()
        if origin not in self.origins:
            if origin != self.refused_origin:
                _logger.warning("A page of %.100r was turned away", origin)
            self.refused_origin = origin[:100]
            raise web.HTTPForbidden(text="This server is not in [reader] origins.\n")
        if len(self.hub.pages) >= MOST_PAGES:
            raise web.HTTPServiceUnavailable(text="Too many pages are open.\n")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, max_msg_size=LONGEST_MESSAGE
        )
        page = Page(origin)
        self.hub.pages.add(page)
        try:
            await socket.prepare(request)
            page.tell({"type": "hello", "version": 1})
            writer = asyncio.create_task(_write(page, socket))
            try:
                await self._listen(page, socket)
            finally:
                writer.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await writer
        finally:
            self.hub.pages.discard(page)
        return socket

    async def _listen(self, page: Page, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            message = read_message(frame.data) if frame.type == WSMsgType.TEXT else None
            if message is None:
                page.close()
                return await _drain(socket)
            self._handle(page, message)

    def _handle(self, page: Page, message: Message) -> None:
        """Answer a page; unknown kinds are of a newer page and do no harm."""
        match message["type"]:
            case "ping":
                page.tell({"type": "pong"})
            case "front":
                self.hub.bring_to_front(page)
            case "token":
                self._recognise(page, message.get("token"))
            case "pair":
                self._pair(page, message.get("code"))

    def _recognise(self, page: Page, token: object) -> None:
        digest = digest_of(token) if isinstance(token, str) else ""
        if self.pairing.store.knows(digest, page.origin):
            self._welcome(page, digest)
        else:
            page.tell({"type": "refused", "reason": "token"})

    def _pair(self, page: Page, code: object) -> None:
        try:
            token, digest = self.pairing.redeem(code, page.origin)
        except WrongCode:
            page.tell({"type": "refused", "reason": "code"})
        except TooManyAttempts as error:
            wait = {"reason": "wait", "seconds": error.seconds}
            page.tell({"type": "refused", **wait})
        except OSError as error:
            _logger.error("The token cannot be kept: %s", error.strerror)
            page.tell({"type": "refused", "reason": "disk"})
        else:
            _logger.info("A page of %s is connected for good", page.origin)
            page.tell({"type": "paired", "token": token})
            self._welcome(page, digest)

    def _welcome(self, page: Page, digest: str) -> None:
        page.digest = digest
        self.hub.bring_to_front(page)
        page.tell(self.readers_message())


def read_message(data: str) -> Message | None:
    """
    >>> read_message('{"type": "front", "more": 1}')["type"]
    'front'
    >>> [read_message(data) for data in ('', '[]', '{"type": 1}', '{', '[' * 2000)]
    [None, None, None, None, None]
    """
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(message, dict) and isinstance(message.get("type"), str):
        return message
    return None


async def _write(page: Page, socket: web.WebSocketResponse) -> None:
    with contextlib.suppress(ConnectionError):
        while (text := await page.queue.get()) is not None:
            await socket.send_str(text)
    await socket.close()


async def _drain(socket: web.WebSocketResponse) -> None:
    """Let the writer send what is told and close."""
    async for _frame in socket:
        pass
