from . import meal_roster_export
