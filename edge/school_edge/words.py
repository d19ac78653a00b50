"""Errors of the system in the words of the person at the school."""

import errno
import os
import re

_REASONS = {
    errno.ENOENT: "такого файла или папки нет",
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EISDIR: "это папка",
    errno.ENOTDIR: "это не папка",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "на диске нет места",
    errno.EROFS: "диск только для чтения",
    errno.EIO: "диск или устройство не отвечает",
    errno.EBUSY: "занято другой программой",
    errno.EAGAIN: "занято другой программой",
    errno.EADDRINUSE: "порт занят другой программой",
    errno.EADDRNOTAVAIL: "такого адреса у этого компьютера нет",
}
_SQLITE = {
    "FULL": "на диске нет места",
    "CANTOPEN": "файл не открывается: нет прав или места",
    "READONLY": "нет прав на запись",
    "BUSY": "занято другой программой",
    "LOCKED": "занято другой программой",
    "IOERR": "диск не отвечает или полон",
    "NOTADB": "файл повреждён: сохраните его копию и сообщите",
    "CORRUPT": "файл повреждён: сохраните его копию и сообщите",
}


def why(error):
    """Return the reason of an `OSError`.

    >>> why(OSError(errno.ENOSPC, "No space left on device"))
    'на диске нет места'
    """
    known = _REASONS.get(error.errno)
    return known or (os.strerror(error.errno) if error.errno else "нет связи")


def why_sqlite(error):
    """Return the reason of an error of SQLite.

    >>> import sqlite3
    >>> why_sqlite(sqlite3.OperationalError("strange"))
    'strange'
    """
    name = getattr(error, "sqlite_errorname", "").split("_")
    return _SQLITE.get(name[1] if len(name) > 1 else "", str(error))


def where_in_toml(error):
    """Return which line of a configuration file is wrong.

    >>> import tomllib
    >>> try:
    ...     tomllib.loads("[server]\\nurl = x")
    ... except tomllib.TOMLDecodeError as wrong:
    ...     where_in_toml(wrong)
    'строка 2: проверьте кавычки, скобки и знаки «=»'
    """
    found = re.search(r"line (\d+)", str(error))
    if found:
        return f"строка {found[1]}: проверьте кавычки, скобки и знаки «=»"
    return "проверьте кавычки, скобки и кодировку (нужна UTF-8)"
