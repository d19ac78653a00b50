from . import access_matrix
from . import test_doctests
from . import test_issue_events
from . import test_pricing
from . import test_serving_api
