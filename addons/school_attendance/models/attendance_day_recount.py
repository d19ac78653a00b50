from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_day.domain import cutoffs

from ..domain import bells, trust

#: A controller that has said nothing for so long before the moment that counts is
#: silent; they speak every few seconds.
ALIVE = SQL("interval '10 minutes'")
#: Who has not come through the gate for so long does not use it.
HABIT = SQL("14")
#: The gate must be alive until so long after the lessons began.
MORNING = timedelta(hours=1)


class AttendanceDay(models.Model):
    """Counting the days of schools anew: a few statements, however many students."""

    _inherit = "attendance.day"

    @api.model
    def _recount(self, schools, date):
        """Bring the rows of a school day up to date; again it changes nothing.

        :param schools: any number of them
        :return: `attendance.check` of the schools
        """
        # sudo: facts are the same whoever has them counted
        self, schools = self.sudo(), schools.sudo()
        self.env.flush_all()
        classes = self._get_schedule(schools, date)
        if not classes:
            self._drop_others(schools, date, classes)
            return self.env["attendance.check"]
        self._drop_others(schools, date, classes)
        self._collect(schools, date, classes)
        gates = self._get_gates(schools, classes)
        turnouts = self._get_turnouts(schools, date)
        found = self._judge(schools, gates, turnouts)
        self._decide(schools, date, turnouts, found)
        self.env["attendance.total"]._refresh(schools, date)
        self.invalidate_model()
        return self.env["attendance.check"]._note(date, found)

    # === SCHEDULE === #

    @api.model
    def _get_schedule(self, schools, date):
        """Return [(class id, school id, starts at, ends at)] of the classes taught on
        the spot on a day, moments in UTC."""
        by_school = self.env["attendance.bell"]._get_by_school(schools)
        rows = []
        for school in schools:
            taught = self.env["school.calendar"]._get_taught_classes(school, date)
            own = by_school.get(school.id, ())
            for one in taught:
                hours = bells.lessons(own, one.id, one.shift, date.weekday())
                moments = (cutoffs.moment(date, hour, school.tz) for hour in hours)
                rows.append((one.id, school.id, *moments))
        return rows

    @api.model
    def _drop_others(self, schools, date, classes):
        """Forget days of classes that are not taught, and of children of others."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM attendance_day d
                 WHERE d.school_id = ANY(%(schools)s) AND d.date = %(date)s
                   AND (d.class_id <> ALL(%(classes)s) OR NOT EXISTS (
                        SELECT FROM school_enrolment e
                         WHERE e.student_id = d.student_id AND e.class_id = d.class_id
                           AND e.date_from <= d.date
                           AND (e.date_to IS NULL OR e.date_to >= d.date)))
                """,
                schools=schools.ids,
                date=date,
                classes=[row[0] for row in classes],
            )
        )

    # === FACTS === #

    @api.model
    def _collect(self, schools, date, classes):
        """Write what gate, parents and teachers say of the enrolled children."""
        ids, places, starts, ends = zip(*classes, strict=True)
        self.env.cr.execute(
            SQL(
                """
                WITH taught AS MATERIALIZED (
                    SELECT t.*, s.company_id, s.tz, s.attendance_grace AS grace
                      FROM unnest(%(ids)s, %(places)s, %(starts)s::timestamp[],
                                  %(ends)s::timestamp[])
                           AS t (class_id, school_id, starts_at, ends_at)
                      JOIN school_school s ON s.id = t.school_id
                ),
                pupil AS MATERIALIZED (
                    SELECT e.student_id, t.*
                      FROM taught t
                      JOIN school_enrolment e ON e.class_id = t.class_id
                       AND e.school_id = t.school_id AND e.date_from <= %(date)s
                       AND (e.date_to IS NULL OR e.date_to >= %(date)s)
                      JOIN school_student s ON s.id = e.student_id AND s.active
                ),
                -- a day of each school is between these moments at its clock
                span AS (
                    SELECT school_id,
                           (%(date)s::timestamp AT TIME ZONE min(tz))
                               AT TIME ZONE 'UTC' AS since,
                           ((%(date)s + 1)::timestamp AT TIME ZONE min(tz))
                               AT TIME ZONE 'UTC' AS until
                      FROM taught GROUP BY school_id
                ),
                passage AS MATERIALIZED (
                    SELECT e.student_id, %(passed)s
                      FROM span
                      JOIN access_event_log e ON e.school_id = span.school_id
                       AND e.occurred_at >= span.since AND e.occurred_at < span.until
                      LEFT JOIN access_point o ON o.id = e.point_id
                     WHERE e.student_id IS NOT NULL
                       -- for the planner: which monthly parts
                       AND e.occurred_at >= %(date)s::timestamp - interval '1 day'
                       AND e.occurred_at < %(date)s::timestamp + interval '2 days'
                     GROUP BY e.student_id
                ),
                -- what people say goes before what the system said itself
                absence AS MATERIALIZED (
                    SELECT DISTINCT ON (student_id) student_id, id, reason, source
                      FROM meal_absence
                     WHERE school_id = ANY(%(schools)s) AND withdrawn_at IS NULL
                       AND %(date)s BETWEEN date_from AND date_to
                     ORDER BY student_id, source = 'access', id DESC
                ),
                habit AS MATERIALIZED (
                    SELECT DISTINCT d.student_id
                      FROM attendance_day d
                     WHERE d.school_id = ANY(%(schools)s)
                       AND d.date BETWEEN %(date)s - %(habit)s AND %(date)s - 1
                       AND d.arrived_at IS NOT NULL
                ),
                card AS MATERIALIZED (
                    SELECT DISTINCT student_id FROM school_card
                     WHERE school_id = ANY(%(schools)s) AND state = 'active'
                ),
                fact AS MATERIALIZED (
                    SELECT p.student_id, %(date)s::date AS date, p.school_id,
                           p.class_id, p.company_id, p.starts_at, p.ends_at, p.grace,
                           e.first_in AS arrived_at, e.last_in AS last_in_at,
                           e.last_out AS last_out_at,
                           e.student_id IS NOT NULL AS is_seen,
                           h.student_id IS NOT NULL AND c.student_id IS NOT NULL
                           AS uses_gate,
                           a.id AS absence_id, a.reason AS absence_reason,
                           a.source AS absence_source, m.id IS NOT NULL AS is_confirmed
                      FROM pupil p
                      LEFT JOIN passage e USING (student_id)
                      LEFT JOIN absence a USING (student_id)
                      LEFT JOIN habit h USING (student_id)
                      LEFT JOIN card c USING (student_id)
                      LEFT JOIN meal_attendance m
                             ON m.class_id = p.class_id AND m.date = %(date)s
                )
                INSERT INTO attendance_day AS d (
                       student_id, date, school_id, class_id, company_id, starts_at,
                       ends_at, grace, arrived_at, last_in_at, last_out_at, is_seen,
                       uses_gate, absence_id, absence_reason, absence_source,
                       is_confirmed, state)
                SELECT f.*, 'expected'
                  FROM fact f
                  -- One look into the index for a child, whatever the planner believes
                  -- of a table whose day has just begun.
                  LEFT JOIN LATERAL (
                       SELECT * FROM attendance_day o
                        WHERE o.student_id = f.student_id AND o.date = f.date
                       OFFSET 0) d ON TRUE
                 -- Only what is new: a conflict takes a number of the sequence too, and
                 -- these numbers are 32 bits wide.
                 WHERE d.id IS NULL
                    OR (d.class_id, d.starts_at, d.ends_at, d.grace, d.uses_gate,
                        d.is_confirmed)
                       IS DISTINCT FROM
                       (f.class_id, f.starts_at, f.ends_at, f.grace, f.uses_gate,
                        f.is_confirmed)
                    OR d.absence_id IS DISTINCT FROM f.absence_id
                    OR d.absence_reason IS DISTINCT FROM f.absence_reason
                    OR f.is_seen AND NOT d.is_seen
                    OR f.arrived_at < d.arrived_at
                    OR f.last_in_at > d.last_in_at
                    OR f.last_out_at > d.last_out_at
                    OR (d.arrived_at IS NULL, d.last_out_at IS NULL)
                       IS DISTINCT FROM
                       (least(d.arrived_at, f.arrived_at) IS NULL,
                        greatest(d.last_out_at, f.last_out_at) IS NULL)
                ON CONFLICT (student_id, date) DO UPDATE
                   SET school_id = excluded.school_id, class_id = excluded.class_id,
                       starts_at = excluded.starts_at, ends_at = excluded.ends_at,
                       grace = excluded.grace,
                       -- also passages at the gate of another school
                       arrived_at = least(d.arrived_at, excluded.arrived_at),
                       last_in_at = greatest(d.last_in_at, excluded.last_in_at),
                       last_out_at = greatest(d.last_out_at, excluded.last_out_at),
                       is_seen = d.is_seen OR excluded.is_seen,
                       uses_gate = excluded.uses_gate,
                       absence_id = excluded.absence_id,
                       absence_reason = excluded.absence_reason,
                       absence_source = excluded.absence_source,
                       is_confirmed = excluded.is_confirmed
                """,
                ids=list(ids),
                places=list(places),
                starts=list(starts),
                ends=list(ends),
                date=date,
                schools=schools.ids,
                passed=self._get_passed(
                    SQL(
                        "e.is_clock_wrong IS NOT TRUE"
                        " AND e.occurred_at <= e.received_at + interval '10 minutes'"
                    )
                ),
                habit=HABIT,
            )
        )

    @api.model
    def _get_passed(self, is_sound):
        """Return SQL of first_in, last_in and last_out of the events `e` of a child at
        the points `o`: whoever passes a door inside of the school is inside.

        :param SQL is_sound: whether the clock of the event can be believed
        """
        passed = SQL(
            "e.kind IN ('pass', 'opened', 'correction')"
            " AND coalesce(e.verdict, 'granted') = 'granted' AND %s",
            is_sound,
        )
        entered = SQL(
            "(e.direction = 'in' OR o.zone_from_id IS NOT NULL) AND %s", passed
        )
        left = SQL("e.direction = 'out' AND o.zone_from_id IS NULL AND %s", passed)
        return SQL(
            """
            min(e.occurred_at) FILTER (WHERE %(entered)s) AS first_in,
            max(e.occurred_at) FILTER (WHERE %(entered)s) AS last_in,
            max(e.occurred_at) FILTER (WHERE %(left)s) AS last_out
            """,
            entered=entered,
            left=left,
        )

    # === TRUST === #

    @api.model
    def _get_gates(self, schools, classes):
        """Return {school id: :class:`Gate`}.

        Silent is who has not spoken up to the hour after the lessons began (or up to
        now), who delivers passages of long ago, and whose events wait at the gateway,
        were refused or kept apart: the others may be still to come.
        """
        now = fields.Datetime.now()
        until = {}
        for __, school, starts_at, __ in classes:
            if starts_at <= now:
                moment = min(now, starts_at + MORNING)
                until[school] = max(until.get(school, moment), moment)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.school_id, count(*),
                       count(*) FILTER (WHERE c.last_seen IS NULL
                           OR c.last_seen < u.at - %(alive)s
                           OR c.refused_at < u.at
                           OR (u.at IS NOT NULL AND c.device_id IS NOT NULL
                               AND NOT EXISTS (
                              SELECT FROM access_edge_journal j
                               WHERE j.device_id = c.device_id
                                 AND j.seen_at >= u.at - %(alive)s
                                 AND j.is_full IS NOT TRUE
                                 AND (j.waiting_since IS NULL
                                      OR j.waiting_since >= u.at - %(alive)s)))
                           OR EXISTS (
                              SELECT FROM access_edge_incident i
                               WHERE i.controller_id = c.id
                                 AND i.reason = 'not_recorded'
                                 AND i.create_date >= u.at - interval '1 day')
                           OR EXISTS (
                              SELECT FROM access_event_log e
                               WHERE e.controller_id = c.id
                                 AND e.occurred_at >= u.at - interval '1 day'
                                 AND e.occurred_at < e.received_at - %(alive)s
                                 AND e.received_at > %(now)s::timestamp - %(alive)s)),
                       count(*) FILTER (WHERE c.mode IN ('free', 'free_waiting'))
                  FROM access_controller c
                  LEFT JOIN unnest(%(ids)s::int[], %(until)s::timestamp[])
                         AS u (id, at) ON u.id = c.school_id
                 WHERE c.school_id = ANY(%(schools)s) AND c.active
                   AND c.state <> 'revoked'
                 GROUP BY c.school_id
                """,
                alive=ALIVE,
                now=now,
                ids=list(until),
                until=list(until.values()),
                schools=schools.ids,
            )
        )
        return {school: trust.Gate(*counts) for school, *counts in rows}

    @api.model
    def _get_turnouts(self, schools, date):
        """Return {(school id, class id): :class:`Turnout`} of the classes whose lessons
        have begun: without those who are reported absent by people."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT school_id, class_id, count(*),
                       count(*) FILTER (WHERE arrived_at IS NOT NULL
                                           OR last_out_at IS NOT NULL)
                  FROM attendance_day
                 WHERE school_id = ANY(%s) AND date = %s
                   AND starts_at + make_interval(mins => grace) <= %s
                   AND (absence_source IS NULL OR absence_source = 'access')
                 GROUP BY school_id, class_id
                """,
                schools.ids,
                date,
                fields.Datetime.now(),
            )
        )
        return {(school, one): trust.Turnout(*counts) for school, one, *counts in rows}

    @api.model
    def _judge(self, schools, gates, turnouts):
        """Return {school: (code of trust, Gate, Turnout)}."""
        found = {}
        for school in schools:
            own = [each for (one, __), each in turnouts.items() if one == school.id]
            total = trust.Turnout(
                sum(each.expected for each in own), sum(each.came for each in own)
            )
            gate = gates.get(school.id, trust.Gate(0, 0, 0))
            share = school.attendance_share
            found[school] = trust.school_trust(gate, total, share), gate, total
        return found

    # === STATES === #

    @api.model
    def _decide(self, schools, date, turnouts, found):
        """Write the states; what changes under a confirmation is noted."""
        trusted = {
            one
            for (school_id, one), turnout in turnouts.items()
            for school in schools.browse(school_id)
            if trust.class_trust(found[school][0], turnout, school.attendance_share)
        }
        day = SQL("d")
        state = SQL(
            """
            attendance_state(d.arrived_at, d.last_in_at, d.last_out_at, d.starts_at,
                d.ends_at, d.grace, d.absence_reason, d.absence_source, d.is_confirmed,
                d.uses_gate AND NOT d.is_seen AND d.class_id = ANY(%s), %s)
            """,
            list(trusted),
            fields.Datetime.now(),
        )
        where = SQL("d.school_id = ANY(%s) AND d.date = %s", schools.ids, date)
        # No join of the table with itself: right after a city's day was opened, the
        # planner believes that it has one row.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO attendance_change (student_id, school_id, class_id,
                            company_id, date, from_state, to_state, at)
                SELECT d.student_id, d.school_id, d.class_id, d.company_id, d.date,
                       d.state, %(state)s, %(now)s
                  FROM attendance_day d
                 WHERE %(where)s AND d.is_confirmed AND d.state <> 'expected'
                   AND (d.arrived_at IS NOT NULL OR d.last_out_at IS NOT NULL)
                   AND d.state <> %(state)s
                """,
                state=state,
                now=fields.Datetime.now(),
                where=where,
            )
        )
        derived = self._get_derived(day, state)
        self.env.cr.execute(
            SQL(
                """
                UPDATE attendance_day d
                   SET state = %(state)s, %(set)s
                 WHERE %(where)s AND (d.state <> %(state)s OR %(differs)s)
                """,
                state=state,
                set=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in derived.items()
                ),
                where=where,
                differs=SQL(" OR ").join(
                    SQL("d.%s IS DISTINCT FROM %s", SQL.identifier(name), value)
                    for name, value in derived.items()
                ),
            )
        )

    @api.model
    def _get_derived(self, d, state):
        """Return {column: SQL} of what follows from moments and state of a row `d`."""
        return {
            "source": SQL(
                "attendance_source(%(state)s, %(d)s.arrived_at, %(d)s.last_out_at,"
                " %(d)s.absence_source, %(d)s.is_confirmed)",
                state=state,
                d=d,
            ),
            "left_at": SQL(
                "CASE WHEN %(d)s.last_out_at > coalesce(%(d)s.last_in_at, '-infinity')"
                " THEN %(d)s.last_out_at END",
                d=d,
            ),
            "minutes_late": SQL(
                "CASE WHEN %(d)s.arrived_at > %(d)s.starts_at"
                " + make_interval(mins => %(d)s.grace)"
                " THEN attendance_minutes(%(d)s.starts_at, %(d)s.arrived_at)"
                " ELSE 0 END",
                d=d,
            ),
            "minutes_early": SQL(
                "CASE WHEN %(state)s = 'left_early'"
                " THEN attendance_minutes(%(d)s.last_out_at, %(d)s.ends_at)"
                " ELSE 0 END",
                state=state,
                d=d,
            ),
        }
