"""`school-edge reader`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from school_edge.words import why

from .drivers import READERS_CHANGED, Driver, Message
from .hub import Hub
from .pairing import Pairing, TokenStore
from .pcsc import PcscDriver
from .serial_lines import SerialDriver
from .settings import Settings, SettingsError, load

_logger = logging.getLogger(__name__)

CONFIG = "/etc/school-edge.toml"
#: A token that was revoked by `--forget` is useless after this time.
LOOK_SECONDS = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", default=CONFIG, type=Path, help=f"файл настройки, обычно {CONFIG}"
    )
    parser.add_argument(
        "--forget",
        action="store_true",
        help="забыть все подключённые страницы и закончить",
    )


def run(options: argparse.Namespace) -> int:
    """Run until told to end.

    :return: exit code
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        settings = load(options.config)
        if options.forget:
            count = TokenStore(settings.tokens).forget()
            print(f"Забыто страниц: {count}")
            return 0
        asyncio.run(serve(settings))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        where = error.filename or f"порт {settings.port}"
        print(f"{where}: {why(error)}.", file=sys.stderr)
        return 1
    return 0


def make_drivers(settings: Settings) -> list[Driver]:
    drivers: list[Driver] = [PcscDriver()] if settings.pcsc else []
    return drivers + [SerialDriver(port, settings.baud) for port in settings.serial]


async def serve(settings: Settings) -> None:
    """Serve pages and watch readers until SIGTERM."""
    from aiohttp import web

    from .server import Server

    store = TokenStore(settings.tokens)
    hub, pairing = Hub(store), Pairing(store)
    drivers = make_drivers(settings)
    server = Server(
        port=settings.port,
        origins=settings.origins,
        hub=hub,
        pairing=pairing,
        drivers=drivers,
    )

    def emit(message: Message) -> None:
        if message is READERS_CHANGED:
            hub.broadcast(server.readers_message())
        else:
            hub.deliver(message)

    # no access log: nothing in it would help anybody
    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(
            runner, "127.0.0.1", settings.port, shutdown_timeout=1
        ).start()
        _logger.info("Open http://127.0.0.1:%d/ on this computer", settings.port)
        assert pairing.code  # it is said in the log
        await _work([*(driver.run(emit) for driver in drivers), _watch_tokens(hub)])
    finally:
        await runner.cleanup()


async def _watch_tokens(hub: Hub) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        hub.drop_forgotten()


async def _work(coroutines: list) -> None:
    """Do everything at once until SIGTERM; a bug in one of them ends the program."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    stop = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        waiting = {stopped, *tasks}
        while not stopped.done():
            done, waiting = await asyncio.wait(
                waiting, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()  # a driver without its package ends at once
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
