from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES
from ..domain import peer_checks
from .issue_sql import given


class MealPeerCheck(models.AbstractModel):
    """Facts of the checks, one query for each kind."""

    _inherit = "meal.peer.check"

    @api.model
    def _fetch(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    @api.model
    def _get_issues(self, schools, date_from, date_to):
        zones = {school.id: ZoneInfo(school.tz or "UTC") for school in schools}
        utc = ZoneInfo("UTC")
        rows = self._fetch(
            SQL(
                """
                SELECT event.id, event.school_id, event.student_id, event.date,
                       event.meal_type_id, event.verdict, event.source,
                       event.device_id, event.occurred_at
                  FROM meal_issue_event event
                 WHERE event.school_id IN %s AND event.date BETWEEN %s AND %s AND %s
                """,
                tuple(schools.ids),
                date_from,
                date_to,
                given(),
            )  # fmt: skip
        )
        return [
            peer_checks.Issue(
                *row[:8], row[8].replace(tzinfo=utc).astimezone(zones[row[1]])
            )
            for row in rows
        ]

    @api.model
    def _get_class_meals(self, schools, date_from, date_to):
        """Count the children of every class, day and meal of which anything was given.

        A child counts where it was enrolled on the day. Who is entitled is known from
        the orders of the day; guests and strangers are not of a class. Who is absent
        says the hook of presence, on closed days too: frozen portions call everybody
        present who was issued one, and that is what is doubted here.
        """
        absent = self._get_absent(schools, date_from, date_to)
        rows = self._fetch(
            SQL(
                """
                WITH absent AS (
                    SELECT * FROM unnest(%(absent)s::int[], %(absences)s::date[])
                        AS absent(student_id, date)
                ), given AS (
                    SELECT event.school_id, event.class_id, event.date,
                           event.meal_type_id AS meal_id,
                           count(DISTINCT event.student_id) AS issued,
                           count(DISTINCT event.student_id)
                               FILTER (WHERE o.is_entitled) AS entitled_issued,
                           array_agg(event.id ORDER BY event.id) AS ids
                      FROM meal_issue_event event
                      LEFT JOIN meal_order o ON o.student_id = event.student_id
                           AND o.date = event.date
                           AND o.meal_type_id = event.meal_type_id
                     WHERE event.school_id IN %(schools)s
                       AND event.date BETWEEN %(date_from)s AND %(date_to)s
                       AND event.class_id IS NOT NULL AND %(given)s
                     GROUP BY 1, 2, 3, 4
                ), days AS (
                    SELECT DISTINCT school_id, class_id, date FROM given
                ), enrolled AS (
                    SELECT days.class_id, days.date, enrolment.student_id,
                           absent.student_id IS NOT NULL AS is_absent
                      FROM days
                      JOIN school_enrolment enrolment
                        ON enrolment.class_id = days.class_id
                       AND enrolment.date_from <= days.date
                       AND COALESCE(enrolment.date_to, days.date) >= days.date
                      LEFT JOIN absent ON absent.student_id = enrolment.student_id
                       AND absent.date = days.date
                ), sizes AS (
                    SELECT class_id, date, count(*) AS enrolled,
                           count(*) FILTER (WHERE is_absent) AS absent
                      FROM enrolled GROUP BY 1, 2
                ), entitled AS (
                    SELECT enrolled.class_id, enrolled.date, o.meal_type_id AS meal_id,
                           count(*) AS entitled,
                           count(*) FILTER (WHERE is_absent) AS absent
                      FROM enrolled
                      JOIN meal_order o ON o.student_id = enrolled.student_id
                       AND o.date = enrolled.date AND o.is_entitled
                     GROUP BY 1, 2, 3
                )
                SELECT given.school_id, given.class_id, given.date, given.meal_id,
                       COALESCE(sizes.enrolled, 0), COALESCE(sizes.absent, 0),
                       COALESCE(entitled.entitled, 0), COALESCE(entitled.absent, 0),
                       given.issued, given.entitled_issued, given.ids
                  FROM given
                  LEFT JOIN sizes USING (class_id, date)
                  LEFT JOIN entitled USING (class_id, date, meal_id)
                """,
                schools=tuple(schools.ids),
                date_from=date_from,
                date_to=date_to,
                absent=[student for student, _day in absent],
                absences=[day for _student, day in absent],
                given=given(),
            )
        )
        return [peer_checks.ClassMeal(*row[:10], tuple(row[10])) for row in rows]

    @api.model
    def _get_absent(self, schools, date_from, date_to):
        """Return [(student, day)] of who is known not to have been at school."""
        span = range((date_to - date_from).days + 1)
        days = [date_from + timedelta(days=number) for number in span]
        return [
            (student, day)
            for day in days
            for student, state in schools._get_presence(day).items()
            if state == "absent"
        ]

    @api.model
    def _get_changes(self, schools, date_from, date_to):
        """Return what was written in the span, with how late it was; what the system
        changed by itself is left out, and so are corrections of closed days made from
        their own documents, which are looked at as such."""
        rows = self._fetch(
            SQL(
                """
                WITH clock AS (
                    SELECT id, tz FROM school_school WHERE id IN %(schools)s
                )
                SELECT change.id, 'meal.order.change', change.school_id,
                       change.user_id, written.day, written.day - change.date
                  FROM meal_order_change change
                  JOIN clock ON clock.id = change.school_id,
                       LATERAL (SELECT (change.at AT TIME ZONE 'UTC'
                                        AT TIME ZONE clock.tz)::date) AS written(day)
                 WHERE written.day BETWEEN %(date_from)s AND %(date_to)s
                   AND written.day > change.date
                   AND change.at >= %(date_from)s::date - 1
                   AND change.reason IN ('entered', 'changed_mind', 'absence')
                UNION ALL
                SELECT absence.id, 'meal.absence', absence.school_id,
                       absence.user_id, written.day, written.day - absence.date_to
                  FROM meal_absence absence
                  JOIN clock ON clock.id = absence.school_id,
                       LATERAL (SELECT (GREATEST(absence.reported_at,
                                                 absence.withdrawn_at)
                                        AT TIME ZONE 'UTC' AT TIME ZONE clock.tz
                                       )::date) AS written(day)
                 WHERE written.day BETWEEN %(date_from)s AND %(date_to)s
                UNION ALL
                SELECT doc.id, 'meal.correction', day.school_id, doc.user_id,
                       doc.date, doc.date - day.date
                  FROM meal_correction doc
                  JOIN meal_day day ON day.id = doc.day_id
                  JOIN clock ON clock.id = day.school_id
                 WHERE doc.state = 'done'
                   AND doc.date BETWEEN %(date_from)s AND %(date_to)s
                """,
                schools=tuple(schools.ids),
                date_from=date_from,
                date_to=date_to,
            )
        )
        return [peer_checks.Change(*row) for row in rows]

    @api.model
    def _get_refunds(self, companies, date_from, date_to):
        rows = self._fetch(
            SQL(
                """
                SELECT company_id, user_id,
                       count(*) FILTER (WHERE kind = 'refund'),
                       (COALESCE(sum(amount) FILTER (WHERE kind = 'refund'), 0)
                        * 100)::bigint,
                       (COALESCE(sum(amount) FILTER (WHERE kind = 'sale'), 0)
                        * 100)::bigint
                  FROM meal_transfer
                 WHERE company_id IN %s AND user_id IS NOT NULL
                   AND business_date BETWEEN %s AND %s
                   AND kind IN ('refund', 'sale') AND phase IN ('single', 'post')
                 GROUP BY 1, 2
                """,
                tuple(companies.ids),
                date_from,
                date_to,
            )  # fmt: skip
        )
        return [peer_checks.Refunds(*row) for row in rows]

    @api.model
    def _get_fed(self, schools, date_from, date_to):
        """Return the days on which entitled children had a portion waiting for them.

        Present is who was so when the day was closed, on open days who is so by the
        hook of presence; days still running are not looked at, the child may eat yet.
        """
        rows = self._fetch(
            SQL(
                """
                SELECT min(o.id), o.school_id, o.student_id, o.date,
                       bool_and(line.presence = 'present'),
                       EXISTS (
                           SELECT FROM meal_issue_event event
                            WHERE event.student_id = o.student_id
                              AND event.date = o.date AND %(given)s)
                       OR bool_or(o.state NOT IN %(live)s)
                  FROM meal_order o
                  LEFT JOIN meal_day_line line
                    ON line.order_id = o.id AND line.is_current
                 WHERE o.school_id IN %(schools)s AND o.is_entitled
                   AND o.date BETWEEN %(date_from)s AND %(date_to)s
                 GROUP BY o.school_id, o.student_id, o.date
                """,
                schools=tuple(schools.ids),
                date_from=date_from,
                date_to=date_to,
                live=LIVE_STATES,
                given=given(),
            )
        )
        calendar = self.env["school.calendar"]
        today = {school.id: calendar._local_date(school) for school in schools}
        days = [peer_checks.Fed(*row) for row in rows]
        days = [each for each in days if each.day < today[each.school]]
        still_open = {each.day for each in days if each.is_present is None}
        presence = {day: schools._get_presence(day) for day in still_open}
        return [
            each._replace(is_present=presence[each.day].get(each.student) == "present")
            if each.is_present is None
            else each
            for each in days
        ]
