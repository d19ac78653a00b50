from . import meal_ledger_setup
from . import meal_ledger_setup_line
