from . import test_roster
from . import test_sale
from . import test_session
