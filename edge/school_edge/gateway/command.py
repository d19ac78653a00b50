"""`school-edge gateway`: run until told to end."""

import asyncio
import contextlib
import logging
import signal
import sys

import aiohttp
from aiohttp import web

from school_edge.config import ConfigError, add_config_argument, read_config
from school_edge.protocol.web_json import BODY_LIMIT
from school_edge.words import why

from .core import Gateway
from .pages import Pages
from .uplink import Client, Uplink

_logger = logging.getLogger(__name__)


def add_arguments(parser):
    add_config_argument(parser)


def run(options):
    """Return the exit code: 2 when the configuration is wrong."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        server, settings = read_config(options.config)
        asyncio.run(serve(server, settings))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def serve(server, settings):
    """Serve controllers and people until SIGTERM."""
    gateway = Gateway(settings)
    token = gateway.journal.store.get("token")
    if not token:
        gateway.journal.close()
        raise ConfigError(
            "Шлюз не подключён. Возьмите код на сервере (Проходы → Шлюзы) и выполните:"
            " school-edge enrol КОД"
        )
    runner = web.AppRunner(application(gateway), access_log=None)
    await runner.setup()
    # Limits: a few connections to one server, none of them for ever.
    connector = aiohttp.TCPConnector(limit=4)
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            uplink = Uplink(gateway, Client(session, server, token))
            await _listen(runner, settings)
            _logger.info("Listening on %s:%s", settings.listen, settings.port)
            await _work([uplink.forward(), uplink.watch(), gateway.care()])
    finally:
        await runner.cleanup()
        await gateway.close()


async def _listen(runner, settings):
    site = web.TCPSite(runner, settings.listen, settings.port, shutdown_timeout=2)
    try:
        await site.start()
    except OSError as error:
        raise ConfigError(
            f"Адрес {settings.listen}, порт {settings.port}: {why(error)}. Проверьте"
            " listen и port в разделе [gateway]."
        ) from error


def application(gateway):
    """Return the web application of controllers and local pages."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_no_surprise])
    handle = gateway.lan.handle
    app.add_routes(
        [
            web.post("/c", handle),
            web.post("/c/{secret}", handle),
            # the path that the server shows for a controller
            web.post("/school_access/v1/c/{secret}", handle),
            *Pages(gateway).routes(),
        ]
    )
    return app


@web.middleware
async def _no_surprise(request, handler):
    """Whatever goes wrong with one post, the next one is answered."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        _logger.exception("A call failed")
        return web.Response(status=500)


async def _work(coroutines):
    """Do everything at once until SIGTERM; an error in one of them ends the program,
    and systemd starts it again."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        done, _waiting = await asyncio.wait(
            {stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            task.result()
    finally:
        for task in (stopped, *tasks):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(stopped, *tasks, return_exceptions=True)
