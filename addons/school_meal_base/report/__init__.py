from . import meal_reconciliation
from . import meal_reconciliation_line
