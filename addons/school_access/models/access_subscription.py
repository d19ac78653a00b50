from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import MAX_PER_HOUR, MOST_PER_HOUR, NOTICE_CHANNELS, SUBSCRIPTION_STATES

#: What a parent chooses in the portal.
CHOICES = (
    "arrivals",
    "departures",
    "unusual",
    "refused",
    "hour_from",
    "hour_to",
    "max_per_hour",
)


class AccessSubscription(models.Model):
    """What a guardian wants to be told of a child, and by which channel.

    The parent's own choice, off until made. It counts only as long as the person is a
    guardian who gets notices (`school.guardian`), whatever this row says.
    """

    _name = "access.subscription"
    _description = "Notices of passage: choice of a parent"
    _rec_name = "student_id"
    _order = "student_id, partner_id, channel"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="cascade", index=True
    )
    student_id = fields.Many2one(
        "school.student", "Student", required=True, ondelete="cascade", index=True
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(
        related="student_id.company_id", store=True, index=True
    )
    channel = fields.Selection(NOTICE_CHANNELS, required=True)
    state = fields.Selection(SUBSCRIPTION_STATES, required=True, default="off")
    chosen_at = fields.Datetime("Consent given", readonly=True)
    arrivals = fields.Boolean("Arrivals", default=True)
    departures = fields.Boolean("Departures", default=True)
    unusual = fields.Boolean("Unusual times", default=True)
    refused = fields.Boolean("Not let through", default=False)
    hour_from = fields.Float("From", default=0)
    hour_to = fields.Float("To", default=24)
    max_per_hour = fields.Integer("At most per hour", default=MAX_PER_HOUR)
    read_at = fields.Datetime("Inbox read", readonly=True)

    _choice_uniq = models.Constraint(
        "UNIQUE (student_id, partner_id, channel)",
        "The person has chosen for this child and channel already.",
    )
    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < 24 AND hour_to > 0 AND hour_to <= 24)",
        "Hours are between 0 and 24.",
    )
    _per_hour = models.Constraint(
        f"CHECK (max_per_hour BETWEEN 1 AND {MOST_PER_HOUR})",
        "The number per hour is out of bounds.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, partner, student, channel):
        """Return the row of a person, child and channel in sudo; it may be empty."""
        # sudo: people of the portal do not read these
        return self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("student_id", "=", student.id),
                ("channel", "=", channel),
            ],
            limit=1,
        )

    @api.model
    def _choose(self, partner, student, channel, is_on, **choices):
        """Write down what a parent wants; the caller has checked who asks.

        :param choices: values of `CHOICES`
        :raises UserError: there is no proved address for the channel
        """
        self._check_choices(choices)
        values = {name: choices[name] for name in CHOICES if name in choices}
        values["state"] = "on" if is_on else "off"
        if is_on:
            self._check_address(partner, channel)
            values["chosen_at"] = fields.Datetime.now()
        row = self._ensure(partner, student, channel)
        row.write(values)
        return row

    @api.model
    def _ensure(self, partner, student, channel):
        """Return the row, made (switched off) if there is none. Two pages at once are
        no error: a row made meanwhile repeats the request."""
        row = self._of(partner, student, channel)
        if row:
            return row
        self.env.execute_query(
            SQL(
                """
                INSERT INTO access_subscription (partner_id, student_id, school_id,
                       company_id, channel, state, arrivals, departures, unusual,
                       refused, hour_from, hour_to, max_per_hour, create_uid,
                       create_date, write_uid, write_date)
                SELECT %(partner)s, t.id, t.school_id, t.company_id, %(channel)s, 'off',
                       TRUE, TRUE, TRUE, FALSE, 0, 24, %(most)s, %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM school_student t WHERE t.id = %(student)s
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                partner=partner.id,
                student=student.id,
                channel=channel,
                most=MAX_PER_HOUR,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self._of(partner, student, channel)

    # === INBOX === #

    @api.model
    def _get_read_at(self, partner, student):
        """Return when a person last looked at the passages of a child; who never did
        has news since the beginning of today."""
        row = self._of(partner, student, "inbox")
        if row.read_at:
            return row.read_at
        calendar = self.env["school.calendar"]
        school = student.sudo().school_id
        return calendar._utc_bounds(school, calendar._local_date(school))[0]

    @api.model
    def _mark_read(self, partner, student):
        row = self._ensure(partner, student, "inbox")
        row.read_at = fields.Datetime.now()

    @api.model
    def _check_choices(self, choices):
        hours = choices.get("hour_from", 0), choices.get("hour_to", 24)
        if not (0 <= hours[0] < 24 and 0 < hours[1] <= 24):
            raise ValidationError(
                self.env._("The hours are wrong: choose two times of one day.")
            )
        if not 1 <= choices.get("max_per_hour", 1) <= MOST_PER_HOUR:
            raise ValidationError(
                self.env._(
                    "Choose between 1 and %(most)s notices per hour.",
                    most=MOST_PER_HOUR,
                )
            )

    @api.model
    def _check_address(self, partner, channel):
        if channel == "inbox":
            return
        if not self.env["access.address"]._of(partner, channel)._is_usable():
            raise UserError(
                self.env._("Telegram is not connected yet: connect it first.")
                if channel == "telegram"
                else self.env._("There is no confirmed e-mail to write to.")
            )
