from . import edge
from . import post
from . import webhook
from . import controller_call
from . import evacuation
