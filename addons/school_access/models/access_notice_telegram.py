import logging

from odoo import api, fields, models

from ..channels.telegram_api import TelegramError
from ..channels.telegram_channel import TelegramChannel
from ..const import PARAM_TELEGRAM_BOT, PARAM_TELEGRAM_OFFSET

_logger = logging.getLogger(__name__)

#: Seconds one question waits for news, while somebody is connecting.
LONG_POLL = 2


class AccessAddress(models.Model):
    """Connecting Telegram: the parent opens t.me/<bot>?start=<code> and presses Start.

    The bot is asked for news (`getUpdates`): a webhook would need an address of the
    server that Telegram can reach.
    """

    _inherit = "access.address"

    @api.model
    def _is_telegram_ready(self):
        return TelegramChannel(self.env).is_ready()

    @api.model
    def _get_telegram_link(self, partner):
        """Return the link that connects a person, good for ten minutes; or nothing
        when the bot cannot be reached."""
        # sudo: a name that everybody sees in Telegram
        params = self.env["ir.config_parameter"].sudo()
        name = params.get_param(PARAM_TELEGRAM_BOT)
        if not name:
            try:
                name = TelegramChannel(self.env).get_api().call("getMe")["username"]
            except (TelegramError, KeyError, TypeError):
                return ""
            params.set_param(PARAM_TELEGRAM_BOT, name)
        code = self._issue_code(partner, "telegram")
        # sudo: a parent who waits for the answer wakes the job, nothing else
        self.env.ref("school_access.cron_notice_telegram").sudo()._trigger()
        return f"https://t.me/{name}?start={code}"

    @api.model
    def _cron_telegram(self):
        """Read what people have told the bot; again at once while one is connecting."""
        if not self._is_telegram_ready():
            return
        waiting = self.search_count(
            [
                ("channel", "=", "telegram"),
                ("code_digest", "!=", False),
                ("code_expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
        try:
            self._poll_telegram(LONG_POLL if waiting else 0)
        except TelegramError as error:
            _logger.info("Telegram gives no news: %s", error)
            return
        if waiting:
            self.env.ref("school_access.cron_notice_telegram")._trigger()

    @api.model
    def _poll_telegram(self, seconds):
        api = TelegramChannel(self.env).get_api()
        params = self.env["ir.config_parameter"]
        offset = int(params.get_param(PARAM_TELEGRAM_OFFSET) or 0)
        updates = api.call(
            "getUpdates",
            wait=seconds + 10,
            offset=offset,
            timeout=seconds,
            allowed_updates=["message"],
        )
        for update in updates:
            offset = max(offset, update["update_id"] + 1)
            answer = self._hear(update)
            if answer:
                self._answer(api, *answer)
        if updates:
            params.set_param(PARAM_TELEGRAM_OFFSET, offset)

    @api.model
    def _answer(self, api, chat_id, text):
        try:
            api.call("sendMessage", chat_id=chat_id, text=text)
        except TelegramError as error:
            _logger.info("Telegram took no answer: %s", error)

    @api.model
    def _hear(self, update):
        """Do what a message says; return (chat, what to answer) or nothing.

        Only private chats: a group would tell others where the child is.
        """
        message = update.get("message") or {}
        chat = message.get("chat") or {}
        text = message.get("text")
        if chat.get("type") != "private" or not isinstance(text, str):
            return None
        command, __, code = text.strip().partition(" ")
        if command == "/stop":
            return self._hear_stop(str(chat["id"]))
        if command != "/start":
            return None
        row = code and self._take_code("telegram", code.strip())
        if not row:
            return chat["id"], self.env._(
                "The link is not valid any more. Open the child's page in the portal"
                " and connect Telegram again."
            )
        row._prove(str(chat["id"]))
        return chat["id"], row.with_context(lang=row.partner_id.lang).env._(
            "Connected. Choose in the portal what to be told of. /stop ends it."
        )

    @api.model
    def _hear_stop(self, chat_id):
        rows = self.search([("channel", "=", "telegram"), ("address", "=", chat_id)])
        if not rows:
            return None
        rows._forget()
        return chat_id, self.env._("Telegram is disconnected. No more notices here.")
