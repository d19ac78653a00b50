"""The stand-in for Telegram that the add-on's own tests use, by its file: tests here
import no add-on."""

import importlib.util

from school_meal_tools import paths

_FILE = paths.ADDONS / "school_access" / "tests" / "telegram_stand_in.py"
_spec = importlib.util.spec_from_file_location("telegram_stand_in", _FILE)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

TOKEN = _module.TOKEN
TelegramStandIn = _module.TelegramStandIn
