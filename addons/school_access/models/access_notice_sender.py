from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..channels import CHANNELS
from ..channels.seam import Message
from ..const import INTERRUPTED_SECONDS, RETRY_SECONDS, SEND_BATCH


class AccessNotice(models.Model):
    """Out of the outbox.

    “Being sent” is committed before anything leaves, the outcome after it. A sender
    that is killed in between leaves a batch of which nobody knows what arrived: it
    becomes “uncertain” and is not sent again. The passage stays in the portal's list.
    """

    _inherit = "access.notice"

    # === THE SENDER === #

    @api.model
    def _cron_send(self):
        """Send what is due. The scheduler lets one process at a time do this."""
        cron = self.env["ir.cron"]
        self._give_up_interrupted()
        cron._commit_progress(remaining=self._count_due())
        while taken := self._take_due():
            claimed = self._claim(taken)
            cron._commit_progress(len(taken) - len(claimed))
            claimed._send()
            if not cron._commit_progress(len(claimed), remaining=self._count_due()):
                break

    @api.model
    def _get_due_domain(self):
        closed = [name for name in CHANNELS if not CHANNELS[name](self.env).is_ready()]
        return [
            ("state", "=", "queued"),
            ("next_try_at", "<=", fields.Datetime.now()),
            ("channel", "not in", closed),
        ]

    @api.model
    def _count_due(self):
        return self.search_count(self._get_due_domain(), limit=10_000)

    @api.model
    def _take_due(self):
        due = self.search(
            self._get_due_domain(), order="next_try_at, id", limit=SEND_BATCH
        )
        return due.try_lock_for_update()

    @api.model
    def _give_up_interrupted(self):
        """What a process that is gone was sending may have arrived."""
        limit = fields.Datetime.now() - timedelta(seconds=INTERRUPTED_SECONDS)
        self.search([("state", "=", "sending"), ("tried_at", "<", limit)]).write(
            {"state": "uncertain", "reason": "interrupted"}
        )

    # === CLAIM === #

    def _claim(self, taken):
        """Hold back what must not be sent (any more); return the rest as “sending”.

        Here and not when the passage happens: one sender counts what a parent got in
        the last hour, and asks again whether this person may know.
        """
        now = fields.Datetime.now()
        taken.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                WITH batch AS (
                    SELECT n.id, s.max_per_hour, s.state AS choice,
                           EXISTS (SELECT FROM school_guardian g
                                    WHERE g.student_id = n.student_id
                                      AND g.partner_id = n.partner_id
                                      AND g.active AND g.is_notified) AS may_know,
                           row_number() OVER (PARTITION BY n.subscription_id
                                              ORDER BY n.occurred_at, n.id)
                           + (SELECT count(*) FROM access_notice o
                               WHERE o.subscription_id = n.subscription_id
                                 AND o.tried_at > %(hour_ago)s AND o.id <> n.id
                                 AND o.state IN ('sent', 'sending', 'uncertain')
                             ) AS place
                      FROM access_notice n
                      JOIN access_subscription s ON s.id = n.subscription_id
                     WHERE n.id IN %(ids)s
                ), judged AS (
                    SELECT id, CASE
                               WHEN NOT may_know THEN 'guardian'
                               WHEN choice <> 'on' THEN 'off'
                               WHEN place > max_per_hour THEN 'rate'
                               END AS reason
                      FROM batch
                )
                UPDATE access_notice n
                   SET state = CASE WHEN j.reason IS NULL THEN 'sending'
                                    ELSE 'suppressed' END,
                       reason = j.reason,
                       attempts = n.attempts + (j.reason IS NULL)::int,
                       tried_at = CASE WHEN j.reason IS NULL THEN %(now)s
                                       ELSE n.tried_at END
                  FROM judged j
                 WHERE j.id = n.id
                RETURNING n.id, n.state
                """,
                ids=tuple(taken.ids) or (0,),
                now=now,
                hour_ago=now - timedelta(hours=1),
            )
        )
        taken.invalidate_recordset()
        return self.browse([key for key, state in rows if state == "sending"])

    # === SEND === #

    def _send(self):
        """Hand over to the channels and write down what came of it."""
        for channel, notices in self.grouped("channel").items():
            notices._send_by(CHANNELS[channel](self.env))

    def _send_by(self, channel):
        addresses = self._get_addresses()
        reached = self.filtered(lambda one: one.partner_id in addresses)
        (self - reached)._settle("dead")
        messages = [one._make_message(addresses[one.partner_id]) for one in reached]
        outcomes = channel.deliver(messages) if messages else []
        for notice, outcome in zip(reached, outcomes, strict=True):
            notice._settle(outcome.state, outcome.after)

    def _get_addresses(self):
        """Return {partner: address} of the channel of these notices."""
        rows = self.env["access.address"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("channel", "=", self[:1].channel),
            ]
        )
        return {row.partner_id: row.address for row in rows if row._is_usable()}

    def _settle(self, outcome, after=0):
        """Write the outcome of an attempt down; see `channels/seam.py`."""
        now = fields.Datetime.now()
        for notice in self:
            if outcome == "sent":
                notice.write({"state": "sent", "sent_at": now, "reason": False})
            elif outcome == "dead":
                notice.write({"state": "failed", "reason": "dead"})
                self.env["access.address"]._of(
                    notice.partner_id, notice.channel
                )._bury()
            elif outcome == "uncertain":
                notice.write({"state": "uncertain", "reason": "no_answer"})
            else:
                notice._put_back(now, after)

    def _put_back(self, now, after):
        if self.attempts > len(RETRY_SECONDS):
            self.write({"state": "failed", "reason": "gave_up"})
            return
        seconds = max(after, RETRY_SECONDS[self.attempts - 1])
        next_try = now + timedelta(seconds=seconds)
        self.write({"state": "queued", "next_try_at": next_try})

    # === TEXT === #

    def _make_message(self, address):
        self.ensure_one()
        notice = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return Message(self.id, address, notice._get_subject(), notice._get_text())

    def _get_subject(self):
        """First name only: subjects are shown on locked screens and in the logs of
        mail servers."""
        return self.env._(
            "%(name)s: notice of the school", name=self.student_id.first_name
        )

    def _get_text(self):
        return self._describe(
            self.kind,
            self.student_id,
            self.occurred_at,
            self.school_id,
            self.point_id,
        )

    @api.model
    def _describe(self, kind, student, moment, school, point):
        """Return the sentence of a notice; also for the portal's list.

        :param moment: naive UTC; told in the school's own time
        """
        zone = ZoneInfo(school.tz or "UTC")
        clock = moment.replace(tzinfo=UTC).astimezone(zone).strftime("%H:%M")
        place = ", ".join(filter(None, [school.short_name or school.name, point.name]))
        values = {"name": student.first_name, "time": clock, "place": place}
        env = self.env
        if kind == "arrival":
            return env._("%(name)s: came to school at %(time)s (%(place)s)", **values)
        if kind == "departure":
            return env._("%(name)s: left school at %(time)s (%(place)s)", **values)
        if kind == "lessons":
            return env._(
                "%(name)s: left at %(time)s, during lessons (%(place)s)", **values
            )
        if kind == "night":
            return env._(
                "%(name)s: entered at night, at %(time)s (%(place)s)", **values
            )
        if kind == "refused":
            return env._("%(name)s: not let through at %(time)s (%(place)s)", **values)
        return env._(
            "%(name)s: has not come to school by %(time)s (%(place)s)", **values
        )
