from . import test_doors
from . import test_pages
from . import test_relatives
from . import test_rpc
from . import test_sign_in
from . import test_tour
from . import test_typed_login
