from . import meal_roster_export
from . import school_student_transfer
from . import school_student_leave
from . import school_year_rollover
from . import meal_settings
