from . import edge
from . import post
from . import webhook
