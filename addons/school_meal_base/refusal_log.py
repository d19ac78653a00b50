"""Core's log lines about refusals, without their sentences.

What people are told when something is refused may name a child, a ground or a number,
and core writes the sentence of every refusal into the server's log. What an
administrator needs of such a line is what was refused where, and the people concerned
have read the sentence on their screen.
"""

import logging

from odoo.exceptions import UserError

#: Core's loggers of refusals: of requests.
LOGGERS = ("odoo.http",)


class RefusalMask(logging.Filter):
    """Say the class and the place of a refusal; no line is dropped."""

    def filter(self, record):
        if isinstance(record.msg, UserError):
            record.msg, record.args = tell(record.msg), ()
            if record.exc_info:  # a traceback ends with the sentence
                record.exc_info = record.exc_text = None
        return True


def tell(error):
    """Return the class of a refusal and the line of the code that refused."""
    last = error.__traceback__
    if last is None:
        return type(error).__name__
    while last.tb_next:
        last = last.tb_next
    module = last.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} at {module}:{last.tb_lineno}"


def install():
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, RefusalMask) for each in logger.filters):
            logger.addFilter(RefusalMask())
