from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES, PAYABLE_OUTCOMES
from .issue_sql import given


class MealOversight(models.AbstractModel):
    """One query per block of the board, for all schools at once.

    `days` is {school id: its local date} of the schools the user may see.
    """

    _inherit = "meal.oversight"

    @api.model
    def _fetch(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    @api.model
    def _days_table(self, days):
        return SQL(
            "unnest(%s::int[], %s::date[]) AS today(school_id, date)",
            list(days),
            list(days.values()),
        )

    @api.model
    def _query_students(self, days):
        """Count the students of every school, and those the hook of presence knows."""
        presence = self._get_presence(days)
        return self._fetch(
            SQL(
                """
                SELECT student.school_id, count(*) AS students,
                       count(*) FILTER (WHERE known.state = 'absent') AS absent,
                       count(*) FILTER (WHERE known.state = 'present') AS present
                  FROM school_student student
                  JOIN %(days)s ON today.school_id = student.school_id
                  LEFT JOIN unnest(%(students)s::int[], %(states)s::text[])
                       AS known(student_id, state) ON known.student_id = student.id
                 WHERE student.state = 'enrolled'
                 GROUP BY student.school_id
                """,
                days=self._days_table(days),
                students=list(presence),
                states=list(presence.values()),
            )
        )

    @api.model
    def _get_presence(self, days):
        """Return {student id: "present" or "absent"}: one call for the schools of a
        date, of which there are two at most."""
        schools = self.env["school.school"].sudo()  # sudo: numbers of whole schools
        presence = {}
        for date in set(days.values()):
            of_date = [school for school, day in days.items() if day == date]
            presence.update(schools.browse(of_date)._get_presence(date))
        return presence

    @api.model
    def _query_orders(self, days):
        return self._fetch(
            SQL(
                """
                SELECT o.school_id, count(*) AS ordered,
                       count(*) FILTER (WHERE NOT EXISTS (
                           SELECT FROM meal_issue_event event
                            WHERE event.order_id = o.id AND %(given)s)) AS waiting
                  FROM meal_order o
                  JOIN %(days)s USING (school_id, date)
                 WHERE o.state IN %(live)s
                 GROUP BY o.school_id
                """,
                days=self._days_table(days),
                live=LIVE_STATES,
                given=given(),
            )
        )

    @api.model
    def _query_waiting(self, schools, days):
        """Return the ids of live orders whose portion has not been given out."""
        rows = self._fetch(
            SQL(
                """
                SELECT o.id
                  FROM meal_order o
                 WHERE o.school_id = ANY(%(schools)s) AND o.date = ANY(%(days)s)
                   AND o.state IN %(live)s AND NOT EXISTS (
                       SELECT FROM meal_issue_event event
                        WHERE event.order_id = o.id AND %(given)s)
                """,
                schools=schools.ids,
                days=list(days),
                live=LIVE_STATES,
                given=given(),
            )
        )
        return [row["id"] for row in rows]

    @api.model
    def _query_issues(self, days):
        return self._fetch(
            SQL(
                """
                SELECT event.school_id, count(*) AS issued,
                       count(DISTINCT event.student_id) AS fed
                  FROM meal_issue_event event
                  JOIN %(days)s USING (school_id, date)
                 WHERE %(given)s
                 GROUP BY event.school_id
                """,
                days=self._days_table(days),
                given=given(),
            )
        )

    @api.model
    def _query_days(self, days):
        return self._fetch(
            SQL(
                """
                SELECT day.school_id,
                       COALESCE(bool_or(day.state = 'closed'
                                        AND day.date = today.date), FALSE)
                           AS is_closed,
                       count(*) FILTER (WHERE day.state = 'open'
                                          AND day.date < today.date) AS open_days
                  FROM meal_day day
                  JOIN %(days)s ON today.school_id = day.school_id
                 WHERE day.state = 'open' OR day.date = today.date
                 GROUP BY day.school_id
                """,
                days=self._days_table(days),
            )
        )

    @api.model
    def _query_fixed(self, days):
        """Tell the schools whose kitchen has the number of the morning cut-off."""
        return self._fetch(
            SQL(
                """
                SELECT DISTINCT number.school_id, TRUE AS is_fixed
                  FROM meal_snapshot number
                  JOIN %(days)s USING (school_id, date)
                 WHERE number.kind <> 'forecast'
                """,
                days=self._days_table(days),
            )
        )

    @api.model
    def _query_weekly(self, days):
        """Tell the schools that ordered on this day of the week of late."""
        return self._fetch(
            SQL(
                """
                SELECT DISTINCT o.school_id
                  FROM meal_order o
                  JOIN %(days)s ON today.school_id = o.school_id
                   AND o.date IN (today.date - 7, today.date - 14,
                                  today.date - 21, today.date - 28)
                 WHERE o.state IN %(live)s
                """,
                days=self._days_table(days),
                live=LIVE_STATES,
            )
        )

    @api.model
    def _query_confirmed(self, days):
        return self._fetch(
            SQL(
                """
                SELECT seen.class_id
                  FROM meal_attendance seen
                  JOIN %(days)s USING (school_id, date)
                """,
                days=self._days_table(days),
            )
        )

    @api.model
    def _query_menus(self, days):
        return self._fetch(
            SQL(
                """
                SELECT DISTINCT menu.school_id, menu.age_group_id
                  FROM meal_menu menu
                  JOIN %(days)s USING (school_id, date)
                 WHERE menu.state = 'approved'
                """,
                days=self._days_table(days),
            )
        )

    @api.model
    def _query_paid(self, days):
        return self._fetch(
            SQL(
                """
                SELECT line.school_id, part.source_id,
                       (sum(part.amount) * 100)::bigint AS amount
                  FROM meal_day_line line
                  JOIN %(days)s USING (school_id, date)
                  JOIN meal_day_part part ON part.line_id = line.id
                 WHERE line.is_current AND line.outcome IN %(payable)s
                 GROUP BY 1, 2
                """,
                days=self._days_table(days),
                payable=PAYABLE_OUTCOMES,
            )
        )

    @api.model
    def _query_forecast(self, days):
        """Count the live orders of open days by what decides on their price."""
        return self._fetch(
            SQL(
                """
                SELECT o.school_id, o.meal_type_id, o.age_group_id, o.variant_id,
                       COALESCE(o.is_entitled, FALSE) AS is_entitled,
                       COALESCE(class.shift, '1') AS shift, count(*) AS portions
                  FROM meal_order o
                  JOIN %(days)s USING (school_id, date)
                  LEFT JOIN school_class class ON class.id = o.class_id
                 WHERE o.state IN %(live)s
                 GROUP BY 1, 2, 3, 4, 5, 6
                """,
                days=self._days_table(days),
                live=LIVE_STATES,
            )
        )

    @api.model
    def _query_trend(self, schools, date_from, date_to):
        return self._fetch(
            SQL(
                """
                WITH ordered AS (
                    SELECT date, count(*) AS ordered
                      FROM meal_order
                     WHERE school_id IN %(schools)s AND state IN %(live)s
                       AND date BETWEEN %(date_from)s AND %(date_to)s
                     GROUP BY date
                ), given AS (
                    SELECT event.date, event.student_id, count(*) AS portions
                      FROM meal_issue_event event
                     WHERE event.school_id IN %(schools)s AND %(given)s
                       AND event.date BETWEEN %(date_from)s AND %(date_to)s
                     GROUP BY 1, 2
                ), issued AS (
                    SELECT date, sum(portions)::int AS issued,
                           count(student_id) AS fed
                      FROM given GROUP BY date
                )
                SELECT date, COALESCE(ordered, 0) AS ordered,
                       COALESCE(issued, 0) AS issued, COALESCE(fed, 0) AS fed
                  FROM ordered FULL JOIN issued USING (date)
                 ORDER BY date
                """,
                schools=tuple(schools.ids),
                date_from=date_from,
                date_to=date_to,
                live=LIVE_STATES,
                given=given(),
            )
        )
