"""From the tap at the door to the message at the other side, through real processes.

A server with one process for the scheduler, a controller that speaks its protocol, a
stand-in for Telegram that needs a tenth of a second per message (as the real one does),
and a mail server. Seconds are from the moment the tap's packet leaves the controller
until the later of the two has the message.
"""

from datetime import datetime

from tests.support.entrance import open_entrance
from tests.support.families import Door, make_families, wait_for
from tests.support.smtp import MailStandIn
from tests.support.telegram import TelegramStandIn

from .context import row, scaled
from .ledger import median

TAPS = 60
#: A school's turnstile in the rush: a packet of so many.
RUSH = 30
#: The issue's bar.
SECONDS = 10


def run(ctx):
    """Rows: single taps (median and worst), and a rush told to the last parent."""
    count = scaled(TAPS, 10)
    with TelegramStandIn(delay=0.1) as telegram, MailStandIn() as mail:
        server = ctx.server(workers=2, max_cron_threads=0)
        server.stop()
        scene = open_entrance(server, students=count + RUSH, controllers=1)
        make_families(server, scene, telegram, mail, channels=("telegram", "email"))
        server = ctx.server(workers=2, max_cron_threads=1)
        door = Door(server, scene)
        singles = [
            tap_one(door, telegram, mail, card) for card in scene["cards"][:count]
        ]
        rush = tap_many(door, telegram, mail, scene["cards"][count:])
    return [
        bar("access.notice.tap_to_sent.median", median(singles)),
        bar("access.notice.tap_to_sent.worst", max(singles)),
        bar(f"access.notice.rush_of_{RUSH}.last", rush),
    ]


def bar(name, seconds):
    return row(name, seconds, "s", SECONDS, seconds / SECONDS)


def tap_one(door, telegram, mail, card):
    began = datetime.now().timestamp()
    before = len(telegram.sent), len(mail.sent)
    door.tap([card])
    wait_for(lambda: len(telegram.sent) > before[0] and len(mail.sent) > before[1])
    return max(telegram.sent[-1][-1], mail.sent[-1][-1]) - began


def tap_many(door, telegram, mail, cards):
    began = datetime.now().timestamp()
    before = len(telegram.sent), len(mail.sent)
    door.tap(cards)
    wait_for(
        lambda: (
            len(telegram.sent) == before[0] + len(cards)
            and len(mail.sent) == before[1] + len(cards)
        )
    )
    return max(telegram.sent[-1][-1], mail.sent[-1][-1]) - began
