from . import controllers
from . import models
from . import refusal_log
from . import report
from . import wizards

refusal_log.install()
