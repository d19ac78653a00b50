from odoo import api, fields, models
from odoo.tools import SQL


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

    # === BUSINESS METHODS === #

    @api.model
    def _confirm(self, school_class, date):
        """Record that somebody looked at the class; again: who did last, and when."""
        # sudo: the caller has checked that the class is the user's
        school = school_class.sudo().school_id
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_attendance (class_id, school_id, company_id, date,
                            user_id, confirmed_at, create_uid, create_date,
                            write_uid, write_date)
                VALUES (%(class)s, %(school)s, %(company)s, %(date)s,
                        %(user)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s)
                ON CONFLICT (class_id, date) DO UPDATE
                   SET user_id = excluded.user_id, write_uid = excluded.user_id,
                       confirmed_at = excluded.confirmed_at,
                       write_date = excluded.confirmed_at
                RETURNING id
                """,
                **{
                    "class": school_class.id,
                    "school": school.id,
                    "company": school.company_id.id,
                    "date": date,
                    "user": self.env.uid,
                    "now": fields.Datetime.now(),
                },
            )
        )
        confirmed = self.browse(self.env.cr.fetchone())
        confirmed.invalidate_recordset()
        return confirmed
