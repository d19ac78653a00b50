from . import test_doctests
from . import test_ledger
from . import test_ledger_constraints
from . import test_device_api
