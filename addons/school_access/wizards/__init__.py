from . import meal_settings
