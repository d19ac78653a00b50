from . import meal_absence_report, meal_order_entry, meal_order_operation
from . import meal_timesheet_month
