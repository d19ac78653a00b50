from . import meal_absence_report, meal_order_entry, meal_order_operation
from . import meal_timesheet_month
from . import (
    meal_approval_reopen,
    meal_cycle_copy_day,
    meal_cycle_import,
    meal_cycle_import_line,
    meal_menu_generate,
    meal_menu_publish,
)
from . import meal_day_decision, meal_day_usual, meal_price_overview, meal_tariff_change
from . import meal_settings
from . import (
    meal_roster_entry,
    meal_roster_entry_line,
    meal_roster_print,
)
