"""One short question to another system: bounded in time, size and place.

A time-out of a socket starts anew with every byte, and the name of a host may take long
to find. So a thread asks, and whoever waits goes on when the time is over.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import requests

#: Longest answer that is read, in bytes.
MAX_ANSWER = 4096


class NoAnswer(Exception):
    """The other system was too slow, cut the line, or said something else."""


def post(url, body, headers, seconds):
    """Return (body, headers) of the answer to a POST.

    Redirects are not followed: the address is the one the administrator has entered.

    :param bytes body: what is sent
    :param float seconds: for everything
    :raises NoAnswer: anything else than an answer of status 200 in that time
    """
    future = _pool().submit(_post, url, body, headers, seconds)
    try:
        return future.result(timeout=seconds)
    except (OSError, TimeoutError, ValueError) as error:
        future.cancel()
        raise NoAnswer(type(error).__name__) from error


def _post(url, body, headers, seconds):
    with (
        requests.Session() as session,
        session.post(
            url,
            data=body,
            headers={"Content-Type": "application/json", **headers},
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as response,
    ):
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        content = response.raw.read(MAX_ANSWER + 1, decode_content=False)
        if len(content) > MAX_ANSWER:
            raise ValueError("too long")
        return content, response.headers


@cache
def _pool():
    # made by the first call, in the process that serves it
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="access-webhook")
