from . import school_till_assign
