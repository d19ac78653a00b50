from . import controllers, login_log, models, wizards

login_log.install()
