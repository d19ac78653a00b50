from . import access_matrix
from . import test_doctests
