from . import test_access_list
