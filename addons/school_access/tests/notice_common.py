"""Parents who want to be told, and channels that answer as told."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from ..channels import CHANNELS
from ..channels.seam import SENT, Channel
from .common import MORNING, AccessCase


class NoticeCase(AccessCase):
    """The mother of `cls.student` has Telegram; the passage is of `MORNING`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notices = cls.env["access.notice"]
        cls.mother.lang = "en_US"
        cls.env["access.address"]._get_or_create(cls.mother, "telegram")._prove("77")
        cls.choice = cls._choose()

    @classmethod
    def _choose(cls, partner=None, student=None, channel="telegram", **choices):
        return cls.env["access.subscription"]._choose(
            partner or cls.mother, student or cls.student, channel, True, **choices
        )

    def _tap(self, direction="in", at=MORNING, now=None, **values):
        with freeze_time(now or at + timedelta(seconds=2)):
            self._pass(self.person, direction, at, **values)
        return self._get_notices()

    def _get_notices(self):
        self.env.flush_all()
        return self.notices.search([("student_id", "=", self.student.id)], order="id")

    def _send(self, outcome=SENT, at=MORNING + timedelta(seconds=5)):
        """Run the sender once; return the messages the channel was given."""
        given = []

        class Scripted(Channel):
            def deliver(self, messages):
                given.extend(messages)
                answer = outcome if isinstance(outcome, list) else [outcome]
                return (answer * len(messages))[: len(messages)]

        cron = type(self.env["ir.cron"])
        with (
            freeze_time(at),
            patch.dict(CHANNELS, {name: Scripted for name in CHANNELS}),
            patch.object(cron, "_commit_progress", return_value=60),
        ):
            self.notices._cron_send()
        return given
