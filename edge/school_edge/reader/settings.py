"""Section `[reader]` of the configuration file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from school_edge.words import where_in_toml, why

PORT = 8970
BAUD = 9600
TOKENS = "/var/lib/school-edge/reader-tokens.json"
ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?")
USUAL_PORTS = {"https": "443", "http": "80"}


class SettingsError(Exception):
    """A sentence for the person at the school: what is wrong and what to do."""


@dataclass(frozen=True)
class Settings:
    """What `[reader]` says.

    :param origins: servers whose pages may use the readers, as browsers write them
    :param serial: ports of text readers
    :param tokens: file with the digests of paired pages
    """

    origins: frozenset[str]
    port: int = PORT
    pcsc: bool = True
    serial: tuple[str, ...] = ()
    baud: int = BAUD
    tokens: Path = Path(TOKENS)


def origin_of(text: str) -> str:
    """A server's address as browsers send it in `Origin`.

    >>> origin_of("https://Meals.Example.org:443/")
    'https://meals.example.org'
    >>> origin_of("http://10.0.0.5:8069")
    'http://10.0.0.5:8069'
    >>> origin_of("meals.example.org")
    Traceback (most recent call last):
    ...
    school_edge.reader.settings.SettingsError: Раздел [reader]: origins — \
«meals.example.org» не адрес сервера. Пример: https://meals.example.org
    """
    match = ORIGIN.fullmatch(text.strip().lower().rstrip("/"))
    if not match:
        raise SettingsError(
            f"Раздел [reader]: origins — «{text}» не адрес сервера."
            " Пример: https://meals.example.org"
        )
    scheme, host, port = match.groups()
    suffix = f":{port}" if port and port != USUAL_PORTS[scheme] else ""
    return f"{scheme}://{host}{suffix}"


def load(path: Path) -> Settings:
    """Read and check the section; unknown keys are mistakes, not ignored."""
    try:
        with path.open("rb") as stream:
            section = tomllib.load(stream).get("reader", {})
    except OSError as error:
        raise SettingsError(f"Файл {path} не читается: {why(error)}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = where_in_toml(error)
        raise SettingsError(f"Ошибка в файле {path}, {where}.") from error
    return parse(section)


def parse(section: dict) -> Settings:
    """
    >>> parse({"origins": ["https://a.org"], "serial": ["COM3"]}).serial
    ('COM3',)
    >>> parse({"origins": ["https://a.org"], "port": "8970"})
    Traceback (most recent call last):
    ...
    school_edge.reader.settings.SettingsError: Раздел [reader]: port — \
нужно целое число.
    """
    kinds = {
        "origins": (list, "нужен список адресов"),
        "serial": (list, "нужен список портов"),
        "port": (int, "нужно целое число"),
        "baud": (int, "нужно целое число"),
        "pcsc": (bool, "нужно true или false"),
        "tokens": (str, "нужен путь к файлу"),
    }
    if not isinstance(section, dict):
        raise SettingsError("reader — это раздел: напишите [reader].")
    for name, value in section.items():
        if name not in kinds:
            raise SettingsError(f"Раздел [reader]: нет настройки {name}.")
        kind, advice = kinds[name]
        if type(value) is not kind or (
            kind is list and not all(isinstance(item, str) for item in value)
        ):
            raise SettingsError(f"Раздел [reader]: {name} — {advice}.")
    if not section.get("origins"):
        raise SettingsError(
            "Раздел [reader]: укажите адрес сервера, страницам которого нужны карты:"
            ' origins = ["https://meals.example.org"]'
        )
    port = section.get("port", PORT)
    if not 1024 <= port <= 65535:
        raise SettingsError("Раздел [reader]: port — от 1024 до 65535.")
    return Settings(
        origins=frozenset(map(origin_of, section["origins"])),
        port=port,
        pcsc=section.get("pcsc", True),
        serial=tuple(section.get("serial", ())),
        baud=section.get("baud", BAUD),
        tokens=Path(section.get("tokens", TOKENS)),
    )
