"""Entry point: ``PYTHONPATH=tools python3 -m school_meal_tools <command>``."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check itself
    sys.exit(
        f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.\n"
        "On Debian 12+: apt-get install python3 python3-venv\n"
        "Or name another interpreter: make run PYTHON=python3.12"
    )

from school_meal_tools.cli import main

sys.exit(main())
