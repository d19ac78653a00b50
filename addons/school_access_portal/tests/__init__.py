from . import test_choices
from . import test_leave
from . import test_passes
from . import test_tour
