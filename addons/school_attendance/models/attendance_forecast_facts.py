from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_day.models.meal_snapshot import COUNTED

from ..domain import forecast

#: History that is read: the season needs a year.
HISTORY = timedelta(days=420)
#: So many days are told afterwards when a school begins with forecasts.
BACKTEST_DAYS = 60


class AttendanceForecast(models.Model):
    """Making forecasts: a few statements for all schools of a municipality."""

    _inherit = "attendance.forecast"

    # === JOBS === #

    @api.model
    def _cron_forecast(self):
        """Enter what was cooked, and make the forecast of the coming school day."""
        # sudo: all schools of all municipalities
        schools = self.env["school.school"].sudo().search([("active", "=", True)])
        self._make(schools)

    # === BUSINESS METHODS === #

    @api.model
    def _make(self, schools):
        """Bring the forecasts of schools up to date; again it changes nothing."""
        # sudo: numbers of schools, made by the job
        self = self.sudo()
        self.env.flush_all()
        new = schools - schools.browse(self._get_begun(schools))
        self._backtest(new)
        self._enter_actual(schools)
        targets = self._get_targets(schools)
        history = self._read_history(schools)
        expected = self._count_expected(targets)
        rows = []
        for school, day in targets.items():
            for (meal, payer), days in history[school.id].items():
                made = forecast.forecast(days, day, expected.get(school.id, 0))
                if made:
                    key = (school.id, school.company_id.id, day, meal, payer)
                    rows.append((*key, expected.get(school.id, 0), *made))
        self._write_rows(rows, is_backtest=False)

    @api.model
    def _get_targets(self, schools):
        """Return {school: next school day}; in the summer there is none."""
        calendar = self.env["school.calendar"]
        targets = {}
        for school in schools:
            today = calendar._local_date(school)
            targets[school] = calendar._next_school_day(today, school, within=31)
        return {school: day for school, day in targets.items() if day}

    @api.model
    def _get_begun(self, schools):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM unnest(%s::int[]) AS s (id) WHERE EXISTS (
                       SELECT FROM attendance_forecast f WHERE f.school_id = s.id)
                """,
                schools.ids,
            )
        )
        return [school for (school,) in rows]

    @api.model
    def _read_history(self, schools):
        """Return {school id: {(meal id, payer): [:class:`Day`]}}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT school_id, meal_type_id, payer, date, expected_count, actual
                  FROM attendance_forecast
                 WHERE school_id = ANY(%s) AND date >= %s AND is_actual
                """,
                schools.ids,
                fields.Date.today() - HISTORY,
            )
        )
        history = defaultdict(lambda: defaultdict(list))
        for school, meal, payer, *day in rows:
            history[school][meal, payer].append(forecast.Day(*day))
        return history

    @api.model
    def _count_expected(self, targets, known_before=None):
        """Return {school id: children expected at school on its day}.

        :param dict targets: {school: day}
        :param known_before: leave out absences reported later
        """
        classes = [
            (one.id, day)
            for school, day in targets.items()
            for one in self.env["school.calendar"]._get_taught_classes(school, day)
        ]
        if not classes:
            return {}
        ids, days = map(list, zip(*classes, strict=True))
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT e.school_id, count(*)
                      FROM unnest(%(ids)s::int[], %(days)s::date[]) AS t (id, date)
                      JOIN school_enrolment e ON e.class_id = t.id
                       AND e.date_from <= t.date
                       AND (e.date_to IS NULL OR e.date_to >= t.date)
                      LEFT JOIN LATERAL (
                           SELECT TRUE AS known FROM meal_absence a
                            WHERE a.student_id = e.student_id
                              AND a.date_from <= t.date AND a.date_to >= t.date
                              AND a.source <> 'access'
                              AND (a.withdrawn_at IS NULL OR a.withdrawn_at > %(until)s)
                              AND a.reported_at <= %(until)s
                            LIMIT 1) absent ON TRUE
                     WHERE absent.known IS NULL
                     GROUP BY e.school_id
                    """,
                    ids=ids,
                    days=days,
                    until=known_before or fields.Datetime.now(),
                )
            )
        )

    @api.model
    def _write_rows(self, rows, *, is_backtest):
        """Write [(school, company, date, meal, payer, expected, portions, naive)] of
        days that are not over."""
        if not rows:
            return
        names = ("schools", "companies", "days", "meals", "payers", "expected",
                 "portions", "naive")  # fmt: skip
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO attendance_forecast AS f (school_id, company_id, date,
                       meal_type_id, payer, expected_count, predicted, naive,
                       is_actual, is_backtest, made_at)
                SELECT n.*, FALSE, %(is_backtest)s, %(now)s
                  FROM unnest(%(schools)s::int[], %(companies)s::int[],
                              %(days)s::date[], %(meals)s::int[], %(payers)s::text[],
                              %(expected)s::int[], %(portions)s::int[],
                              %(naive)s::int[]) AS n
                ON CONFLICT (school_id, date, meal_type_id, payer) DO UPDATE
                   SET expected_count = excluded.expected_count,
                       predicted = excluded.predicted, naive = excluded.naive,
                       made_at = excluded.made_at
                 WHERE NOT f.is_actual
                """,
                is_backtest=is_backtest,
                now=fields.Datetime.now(),
                **dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)),
            )
        )
        self.invalidate_model()

    # === WHAT WAS COOKED === #

    @api.model
    def _enter_actual(self, schools):
        """Enter the portions of days that are over; each day is read once."""
        self.env.cr.execute(
            SQL(
                """
                WITH open AS (
                    SELECT f.id, f.school_id, f.date, f.meal_type_id, f.payer
                      FROM attendance_forecast f
                      JOIN school_school s ON s.id = f.school_id
                     WHERE NOT f.is_actual AND f.school_id = ANY(%(schools)s)
                       AND f.date < (%(now)s::timestamp AT TIME ZONE 'UTC'
                                     AT TIME ZONE s.tz)::date
                ),
                cooked AS (
                    SELECT o.school_id, o.date, o.meal_type_id, o.is_entitled,
                           count(*) AS portions
                      FROM (SELECT DISTINCT school_id, date FROM open) AS day
                      JOIN meal_order o USING (school_id, date)
                     WHERE o.state = ANY(%(counted)s)
                     GROUP BY 1, 2, 3, 4
                )
                UPDATE attendance_forecast f
                   SET actual = n.portions, is_actual = TRUE,
                       error = abs(n.portions - f.predicted),
                       naive_error = abs(n.portions - f.naive)
                  FROM (SELECT open.id, coalesce(c.portions, 0) AS portions
                          FROM open
                          LEFT JOIN cooked c ON c.school_id = open.school_id
                           AND c.date = open.date
                           AND c.meal_type_id = open.meal_type_id
                           AND c.is_entitled = (open.payer = 'free')) n
                 WHERE f.id = n.id
                """,
                schools=schools.ids,
                now=fields.Datetime.now(),
                counted=list(COUNTED),
            )
        )
        self.invalidate_model()

    # === THE FIRST TIME === #

    @api.model
    def _backtest(self, schools):
        """Tell the last weeks from the days before them, as if it had been on then."""
        if not schools:
            return
        since = fields.Date.today() - timedelta(days=BACKTEST_DAYS)
        cooked = self._read_cooked(schools, since)
        rows = []
        for school in schools:
            series = cooked.get(school.id, {})
            dates = sorted({day for days in series.values() for day in days})
            expected = {
                day: self._count_expected(
                    {school: day}, fields.Datetime.to_datetime(day)
                ).get(school.id, 0)
                for day in dates
            }
            for (meal, payer), portions in series.items():
                days = [
                    forecast.Day(day, expected[day], portions.get(day, 0))
                    for day in dates
                ]
                for index, day in enumerate(days):
                    made = forecast.forecast(days[:index], day.date, day.expected)
                    made = made or forecast.Forecast(day.portions, day.portions)
                    key = (school.id, school.company_id.id, day.date, meal, payer)
                    rows.append((*key, day.expected, *made))
        self._write_rows(rows, is_backtest=True)

    @api.model
    def _read_cooked(self, schools, since):
        """Return {school id: {(meal id, payer): {day: portions}}} of past days."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT school_id, meal_type_id, is_entitled, date, count(*)
                  FROM meal_order
                 WHERE school_id = ANY(%s) AND date >= %s AND date < %s
                   AND state = ANY(%s)
                 GROUP BY 1, 2, 3, 4
                """,
                schools.ids,
                since,
                fields.Date.today(),
                list(COUNTED),
            )
        )
        cooked = defaultdict(lambda: defaultdict(dict))
        for school, meal, entitled, day, count in rows:
            cooked[school][meal, "free" if entitled else "paid"][day] = count
        return cooked
