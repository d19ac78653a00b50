"""`school-edge enrol CODE`: connect this gateway to the server, once."""

import asyncio
import secrets
import sys
import time

import aiohttp

from school_edge.config import ConfigError, add_config_argument, read_config

from .pages import digest_pin
from .store import Store
from .uplink import Client, ServerError

_SENTENCES = {
    "bad_code": "Код не подходит: он действует полчаса и один раз. Возьмите новый.",
    "wait": "Слишком много неверных кодов. Подождите 10 минут и возьмите новый код.",
}


def add_arguments(parser):
    add_config_argument(parser)
    parser.add_argument("code", nargs="?", help="код с сервера, например K7M2-9QX4TD")
    parser.add_argument(
        "--pin", action="store_true", help="только сменить ПИН-код страниц шлюза"
    )


def run(options):
    """Return the exit code: 1 when the server refuses."""
    try:
        server, settings = read_config(options.config)
        if not options.code and not options.pin:
            raise ConfigError("Укажите код: school-edge enrol КОД")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    # First: without a place for the token the code would be lost.
    store = Store(settings.store_path, settings.max_mb)
    try:
        if options.code and not _connect(store, server, options.code):
            return 1
        print(
            f"ПИН-код страниц шлюза: {_new_pin(store)}. Запишите: он показан один раз."
        )
    finally:
        store.close()
    return 0


def _connect(store, server, code):
    """Tell whether the server has taken the code."""
    try:
        answer = asyncio.run(_ask(server, code))
    except ServerError as error:
        print(f"Не подключено: {error}", file=sys.stderr)
        return False
    if "token" not in answer:
        print(_SENTENCES.get(answer.get("error"), "Отказ."), file=sys.stderr)
        return False
    store.set(token=answer["token"], issued_at=time.time(), days=answer["days"])
    print(f"Подключено: «{answer['name']}», {answer['school']}.")
    return True


async def _ask(server, code):
    async with aiohttp.ClientSession() as session:
        try:
            return await Client(session, server).call("enrol", {"code": code})
        except ServerError as error:
            if error.answer.get("error") in _SENTENCES:
                return error.answer
            raise


def _new_pin(store):
    pin = f"{secrets.randbelow(10**8):08d}"
    salt = secrets.token_bytes(16)
    store.set(pin_salt=salt, pin_digest=digest_pin(pin, salt))
    return pin
