"""The server's log of requests, without the secret paths of controllers.

Whoever has the path of a controller can speak in its name: a log is read by many and
kept for long.
"""

import logging
import re

SECRET = re.compile(r"(/school_access/v1/[a-z]/)[\w-]+")
#: Who writes the paths of requests.
LOGGERS = ("werkzeug",)


class PathMask(logging.Filter):
    """Write `…` instead of the secret; no line is dropped."""

    def filter(self, record):
        text = record.getMessage()
        if "/school_access/v1/" in text:
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True


def install():
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, PathMask) for each in logger.filters):
            logger.addFilter(PathMask())
