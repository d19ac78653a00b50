from . import meal_ledger_setup
from . import meal_ledger_setup_line
from . import school_student_transfer
from . import school_student_leave
from . import school_year_rollover
from . import meal_settings
