from . import test_general_ledger
from . import test_reader_vectors
from . import test_roster
from . import test_sale
from . import test_session
from . import test_till_tours
from . import test_till_units
from . import test_photo
