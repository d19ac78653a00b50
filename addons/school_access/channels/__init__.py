"""Ways to tell a person something: classes behind one seam, see `seam`."""

from .email_channel import EmailChannel
from .telegram_channel import TelegramChannel

CHANNELS = {"email": EmailChannel, "telegram": TelegramChannel}
