from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.school_meal_day.domain import cutoffs

from ..const import MODES

#: What the person responsible for meals decides beside the cut-offs.
OWN_FIELDS = (
    "attendance_mode",
    "attendance_check_hour",
    "attendance_grace",
    "attendance_share",
)


class SchoolSchool(models.Model):
    _inherit = "school.school"

    attendance_mode = fields.Selection(
        MODES, "Meals of who is not here", required=True, default="propose"
    )
    attendance_check_hour = fields.Float(
        "Not here by",
        default=8.75,
        help="Local time at which children who are not here are looked at; before the"
        " morning cut-off.",
    )
    attendance_grace = fields.Integer(
        "Minutes of grace",
        default=5,
        help="Who comes so many minutes after the first lesson has begun, or leaves so"
        " many before the last one ends, is neither late nor early.",
    )
    attendance_share = fields.Integer(
        "Share that must have come, %",
        default=30,
        help="A turnstile that saw fewer children of a school or class is not trusted:"
        " nobody is absent because of it.",
    )

    _attendance_ranges = models.Constraint(
        "CHECK (attendance_check_hour >= 0 AND attendance_check_hour < 24"
        " AND attendance_grace BETWEEN 0 AND 60"
        " AND attendance_share BETWEEN 5 AND 100)",
        "The hour is from 00:00 to 23:59, the grace at most 60 minutes, the share from"
        " 5 to 100 %.",
    )

    # === CONSTRAINTS === #

    @api.constrains("attendance_mode", "attendance_check_hour")
    def _check_attendance_hour(self):
        # A proposal that comes too late takes nothing off; the form says so.
        for school in self.filtered(lambda one: one.attendance_mode == "automatic"):
            if (
                school.has_own_cutoffs
                and school.attendance_check_hour >= school.correction_cutoff
            ):
                raise ValidationError(
                    self.env._(
                        "%s: look at who is not here before the morning cut-off, later"
                        " the portions are cooked.",
                        school.display_name,
                    )
                )

    # === ACCESS === #

    def _has_field_access(self, field, operation):
        """Override of `school_meal_base`: who is responsible for meals decides this."""
        if operation == "write" and field.name in OWN_FIELDS:
            user = self.env.user
            return self.env.su or any(
                user.has_group(f"school_meal_base.group_{role}")
                for role in ("operator", "manager")
            )
        return super()._has_field_access(field, operation)

    # === BUSINESS METHODS === #

    def _get_attendance_moment(self, date):
        """Return the moment (naive UTC) at which the missing are looked at."""
        school = self.sudo()  # sudo: the hours of a school are public
        return cutoffs.moment(date, school.attendance_check_hour, school.tz)

    def _close_ordering(self, date):
        """Override of `school_meal_day`: who came by now gets a portion cooked."""
        # sudo: the same whoever happens to be here when the cut-off passes
        self.env["attendance.check"].sudo()._return_today(self, date)
        return super()._close_ordering(date)

    def _get_presence(self, date):
        """Override of `school_meal_day`: access control knows who passed.

        In this order: an absence reported by people, the teacher's confirmation, a
        passage, and last a trusted gate that has seen nobody. An absence that the gate
        reported itself ends with the child's passage.
        """
        presence = super()._get_presence(date)
        for student, is_here, is_absent, source in self._read_gate(date):
            if is_here and source in (None, "access"):
                presence[student] = "present"
            elif is_absent:
                presence.setdefault(student, "absent")
        return presence

    def _read_gate(self, date):
        """Return [(student, came through the gate, absent by the gate, source of a
        reported absence)] of what the gate has seen, or has trustworthily not seen."""
        if not self:
            return []
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT student_id, arrived_at IS NOT NULL OR last_out_at IS NOT NULL,
                       state = 'absent', absence_source
                  FROM attendance_day
                 WHERE school_id = ANY(%s) AND date = %s
                   AND (is_seen OR source = 'access')
                """,
                self.ids,
                date,
            )
        )
