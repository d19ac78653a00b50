"""`school-edge`: one command for everything that runs at the school.

A sub-command is a module with ``add_arguments(parser)`` and ``run(options)``, which
returns the exit code. Only the module asked for is imported: a machine with a card
reader needs no libraries of the gateway.
"""

import argparse
import importlib
import sys

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
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
