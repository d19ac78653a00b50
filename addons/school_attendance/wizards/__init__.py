from . import attendance_register
