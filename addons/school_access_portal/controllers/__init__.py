from . import passes
from . import notices
from . import leave
