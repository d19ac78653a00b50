from . import access_permission
from . import school_student
