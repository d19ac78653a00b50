"""The configuration file, /etc/school-edge.toml, as the gateway reads it."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from .words import where_in_toml, why

DEFAULT_PATH = Path("/etc/school-edge.toml")


class ConfigError(Exception):
    """A sentence for the person at the school: what is wrong and what to do."""


@dataclass(frozen=True)
class Server:
    """Section ``[server]``: `database` is needed if the server has several."""

    url: str = ""
    database: str = ""


@dataclass(frozen=True)
class Gateway:
    """Section ``[gateway]``.

    :param listen: address in the school's network, with `port`
    :param state: folder for events, cards and the token; nobody else may read it
    :param max_mb: what events may take; then controllers keep their own
    :param keep_days: how long events are kept after the server has confirmed them
    :param sync_seconds: how often the server is asked for commands and changes
    :param interval: seconds between two calls of an idle controller
    """

    listen: str = "0.0.0.0"
    port: int = 8090
    state: str = "/var/lib/school-edge"
    max_mb: int = 1024
    keep_days: int = 30
    sync_seconds: int = 2
    interval: int = 5

    @property
    def store_path(self):
        return Path(self.state) / "gateway.sqlite"


def add_config_argument(parser):
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_PATH,
        help=f"файл настройки, обычно {DEFAULT_PATH}",
    )


def read_config(path):
    """Return (Server, Gateway) of a file; sections of other parts are theirs."""
    document = read_document(path)
    server = _section(document, "server", Server)
    if not re.fullmatch(r"https?://[^\s/]+/?", server.url):
        raise ConfigError(
            "Раздел [server]: укажите адрес сервера без пути, например "
            'url = "https://school.example.ru"'
        )
    gateway = _section(document, "gateway", Gateway)
    _check_limits(gateway)
    return server, gateway


def read_document(path):
    """Return the sections of a file."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"Нет файла настройки {path}: создайте его.") from None
    except OSError as error:
        raise ConfigError(f"Файл {path} не читается: {why(error)}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = where_in_toml(error)
        raise ConfigError(f"Ошибка в файле {path}, {where}.") from None


def _section(document, name, kind):
    """
    >>> _section({"gateway": {"port": 81}}, "gateway", Gateway).port
    81
    >>> _section({"gateway": {"port": "81"}}, "gateway", Gateway)
    Traceback (most recent call last):
    ...
    school_edge.config.ConfigError: Раздел [gateway]: port — нужно целое число.
    """
    values = document.get(name, {})
    if not isinstance(values, dict):
        raise ConfigError(f"{name} — это раздел: напишите [{name}].")
    known = {field.name: field.type for field in fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(
                f"Раздел [{name}]: нет настройки {key}. Есть {', '.join(known)}."
            )
        if type(value) is not known[key]:
            wanted = "целое число" if known[key] is int else "строка в кавычках"
            raise ConfigError(f"Раздел [{name}]: {key} — нужно {wanted}.")
    return kind(**values)


_LIMITS = {
    "port": (1, 65_535),
    "max_mb": (1, 1_000_000),
    "keep_days": (0, 3_650),
    "sync_seconds": (1, 60),
    "interval": (1, 60),
}


def _check_limits(gateway):
    for name, (least, most) in _LIMITS.items():
        if not least <= getattr(gateway, name) <= most:
            raise ConfigError(f"Раздел [gateway]: {name} — от {least} до {most}.")
