import json
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

COLUMNS = (
    "student_id",
    "occurred_at",
    "kind",
    "direction",
    "verdict",
    "point_id",
    "anomaly",
)


class AccessEvent(models.Model):
    _inherit = "access.event"

    @api.model
    def _after_record(self, rows):
        """Override of `school_access`: passages move the day of their students.

        One statement a batch; a day that nobody has counted yet is counted by the job.
        Late events of an outage correct the day they happened on.
        """
        super()._after_record(rows)
        self._tell(self._move_days, rows)

    @api.model
    def _move_days(self, rows):
        events = [row for row in rows if row["student_id"]]
        if events and self._follow_passages(events):
            # the meals of who came after all; not here, where it would hold up the gate
            self.env.ref("school_attendance.cron_attendance")._trigger()

    @api.model
    def _follow_passages(self, events):
        """Return whether a child came that the gate had reported absent."""
        days = self.env["attendance.day"]
        days.flush_model()
        columns = {name: [event[name] for event in events] for name in COLUMNS}
        returned = self.env.execute_query(
            SQL(
                """
                WITH e AS (
                    SELECT e.*
                      FROM json_to_record(%(columns)s) AS c (student_id int[],
                           occurred_at timestamp[], kind text[], direction text[],
                           verdict text[], point_id int[], anomaly text[])
                     CROSS JOIN unnest(c.student_id, c.occurred_at, c.kind, c.direction,
                                c.verdict, c.point_id, c.anomaly)
                        AS e (student_id, occurred_at, kind, direction, verdict,
                              point_id, anomaly)
                ),
                passage AS (
                    SELECT e.student_id, (e.occurred_at AT TIME ZONE 'UTC'
                               AT TIME ZONE s.tz)::date AS date, %(passed)s
                      FROM e
                      JOIN school_student st ON st.id = e.student_id
                      JOIN school_school s ON s.id = st.school_id
                      LEFT JOIN access_point o ON o.id = e.point_id
                     GROUP BY 1, 2
                ),
                moved AS (
                    SELECT d.id, d.state AS from_state, d.starts_at, d.ends_at, d.grace,
                           d.absence_reason, d.absence_source, d.is_confirmed,
                           least(d.arrived_at, p.first_in) AS arrived_at,
                           greatest(d.last_in_at, p.last_in) AS last_in_at,
                           greatest(d.last_out_at, p.last_out) AS last_out_at
                      FROM passage p
                      JOIN attendance_day d USING (student_id, date)
                ),
                fresh AS (
                    SELECT m.*, n.state, %(derived)s
                      FROM moved m
                     CROSS JOIN LATERAL (
                           -- who was refused is at the door: not absent
                           SELECT attendance_state(m.arrived_at, m.last_in_at,
                                  m.last_out_at, m.starts_at, m.ends_at, m.grace,
                                  m.absence_reason, m.absence_source, m.is_confirmed,
                                  FALSE, %(now)s) AS state) n
                ),
                done AS (
                    UPDATE attendance_day d
                       SET arrived_at = f.arrived_at, last_in_at = f.last_in_at,
                           last_out_at = f.last_out_at, is_seen = TRUE,
                           state = f.state, source = f.source, left_at = f.left_at,
                           minutes_late = f.minutes_late,
                           minutes_early = f.minutes_early
                      FROM fresh f
                     WHERE d.id = f.id
                    RETURNING d.*, f.from_state
                ),
                noted AS (
                    INSERT INTO attendance_change (student_id, school_id, class_id,
                                company_id, date, from_state, to_state, at)
                    SELECT student_id, school_id, class_id, company_id, date,
                           from_state, state, %(now)s
                      FROM done
                     WHERE is_confirmed AND from_state <> state
                )
                SELECT id FROM done WHERE absence_source = 'access'
                """,
                columns=json.dumps(columns, default=datetime.isoformat),
                passed=days._get_passed(SQL("e.anomaly IS DISTINCT FROM 'clock'")),
                derived=SQL(", ").join(
                    SQL("%s AS %s", value, SQL.identifier(name))
                    for name, value in days._get_derived(
                        SQL("m"), SQL("n.state")
                    ).items()
                ),
                now=fields.Datetime.now(),
            )
        )
        days.invalidate_model()
        return bool(returned)
