"""A small client of the Telegram Bot API (https://core.telegram.org/bots/api).

The token is a part of every address, so no exception and no address leaves this file.
"""

import re

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

ANSWER_SECONDS = 15
#: Certainly not taken: the service is overloaded or down. 504 is not among them.
NOT_TAKEN = {500, 502, 503}

_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,80}")


class TelegramError(Exception):
    """An answer that is no success.

    :param status: HTTP status, 0 when there was no answer
    :param is_sent: whether the request may have reached the other side
    :param retry_after: seconds Telegram asks to wait, 0 if it does not
    """

    def __init__(self, status, is_sent=True, retry_after=0):
        super().__init__(f"Telegram answered {status}")
        self.status = status
        self.is_sent = is_sent
        self.retry_after = retry_after


def is_token(text):
    """Tell whether a text looks like a bot's token.

    >>> is_token("123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"), is_token("hello")
    (True, False)
    """
    return bool(_TOKEN.fullmatch(text or ""))


class TelegramApi:
    def __init__(self, base_url, token):
        self._base = f"{base_url.rstrip('/')}/bot{token}"
        self._session = requests.Session()

    def call(self, method, wait=ANSWER_SECONDS, **params):
        """Call a method of the API and return its `result`.

        :raises TelegramError: it was refused, or nobody answered
        """
        url = f"{self._base}/{method}"
        try:
            response = self._session.post(url, json=params, timeout=wait)
        except requests.ConnectionError as error:
            raise TelegramError(0, is_sent=not _was_not_connected(error)) from None
        except requests.RequestException:
            raise TelegramError(0) from None
        return _read(response)


def _was_not_connected(error):
    """Tell whether the connection was never made: nothing was sent then."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _read(response):
    try:
        answer = response.json()
        if response.status_code == 200 and answer["ok"]:
            return answer["result"]
        after = int((answer.get("parameters") or {}).get("retry_after") or 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        after = 0
    raise TelegramError(response.status_code, retry_after=min(after, 3600))
