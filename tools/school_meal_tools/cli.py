"""Commands.  Each first runs the setup with the system's Python, then continues
inside the virtual environment."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from . import card_readers, odoo_source, paths, processes, python_env, system
from .console import Failure, report, step

INSIDE = "SCHOOL_MEAL_INSIDE"
COMMANDS = {
    "setup": "get Odoo, the Python packages and PostgreSQL",
    "run": "serve the demo",
    "reset": "delete the demo database; the next run makes a new one",
    "test": "all tests and linters",
    "lint": "linters only",
    "format": "let ruff and prettier rewrite the files",
    "i18n": "export terms and merge them into the translations",
    "bench": "benchmarks",
    "shell": "a Python prompt inside the demo database",
    "stop": "stop what run or test left running",
    "clean": "delete .venv and .var of this checkout",
    "clean-all": "clean, and the cache shared by all checkouts",
}
# they work with whatever an interrupted setup left, on the standard library alone
WITHOUT_SETUP = {"stop", "clean", "clean-all"}


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    processes.interrupt_on_hangup()
    try:
        if os.environ.pop(INSIDE, None):
            return inside(options)
        if options.command not in WITHOUT_SETUP:
            setup(options.command)
        elif not python_env.is_complete():
            return end(options.command)
        return continue_inside(options)
    except Failure as error:
        return report(error)
    except KeyboardInterrupt:
        print("\nInterrupted; run the command again to continue.", file=sys.stderr)
        return 130


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="school_meal_tools")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("names", nargs="*")
        if name == "test":
            command.add_argument("--addon", default="", help="one add-on only")
            command.add_argument("-k", default="", help="pytest's -k expression")
    return parser.parse_args(arguments)


def setup(command: str) -> None:
    """Everything up to a working virtual environment, in order."""
    system.check_basics()
    with processes.exclusive(paths.VAR / "setup.lock", "setting up"):
        odoo_folder = odoo_source.locate()
        python_env.ensure(odoo_folder)
    if command in ("setup", "test", "run"):
        system.ensure_browser(required=command == "test")
    if command == "test":
        card_readers.ensure()


def continue_inside(options: argparse.Namespace) -> int:
    """Replace this process by the same command in ``.venv``."""
    arguments = [str(paths.VENV_PYTHON), "-m", "school_meal_tools", *sys.argv[1:]]
    environment = dict(os.environ, PYTHONPATH=str(paths.TOOLS))
    environment[INSIDE] = "1"
    sys.stdout.flush()
    os.execve(arguments[0], arguments, environment)


def inside(options: argparse.Namespace) -> int:
    """The rest of a command; packages of the environment are available."""
    os.environ.pop("PYTHONPATH", None)
    if options.command in WITHOUT_SETUP:
        return end(options.command)
    processes.record(os.getpid(), f"make {options.command}")
    try:
        return work(options)
    finally:
        processes.forget(os.getpid())


def work(options: argparse.Namespace) -> int:
    from . import i18n, lint, postgres, serve, testing

    match options.command:
        case "setup":
            postgres.connect_to("run").release()
            print("Ready: make run, make test")
        case "run":
            return serve.run()
        case "reset":
            serve.reset()
        case "test":
            return testing.run(options.addon, options.k)
        case "lint":
            return lint.run()
        case "format":
            lint.rewrite()
        case "i18n":
            return i18n.update(options.names)
        case "bench":
            return serve.bench(options.names)
        case "shell":
            return serve.shell()
    return 0


def end(command: str) -> int:
    """Stop everything; unless it is only ``stop``, delete it too."""
    from . import external, postgres

    processes.stop_recorded()
    if command == "stop":
        postgres.stop_all()
        return 0
    external.remove_all()
    postgres.remove_all()
    return remove(command)


def remove(command: str) -> int:
    """Delete what this checkout, and for clean-all the user's cache, holds."""
    with step(f"Deleting {paths.VENV} and {paths.VAR}"):
        shutil.rmtree(paths.VAR, ignore_errors=True)
        shutil.rmtree(paths.VENV, ignore_errors=True)
    if command == "clean-all":
        with step(f"Deleting the cache {paths.cache_dir()}"):
            for pattern in ("odoo-*", "debs", "demo-*", ".partial-*"):
                for folder in paths.cache_dir().glob(pattern):
                    shutil.rmtree(folder, ignore_errors=True)
    return 0
