from . import access_presence_correction
from . import meal_settings
from . import meal_settings_events
