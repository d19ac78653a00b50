"""Messages of the municipality's bot in Telegram."""

import logging
from concurrent.futures import ThreadPoolExecutor

from ..const import PARAM_TELEGRAM_TOKEN, PARAM_TELEGRAM_URL, TELEGRAM_URL
from .seam import DEAD, RETRY, SENT, UNCERTAIN, Channel, Outcome
from .telegram_api import NOT_TAKEN, TelegramApi, TelegramError

_logger = logging.getLogger(__name__)

#: Telegram takes about 30 messages a second from a bot.
AT_ONCE = 4


class TelegramChannel(Channel):
    def is_ready(self):
        return bool(self._get_param(PARAM_TELEGRAM_TOKEN))

    def get_api(self):
        url = self._get_param(PARAM_TELEGRAM_URL) or TELEGRAM_URL
        return TelegramApi(url, self._get_param(PARAM_TELEGRAM_TOKEN))

    def deliver(self, messages):
        api = self.get_api()  # before the threads: they must not touch the database
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda message: self._send(api, message), messages))

    @staticmethod
    def _send(api, message):
        try:
            api.call("sendMessage", chat_id=message.address, text=message.text)
        except TelegramError as error:
            return get_outcome(error)
        except Exception as error:  # noqa: BLE001 - nobody knows how far it came
            _logger.warning("Telegram: unexpected %s", type(error).__name__)
            return UNCERTAIN
        return SENT

    def _get_param(self, name):
        # sudo: secrets of the system
        return self.env["ir.config_parameter"].sudo().get_param(name)


def get_outcome(error):
    """Return what a refusal means for the message.

    >>> get_outcome(TelegramError(429, retry_after=7))
    Outcome(state='retry', after=7)
    >>> get_outcome(TelegramError(403)).state  # bot was blocked by the user
    'dead'
    >>> get_outcome(TelegramError(400)).state  # chat not found
    'dead'
    >>> get_outcome(TelegramError(401)).state  # the token is wrong: not the parent
    'retry'
    >>> get_outcome(TelegramError(0, is_sent=False)).state
    'retry'
    >>> get_outcome(TelegramError(0)).state, get_outcome(TelegramError(504)).state
    ('uncertain', 'uncertain')
    """
    if error.status in (400, 403):
        return DEAD
    if error.status == 429:
        return Outcome("retry", error.retry_after)
    if error.status in NOT_TAKEN or error.status in (401, 404) or not error.is_sent:
        return RETRY
    return UNCERTAIN
