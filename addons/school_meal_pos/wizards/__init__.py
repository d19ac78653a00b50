from . import school_till_assign
from . import school_till_order_import
