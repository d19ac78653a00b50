"""Pages of the gateway: who gets in, and what others may spoil."""

import asyncio
import threading
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from school_edge.config import Gateway as Settings
from school_edge.gateway import pages
from school_edge.gateway.command import application
from school_edge.gateway.core import Gateway
from test_gateway_rules import configuration

PIN = "12345678"


@asynccontextmanager
async def served(tmp_path):
    """Yield (address, gateway) of a gateway that serves its pages."""
    gateway = Gateway(Settings(state=str(tmp_path), max_mb=8))
    gateway.apply(configuration())
    salt = b"salt"
    gateway.journal.store.set(pin_salt=salt, pin_digest=pages.digest_pin(PIN, salt))
    runner = web.AppRunner(application(gateway))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", gateway
    finally:
        await runner.cleanup()
        await gateway.close()


async def sign_in(address, pin, host):
    """Return the status of one try from an address of this machine."""
    connector = aiohttp.TCPConnector(local_addr=(host, 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        url, data = f"{address}/login", {"pin": pin}
        async with session.post(url, data=data, allow_redirects=False) as response:
            return response.status


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(pages, "digest_pin", lambda pin, salt: pin.encode() + salt)


def test_who_tries_pins_locks_out_nobody_else(tmp_path, quick):
    async def run():
        async with served(tmp_path) as (address, _gateway):
            tries = [sign_in(address, "1", "127.0.0.2") for _try in range(30)]
            found = await asyncio.gather(*tries)
            assert sorted(found) == [403] * pages.TRIES + [429] * 20
            assert await sign_in(address, PIN, "127.0.0.2") == 429
            assert await sign_in(address, PIN, "127.0.0.3") == 303

    asyncio.run(run())


def test_the_right_pin_forgets_the_wrong_ones(tmp_path, quick):
    async def run():
        async with served(tmp_path) as (address, _gateway):
            for _time in range(3):
                for _try in range(pages.TRIES - 1):
                    assert await sign_in(address, "1", "127.0.0.2") == 403
                assert await sign_in(address, PIN, "127.0.0.2") == 303

    asyncio.run(run())


def test_the_doors_do_not_wait_for_a_pin(tmp_path, monkeypatch):
    threads = []

    def slow(pin, salt):
        threads.append(threading.current_thread())
        return pin.encode()

    monkeypatch.setattr(pages, "digest_pin", slow)

    async def run():
        async with served(tmp_path) as (address, _gateway):
            assert await sign_in(address, "1", "127.0.0.2") == 403

    asyncio.run(run())
    # the first call was the test's own
    assert threads[-1] is not threading.main_thread()
