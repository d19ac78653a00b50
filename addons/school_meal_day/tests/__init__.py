from . import access_matrix
from . import test_doctests
from . import test_pricing
