from odoo import api, fields, models, tools
from odoo.tools import SQL


class AttendanceForecastBoard(models.Model):
    """The coming day by school and meal, with the errors of the last four weeks."""

    _name = "attendance.forecast.board"
    _description = "Portions of the coming day"
    _auto = False
    _order = "date desc, school_id, meal_type_id"

    school_id = fields.Many2one("school.school", readonly=True)
    company_id = fields.Many2one("res.company", "Municipality", readonly=True)
    date = fields.Date(readonly=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", readonly=True)
    predicted = fields.Integer("Forecast", readonly=True)
    free_count = fields.Integer("Paid for by a budget", readonly=True)
    paid_count = fields.Integer("Paid for by parents", readonly=True)
    naive = fields.Integer("Naive forecast", readonly=True)
    expected_count = fields.Integer("Children expected", readonly=True)
    day_count = fields.Integer(
        "Days compared", readonly=True, help="Of the last four weeks."
    )
    mape = fields.Float(
        "Error, %",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Mean difference from what was cooked, in per cent of it.",
    )
    naive_mape = fields.Float(
        "Naive error, %", readonly=True, digits=(5, 1), aggregator="avg"
    )
    better = fields.Selection(
        [
            ("forecast", "The forecast"),
            ("naive", "The naive forecast"),
            ("same", "Both alike"),
            ("none", "Too early to tell"),
        ],
        "Was closer",
        compute="_compute_better",
    )

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW attendance_forecast_board AS
                WITH coming AS (
                    SELECT min(id) AS id, school_id, company_id, date, meal_type_id,
                           sum(predicted)::int AS predicted,
                           (coalesce(sum(predicted) FILTER (WHERE payer = 'free'), 0))
                               ::int AS free_count,
                           (coalesce(sum(predicted) FILTER (WHERE payer = 'paid'), 0))
                               ::int AS paid_count,
                           sum(naive)::int AS naive,
                           max(expected_count) AS expected_count
                      FROM attendance_forecast
                     WHERE NOT is_actual AND date >= current_date
                     GROUP BY school_id, company_id, date, meal_type_id
                ),
                past AS (
                    SELECT f.school_id, f.meal_type_id, f.date,
                           sum(f.actual) AS actual, sum(f.predicted) AS predicted,
                           sum(f.naive) AS naive
                      FROM attendance_forecast f
                     WHERE f.is_actual AND f.date >= current_date - 28
                     GROUP BY 1, 2, 3
                    HAVING sum(f.actual) > 0
                )
                SELECT c.*, p.day_count, p.mape, p.naive_mape
                  FROM coming c
                  LEFT JOIN LATERAL (
                       SELECT count(*)::int AS day_count,
                              round(avg(100.0 * abs(predicted - actual) / actual), 1)
                                  ::float8 AS mape,
                              round(avg(100.0 * abs(naive - actual) / actual), 1)
                                  ::float8 AS naive_mape
                         FROM past
                        WHERE past.school_id = c.school_id
                          AND past.meal_type_id = c.meal_type_id) p ON TRUE
                """
            )
        )

    # === COMPUTE METHODS === #

    @api.depends("mape", "naive_mape", "day_count")
    def _compute_better(self):
        for row in self:
            if row.day_count < 5:
                row.better = "none"
            elif row.mape == row.naive_mape:
                row.better = "same"
            else:
                row.better = "forecast" if row.mape < row.naive_mape else "naive"
