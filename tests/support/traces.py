"""What a refused call must look like: a sentence in Russian, and nothing else left."""

import re
from contextlib import contextmanager

from .invariants import snapshot


@contextmanager
def no_trace(server):
    """Nothing is written inside the block, neither rows nor a traceback."""
    before, logged = snapshot(server), server.log.stat().st_size
    yield
    assert snapshot(server) == before
    with server.log.open("rb") as log:
        log.seek(logged)
        assert b"Traceback" not in log.read()


def is_russian(sentence):
    """Whether somebody in a school can read this."""
    words = re.findall(r"[а-яё]+", sentence or "", re.IGNORECASE)
    return len(words) >= 3 and sentence.rstrip().endswith(".")
