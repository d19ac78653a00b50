from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_day.const import ABSENCE_REASONS

from .attendance_bell import WEEKDAYS


class AttendanceTotal(models.Model):
    """Attendance of a class and day by reason of absence: what reports add up.

    A year of a city is 3 million days of students, but 400,000 of these rows. Written
    with every recount.
    """

    _name = "attendance.total"
    _description = "Attendance by class and day"
    _order = "date desc, school_id, grade, class_id, id"
    _log_access = False

    date = fields.Date(required=True, readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", "Municipality", required=True, readonly=True, index=True
    )
    class_id = fields.Many2one(
        "school.class", required=True, readonly=True, index=True, ondelete="cascade"
    )
    grade = fields.Integer(readonly=True, aggregator=False)
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], readonly=True
    )
    reason = fields.Selection(ABSENCE_REASONS, "Reason of absence", readonly=True)
    student_count = fields.Integer("Students", readonly=True)
    came_count = fields.Integer(
        "Came", readonly=True, help="Also late, also left early."
    )
    late_count = fields.Integer("Late", readonly=True)
    left_early_count = fields.Integer("Left early", readonly=True)
    absent_count = fields.Integer(
        "Not at school", readonly=True, help="Excused or not."
    )
    excused_count = fields.Integer("Excused", readonly=True)
    unknown_count = fields.Integer("Not known", readonly=True)
    rate = fields.Float(
        "Attendance, %",
        compute="_compute_rate",
        aggregator="avg",
        digits=(5, 1),
        help="Of those of whom it is known.",
    )

    _school_day_uniq = models.UniqueIndex(
        "(school_id, date, class_id, COALESCE(reason, ''))",
        "The day of this class has been added up already.",
    )
    _date_idx = models.Index("(date DESC)")

    # === COMPUTE METHODS === #

    @api.depends("came_count", "absent_count")
    def _compute_rate(self):
        for total in self:
            known = total.came_count + total.absent_count
            total.rate = 100 * total.came_count / known if known else 0

    # === BUSINESS METHODS === #

    def _read_group_select(self, aggregate_spec, query):
        """Override of core: an average of per cents is none of the children."""
        if aggregate_spec != "rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        came = self._field_to_sql(self._table, "came_count", query)
        absent = self._field_to_sql(self._table, "absent_count", query)
        return SQL(
            "100.0 * SUM(%(came)s) / NULLIF(SUM(%(came)s + %(absent)s), 0)",
            came=came,
            absent=absent,
        )

    @api.model
    def _refresh(self, schools, date):
        """Add up the days of students of schools anew; what is right stays."""
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS MATERIALIZED (
                    SELECT d.date, (extract(isodow FROM d.date) - 1)::int::text
                           AS weekday, d.school_id, d.company_id, d.class_id, c.grade,
                           c.shift,
                           CASE WHEN d.state IN ('absent', 'excused')
                                THEN coalesce(d.absence_reason, 'unknown') END
                           AS reason,
                           count(*) AS students,
                           count(*) FILTER (WHERE d.state IN
                                            ('present', 'late', 'left_early')) AS came,
                           count(*) FILTER (WHERE d.minutes_late > 0) AS late,
                           count(*) FILTER (WHERE d.state = 'left_early') AS early,
                           count(*) FILTER (WHERE d.state IN ('absent', 'excused'))
                           AS absent,
                           count(*) FILTER (WHERE d.state = 'excused') AS excused,
                           count(*) FILTER (WHERE d.state IN ('unknown', 'expected'))
                           AS unknown
                      FROM attendance_day d
                      JOIN school_class c ON c.id = d.class_id
                     WHERE d.school_id = ANY(%(schools)s) AND d.date = %(date)s
                     GROUP BY d.date, d.school_id, d.company_id, d.class_id, c.grade,
                              c.shift, reason
                ), gone AS (
                    DELETE FROM attendance_total t
                     WHERE t.school_id = ANY(%(schools)s) AND t.date = %(date)s
                       AND NOT EXISTS (
                           SELECT FROM counted n
                            WHERE n.school_id = t.school_id AND n.class_id = t.class_id
                              AND n.reason IS NOT DISTINCT FROM t.reason)
                )
                INSERT INTO attendance_total (date, weekday, school_id, company_id,
                            class_id, grade, shift, reason, student_count, came_count,
                            late_count, left_early_count, absent_count, excused_count,
                            unknown_count)
                SELECT n.*
                  FROM counted n
                  LEFT JOIN attendance_total t
                         ON t.school_id = n.school_id AND t.date = n.date
                        AND t.class_id = n.class_id
                        AND t.reason IS NOT DISTINCT FROM n.reason
                 -- Only what is new: every inserted row takes one of the numbers of
                 -- the sequence, which are 32 bits wide.
                 WHERE (t.weekday, t.company_id, t.grade, t.shift, t.student_count,
                        t.came_count, t.late_count, t.left_early_count, t.absent_count,
                        t.excused_count, t.unknown_count)
                       IS DISTINCT FROM
                       (n.weekday, n.company_id, n.grade, n.shift, n.students, n.came,
                        n.late, n.early, n.absent, n.excused, n.unknown)
                ON CONFLICT (school_id, date, class_id, coalesce(reason, ''))
                DO UPDATE
                   SET weekday = excluded.weekday, company_id = excluded.company_id,
                       grade = excluded.grade, shift = excluded.shift,
                       student_count = excluded.student_count,
                       came_count = excluded.came_count,
                       late_count = excluded.late_count,
                       left_early_count = excluded.left_early_count,
                       absent_count = excluded.absent_count,
                       excused_count = excluded.excused_count,
                       unknown_count = excluded.unknown_count
                """,
                schools=schools.ids,
                date=date,
            )
        )
        self.invalidate_model()
