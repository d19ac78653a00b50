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

    _school_day_idx = models.Index("(school_id, date)")
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
        """Add up the days of students of schools anew."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM attendance_total WHERE school_id = ANY(%s) AND date = %s",
                schools.ids,
                date,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO attendance_total (date, weekday, school_id, company_id,
                            class_id, grade, shift, reason, student_count, came_count,
                            late_count, left_early_count, absent_count, excused_count,
                            unknown_count)
                SELECT d.date, (extract(isodow FROM d.date) - 1)::int::text,
                       d.school_id, d.company_id, d.class_id, c.grade, c.shift,
                       CASE WHEN d.state IN ('absent', 'excused')
                            THEN coalesce(d.absence_reason, 'unknown') END AS reason,
                       count(*),
                       count(*) FILTER (WHERE d.state IN
                                        ('present', 'late', 'left_early')),
                       count(*) FILTER (WHERE d.minutes_late > 0),
                       count(*) FILTER (WHERE d.state = 'left_early'),
                       count(*) FILTER (WHERE d.state IN ('absent', 'excused')),
                       count(*) FILTER (WHERE d.state = 'excused'),
                       count(*) FILTER (WHERE d.state IN ('unknown', 'expected'))
                  FROM attendance_day d
                  JOIN school_class c ON c.id = d.class_id
                 WHERE d.school_id = ANY(%s) AND d.date = %s
                 GROUP BY d.date, d.school_id, d.company_id, d.class_id, c.grade,
                          c.shift, reason
                """,
                schools.ids,
                date,
            )
        )
        self.invalidate_model()
