"""Helpers for tests of events: passages by seconds, what the log and presence say."""

from datetime import timedelta
from uuid import uuid4

from freezegun import freeze_time

from .common import MORNING, AccessCase


@freeze_time(MORNING + timedelta(hours=1))
class EventsCase(AccessCase):
    """Now is an hour after MORNING; `self.at(30)` is 30 seconds after MORNING."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(MORNING + timedelta(minutes=10))
        clock.start()
        self.addCleanup(clock.stop)

    def at(self, seconds=0, **delta):
        return MORNING + timedelta(seconds=seconds, **delta)

    def _event(self, at=MORNING, direction="in", **values):
        return {
            "controller": self.controller.id,
            "key": str(uuid4()),
            "occurred_at": at,
            "kind": "pass",
            "direction": direction,
            "verdict": "granted",
            **values,
        }

    def _taps(self, *events):
        """Record events of `cls.person` and return what the log says of each."""
        return self._record(*[{"person": self.person.id, **event} for event in events])

    def _record(self, *events):
        answers = self.env["access.event"]._record(list(events))
        self.env.invalidate_all()
        return self.env["access.event"].browse([answer["id"] for answer in answers])

    def _presence(self, person=None):
        return self.env["access.presence"].search(
            [("person_id", "=", (person or self.person).id)]
        )

    def _state(self, person=None):
        found = self._presence(person)
        return (found.state, found.since) if found else None
