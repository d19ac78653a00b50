"""`school-edge status`: what the gateway on this machine is doing."""

import sys
from datetime import datetime

from school_edge.config import ConfigError, add_config_argument, read_config

from .presence import INSIDE
from .rules import Rules
from .store import Store


def add_arguments(parser):
    add_config_argument(parser)


def run(options):
    """Return the exit code: 2 when there is nothing to show."""
    try:
        _server, settings = read_config(options.config)
        if not settings.store_path.exists():
            raise ConfigError(f"Шлюз ещё не подключён: нет {settings.store_path}.")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    store = Store(settings.store_path, settings.max_mb)
    try:
        for name, value in _facts(store):
            print(f"{name}: {value}")
    finally:
        store.close()
    return 0


def _facts(store):
    rules = Rules(store.get_config())
    inside = sum(place.state == INSIDE for place in store.get_presence().values())
    saved = store.get("time")
    yield "Школа", rules.school or "настройка с сервера ещё не получена"
    yield "Подключён к серверу", "да" if store.get("token") else "нет"
    if saved:
        yield "Работал", datetime.fromtimestamp(saved).strftime("%d.%m.%Y %H:%M:%S")
    yield "Контроллеров", len(rules.controllers)
    yield "Карт в списках", sum(map(len, rules.entries.values()))
    yield "Событий ждут отправки", store.count_queued()
    yield "Занято места", f"{store.usage():.0%}"
    yield "В здании", inside
