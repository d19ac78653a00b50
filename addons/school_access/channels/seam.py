"""What a channel is: `deliver(messages)` yields one `Outcome` for each message.

The four outcomes decide what happens to a notice:

`sent`       the other side has it
`retry`      it certainly does not; try again, in `after` seconds if it says so
`dead`       it certainly does not and never will at this address
`uncertain`  it may have it: never sent again, so that nobody is told twice
"""

from typing import NamedTuple


class Message(NamedTuple):
    notice_id: int
    address: str
    subject: str
    text: str


class Outcome(NamedTuple):
    state: str
    after: int = 0


SENT = Outcome("sent")
RETRY = Outcome("retry")
DEAD = Outcome("dead")
UNCERTAIN = Outcome("uncertain")


class Channel:
    """One way to send; made for a batch."""

    def __init__(self, env):
        self.env = env

    def is_ready(self):
        """Tell whether anything can be sent: notices wait for it."""
        return True

    def deliver(self, messages):
        """Send the messages; return their outcomes in order. Raises nothing."""
        raise NotImplementedError
