from . import access_presence_correction
from . import access_guest_pass
from . import access_reader_learn
from . import meal_settings
from . import meal_settings_events
