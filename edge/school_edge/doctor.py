"""`school-edge doctor`: look at everything that usually goes wrong; say what to do."""

import asyncio
import shutil
import socket
import sqlite3
import stat
import sys
import time
from datetime import UTC, datetime

from .config import ConfigError, add_config_argument, read_config, read_document

#: Free space below which somebody should look after the disk, megabytes.
LEAST_FREE_MB = 200
#: The clock of the machine may differ from the server's by so many seconds.
MOST_DRIFT = 30
OK, WARNING, BAD = "в порядке", "внимание", "ПЛОХО"


def add_arguments(parser):
    add_config_argument(parser)


def run(options):
    """Return the exit code: 1 when something is bad, 2 without a configuration."""
    from .reader import doctor as reader_doctor
    from .reader.settings import SettingsError, parse

    try:
        document = read_document(options.config)
        reader = parse(document["reader"]) if "reader" in document else None
        # a computer with a card reader alone has no gateway
        is_gateway = not reader or "gateway" in document or "server" in document
        gateway = read_config(options.config) if is_gateway else None
    except (ConfigError, SettingsError) as error:
        print(f"{BAD}: {error}", file=sys.stderr)
        return 2
    print(f"{OK}: файл настройки {options.config}")
    findings = check_gateway(*gateway) if gateway else []
    findings += reader_doctor.check(reader) if reader else []
    for level, sentence in findings:
        print(f"{level}: {sentence}")
    return int(any(level == BAD for level, _sentence in findings))


def check_gateway(server, settings):
    """Return (level, sentence) pairs of everything about the gateway."""
    return [
        *check_store(settings),
        *check_port(settings),
        *asyncio.run(check_server(server, settings)),
    ]


def check_store(settings):
    """Yield (level, sentence) about the folder, the disk and the file of events."""
    from .gateway.store import Store

    path = settings.store_path
    if not path.exists():
        yield BAD, f"нет файла {path}: подключите шлюз, school-edge enrol КОД"
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield WARNING, f"файл {path} доступен другим: выполните chmod 600 {path}"
    free = shutil.disk_usage(path.parent).free // 2**20
    if free < LEAST_FREE_MB:
        yield BAD, f"на диске осталось {free} МБ: освободите место"
    else:
        yield OK, f"на диске свободно {free} МБ"
    try:
        store = Store(path, settings.max_mb)
    except ConfigError as error:
        yield BAD, str(error)
        return
    try:
        found = store.check()
    except sqlite3.Error as error:
        store.close()
        yield BAD, f"файл событий повреждён ({error}): сохраните его копию и сообщите"
        return
    try:
        if found != "ok":
            yield BAD, f"файл событий повреждён ({found}): сохраните его и сообщите"
        queued, usage = store.count_queued(), store.usage()
        level = BAD if usage > 0.9 else WARNING if queued > 1_000 else OK
        yield level, f"событий ждут отправки: {queued}, занято места {usage:.0%}"
        yield from _check_controllers(store)
    finally:
        store.close()


def _check_controllers(store):
    from .gateway.rules import Rules

    rules = Rules(store.get_config())
    if not rules.controllers:
        yield WARNING, "сервер не назначил шлюзу ни одного контроллера"
    seen = store.get_seen()
    now = time.time()
    for number, controller in sorted(rules.controllers.items()):
        name, at = controller["name"], seen.get(number)
        if at is None:
            yield WARNING, f"контроллер «{name}» ещё не обращался: проверьте его адрес"
        elif now - at > 300:
            minutes = int(now - at) // 60
            yield (
                WARNING,
                f"контроллер «{name}» молчит {minutes} мин: проверьте питание",
            )
        else:
            yield OK, f"контроллер «{name}» на связи"


def check_port(settings):
    """Yield whether the gateway answers where controllers call it."""
    host = "127.0.0.1" if settings.listen in ("0.0.0.0", "::") else settings.listen
    try:
        with socket.create_connection((host, settings.port), timeout=3):
            yield OK, f"шлюз отвечает на порту {settings.port}"
    except OSError:
        yield (
            BAD,
            f"на порту {settings.port} никто не отвечает: systemctl start"
            " school-edge-gateway",
        )


async def check_server(server, settings):
    """Return what is known of the server, the token and the clock."""
    import aiohttp

    from .gateway.store import Store
    from .gateway.uplink import Client, ServerError

    if not settings.store_path.exists():
        return []
    try:
        store = Store(settings.store_path, settings.max_mb)
    except ConfigError:
        return []  # said already
    token, config = store.get("token"), store.get_config() or {}
    store.close()
    if not token:
        return [(BAD, "шлюз не подключён: возьмите код, school-edge enrol КОД")]
    message = {"version": config.get("version")}
    async with aiohttp.ClientSession() as session:
        try:
            answer = await Client(session, server, token).call("config", message)
        except ServerError as error:
            return [(BAD, f"{server.url}: {error}")]
    if "time" not in answer:
        return [(BAD, f"{server.url}: отвечает не сервер школы, проверьте url")]
    moment = datetime.fromisoformat(answer["time"]).replace(tzinfo=UTC)
    drift = round(time.time() - moment.timestamp())
    findings = [(OK, f"сервер {server.url} отвечает и узнаёт шлюз")]
    if abs(drift) > MOST_DRIFT:
        findings.append(
            (WARNING, f"часы расходятся с сервером на {drift} с: включите NTP")
        )
    return findings
