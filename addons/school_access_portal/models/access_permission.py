from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import LEAVE_EARLY_MINUTES, LEAVE_LATE_MINUTES, REASON_LENGTH


class AccessPermission(models.Model):
    """A representative lets the child leave early, once, today or tomorrow. The row is
    the consent: who gave it and when stand on it."""

    _inherit = "access.permission"

    is_online = fields.Boolean("Given in the portal", readonly=True, copy=False)
    consent_at = fields.Datetime(
        readonly=True, copy=False, help="When the parent gave the consent online."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `school_access`: a consent stays what the parent agreed to."""
        if vals and not self.env.su and any(self.mapped("is_online")):
            raise AccessError(
                self.env._(
                    "A parent gave this permission: it is not changed. Take it back, or"
                    " give another one."
                )
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _get_fact_names(self):
        """Override of `school_access`: only a parent gives a consent online."""
        return [*super()._get_fact_names(), "is_online", "consent_at"]

    @api.model
    def _get_representative(self, user, student):
        """Return the row that makes a person a legal representative, in sudo."""
        # sudo: in the portal nobody reads access control
        domain = [
            *user._get_guardian_domain(),
            ("student_id", "=", student.id),
            ("is_legal", "=", True),
        ]
        return self.env["school.guardian"].sudo().search(domain, limit=1)

    @api.model
    def _give_online(self, guardian, day, clock, reason):
        """Record a parent's permission.

        :param guardian: row of the representative who gives it, in sudo
        :param str day: "today" or "tomorrow", of the school
        :param str clock: "HH:MM", the school's local time
        """
        student = guardian.student_id
        moment = self._get_leave_moment(student.school_id, day, clock)
        reason = " ".join((reason or "").split())[:REASON_LENGTH]
        if not reason:
            raise ValidationError(self.env._("Write why the child leaves early."))
        person = student._get_person()
        # sudo: as above
        sites = self.env["access.site"].sudo()
        if not person or not sites.search_count(
            [("school_id", "=", student.school_id.id)], limit=1
        ):
            raise ValidationError(
                self.env._("This school has no turnstiles: tell the class teacher.")
            )
        values = {
            "person_id": person.id,
            "direction": "out",
            "valid_from": moment - timedelta(minutes=LEAVE_EARLY_MINUTES),
            "valid_to": moment + timedelta(minutes=LEAVE_LATE_MINUTES),
            "reason": reason,
            "guardian_id": guardian.id,
            "is_online": True,
            "consent_at": fields.Datetime.now(),
        }
        return self.sudo().create(values)

    @api.model
    def _get_leave_moment(self, school, day, clock):
        calendar = self.env["school.calendar"]
        now = calendar._local_datetime(school)
        dates = {"today": now.date(), "tomorrow": now.date() + timedelta(days=1)}
        try:
            time = datetime.strptime(clock or "", "%H:%M").time()
            date = dates[day]
        except (KeyError, ValueError):
            raise ValidationError(
                self.env._("Choose today or tomorrow, and the time.")
            ) from None
        local = datetime.combine(date, time, tzinfo=ZoneInfo(school.tz or "UTC"))
        if local + timedelta(minutes=LEAVE_EARLY_MINUTES) < now:
            raise ValidationError(self.env._("This time is over. Choose a later one."))
        return local.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _get_open_online(self, student):
        """Return what parents have permitted and nobody has used yet, in sudo."""
        # sudo: as above
        return self.sudo().search(
            [
                ("person_id", "=", student._get_person().id),
                ("valid_to", ">", fields.Datetime.now()),
                ("used_at", "=", False),
                ("revoked_at", "=", False),
                ("guardian_id", "!=", False),
            ],
            order="valid_from",
        )
