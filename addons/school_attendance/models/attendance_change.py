from odoo import fields, models

from ..const import STATES


class AttendanceChange(models.Model):
    """A day that a teacher had confirmed says something else now.

    Passages that a turnstile reports late, after an outage, correct the day; whoever
    relied on the confirmation can see what has changed. Written by SQL only.
    """

    _name = "attendance.change"
    _description = "Attendance corrected after confirmation"
    _order = "id desc"
    _log_access = False

    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="cascade"
    )
    class_id = fields.Many2one(
        "school.class", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    from_state = fields.Selection(STATES, "Before", readonly=True)
    to_state = fields.Selection(STATES, "Now", readonly=True)
    at = fields.Datetime("Changed", required=True, readonly=True)

    _school_day_idx = models.Index("(school_id, date)")
