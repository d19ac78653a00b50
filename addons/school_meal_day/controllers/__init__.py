from . import serving
from . import timesheet
