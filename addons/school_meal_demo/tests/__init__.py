from . import test_demo
from . import test_demo_access
from . import test_demo_benefits
