"""Open an uploaded file: as it is, or the single text file inside a zip or gz.

Sizes are limited before anything is unpacked in full, so that a small archive
cannot fill the memory.
"""

import gzip
import io
import zipfile
import zlib

MAX_BYTES = 10 * 1024 * 1024

TOO_BIG = "too_big"
EMPTY = "empty"
BINARY = "binary"
ARCHIVE_BROKEN = "archive_broken"
ARCHIVE_ENCRYPTED = "archive_encrypted"
ARCHIVE_NOT_ONE = "archive_not_one"


class ContainerError(ValueError):
    """The upload cannot be opened; ``code`` is one of the constants above."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def unpack(data, name="", max_bytes=MAX_BYTES):
    """Return ``(file name, bytes)`` of the text file in an upload.

    >>> unpack(gzip.compress(b"abc"), "640.txt.gz")
    ('640.txt', b'abc')
    >>> unpack(b"abc", "640.txt")
    ('640.txt', b'abc')
    >>> unpack(b"", "640.txt")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ContainerError: empty

    :raise ContainerError: too big, empty, broken or more than one file inside
    """
    if len(data) > max_bytes:
        raise ContainerError(TOO_BIG)
    if data[:2] == b"\x1f\x8b":
        name, data = name.removesuffix(".gz"), _read_gzip(data, max_bytes)
    elif data[:4] == b"PK\x03\x04":
        name, data = _read_zip(data, max_bytes)
    if len(data) > max_bytes:
        raise ContainerError(TOO_BIG)
    if not data.strip():
        raise ContainerError(EMPTY)
    return name, data


def _read_gzip(data, max_bytes):
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ContainerError(ARCHIVE_BROKEN) from error


def _read_zip(data, max_bytes):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                info
                for info in archive.infolist()
                if not info.is_dir() and not info.filename.startswith("__MACOSX/")
            ]
            if len(members) != 1:
                raise ContainerError(ARCHIVE_NOT_ONE)
            if members[0].flag_bits & 1:
                raise ContainerError(ARCHIVE_ENCRYPTED)
            with archive.open(members[0]) as stream:
                name = members[0].filename.rpartition("/")[2]
                return name, stream.read(max_bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
    ) as error:
        raise ContainerError(ARCHIVE_BROKEN) from error


def is_binary(data):
    """Tell whether bytes hold control characters that no text file has.

    >>> is_binary(b"a;b\\r\\n"), is_binary(b"\\x89PNG\\r\\n\\x1a\\n\\0")
    (False, True)
    """
    head = data.rstrip(b"\x1a")  # DOS programs end a text file with Ctrl-Z
    return any(byte < 9 or 13 < byte < 32 for byte in set(head))
