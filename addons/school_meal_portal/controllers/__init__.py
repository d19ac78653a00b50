from . import children
from . import first_login
from . import home
