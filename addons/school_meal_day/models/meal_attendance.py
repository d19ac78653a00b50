from odoo import fields, models


class MealAttendance(models.Model):
    """A class teacher has looked at the class on a day: who is not absent is present.

    One row per class and day, kept when it is confirmed again. Absences themselves
    are ``meal.absence``.
    """

    _name = "meal.attendance"
    _description = "Attendance Confirmed"
    _order = "date desc, class_id"

    class_id = fields.Many2one(
        "school.class", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    date = fields.Date(required=True, index=True)
    user_id = fields.Many2one("res.users", "Confirmed by", readonly=True)
    confirmed_at = fields.Datetime(readonly=True, required=True)

    _class_day_uniq = models.Constraint(
        "UNIQUE (class_id, date)", "The class is already confirmed for the day."
    )
