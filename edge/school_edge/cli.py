"""`school-edge`: one command for everything that runs at the school.

A sub-command is a module with ``add_arguments(parser)`` and ``run(options)``, which
returns the exit code. Only the module asked for is imported: a machine with a card
reader needs no libraries of the gateway.
"""

import argparse
import importlib
import sqlite3
import sys

from .config import ConfigError
from .words import why, why_sqlite

#: sub-command -> (module, what it does)
COMMANDS = {
    "gateway": (
        "school_edge.gateway.command",
        "шлюз турникетов: работает, пока его не остановят",
    ),
    "enrol": (
        "school_edge.gateway.enrol",
        "подключить шлюз к серверу по одноразовому коду",
    ),
    "doctor": (
        "school_edge.doctor",
        "проверить настройку и связь, сказать, что делать",
    ),
    "status": ("school_edge.gateway.status", "показать, что сейчас делает шлюз"),
    "reader": ("school_edge.reader.command", "считыватели карт для страниц браузера"),
    "simulate": (
        "school_edge.simulate.command",
        "разыграть утро: контроллеры и ученики без оборудования",
    ),
}


def main(arguments=None):
    """Run a sub-command and return its exit code."""
    names = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="school-edge")
    commands = parser.add_subparsers(dest="command", required=True, metavar="команда")
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name in names[:1]:
            importlib.import_module(module).add_arguments(command)
    options = parser.parse_args(names)
    try:
        return importlib.import_module(COMMANDS[options.command][0]).run(options) or 0
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or 'Ошибка'}: {why(error)}.", file=sys.stderr)
        return 1
    except sqlite3.Error as error:
        print(f"Файл событий: {why_sqlite(error)}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
