from . import children
from . import first_login
from . import home
from . import recovery_email
from . import relatives
