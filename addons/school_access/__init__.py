from . import controllers
from . import models
from . import path_log
from .hooks import post_init_hook
from . import wizards

path_log.install()
