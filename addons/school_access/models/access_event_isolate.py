import logging
import traceback
from collections import Counter

import psycopg2

from odoo import api, models

_logger = logging.getLogger(__name__)

#: A listener that fails for so many events of a batch is itself at fault.
MOST_GUILTY = 10


class AccessEvent(models.Model):
    """One event that somebody cannot digest holds up none of the others.

    Facts come first: an event is in the log whatever becomes of those who want to know
    of it, and what the log itself cannot take is kept as it was sent.
    """

    _inherit = "access.event"

    @api.model
    def _record_apart(self, events, device=None):
        """Append events as :meth:`_record` does, without those that it fails at.

        :return: positions of the events that are to be kept otherwise, ascending
        """
        failed = self._isolate(
            lambda part: self._record([event for _n, event in part], device),
            list(enumerate(events)),
        )
        return [number for number, _event in failed]

    @api.model
    def _tell(self, listener, rows):
        """Let somebody know of new events. What it fails at is undone, reported, and
        changes nothing for the events, for others who listen and for the sender.

        :param listener: called with rows of :meth:`_after_record`, or a part of them
        """
        failed = self._isolate(listener, rows, MOST_GUILTY)
        if failed:
            self._report_untold(listener.__name__, failed)

    @api.model
    def _report_untold(self, name, rows):
        counts = Counter(row["school_id"] for row in rows)
        details = self.env._(
            "Events are in the journal, but what follows from them was not done: %s",
            name.strip("_"),
        )
        # sudo: whoever has recorded the events need not see alarms
        self._isolate(
            self.env["access.alarm"].sudo()._raise_many,
            [
                {
                    "kind": "events_apart",
                    "key": f"{school_id}-{name}",
                    "school_id": school_id,
                    "details": details,
                    "count": count,
                }
                for school_id, count in counts.items()
            ],
        )

    @api.model
    def _isolate(self, call, items, most=None):
        """Call with all items; where that fails with halves of them, and so on.

        What the database asks to repeat (conflicts, a full disk) is raised: it says
        nothing about the items.

        :param int most: with so many guilty ones the rest is not tried any more
        :return: the items that it failed at; it has left no trace of them
        """
        waiting, failed = [items] if items else [], []
        while waiting:
            part = waiting.pop()
            if most is not None and len(failed) >= most:
                failed += part
                continue
            try:
                with self.env.cr.savepoint():
                    call(part)
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                if len(part) > 1:
                    middle = len(part) // 2
                    waiting += [part[middle:], part[:middle]]
                    continue
                failed += part
                # without the message: it may have the number of a card
                where = "".join(traceback.format_tb(error.__traceback__))
                kind = type(error).__name__
                _logger.error("An event is set apart: %s\n%s", kind, where)
        return failed
