from . import guardian_invitation
from . import guardian_invitation_line
from . import meal_settings
