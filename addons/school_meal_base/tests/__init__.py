from . import test_doctests
from . import test_ledger
from . import test_ledger_constraints
from . import test_device_api
from . import test_client_bank_exchange
from . import test_money_text
from . import test_sber_registry
