from odoo import api, models
from odoo.tools import SQL


class AccessNotice(models.Model):
    _inherit = "access.notice"

    @api.model
    def _get_excused_ids(self, school, moment):
        """Override of `school_access`: missing is only who should be here on a day that
        the gate can be trusted with, and of whom nobody has said why they are not."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id FROM school_student s
                 WHERE s.school_id = %s AND NOT EXISTS (
                       SELECT FROM attendance_day d
                        WHERE d.student_id = s.id AND d.date = %s AND d.state = 'absent'
                          AND NOT d.is_seen AND NOT d.is_confirmed
                          AND COALESCE(d.absence_source, d.source) = 'access')
                """,
                school.id,
                self.env["school.calendar"]._local_date(school, moment),
            )
        )
        return [student for (student,) in rows]
