from . import test_access_list
from . import test_access_event
from . import test_doctests
from . import test_wire_commands
from . import test_wire_sequences
from . import test_wire_state
