from odoo import api, fields, models
from odoo.tools import format_date

from ..const import DAY_REASONS


class CompensationDay(models.Model):
    """A day of a line, counted or not, with the reason and what is paid for it."""

    _name = "compensation.day"
    _description = "Day of Compensation"
    _order = "line_id, date"
    _rec_name = "date"
    _log_access = False  # the month says who calculated and approved, and when

    line_id = fields.Many2one(
        "compensation.line", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    week_day = fields.Char("Day of the week", compute="_compute_week_day")
    is_counted = fields.Boolean("Counted", readonly=True)
    reason = fields.Selection(DAY_REASONS, required=True, readonly=True)
    rate_id = fields.Many2one(
        "compensation.rate", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    amount = fields.Monetary(readonly=True)
    is_changed = fields.Boolean(
        "Changed", readonly=True, help="Differs from what was approved before."
    )
    is_frozen = fields.Boolean(readonly=True)
    is_current = fields.Boolean(
        readonly=True, default=True, help="Not replaced by a later calculation."
    )

    _line_date_uniq = models.Constraint(
        "UNIQUE (line_id, date)", "A line explains a day once."
    )
    _paid_once = models.UniqueIndex(
        "(student_id, date) WHERE is_counted AND is_current AND is_frozen",
        "The day is already compensated for this student.",
    )
    _amount_exact = models.Constraint(
        "CHECK ((amount > 0) = is_counted AND amount >= 0 AND min_scale(amount) <= 2"
        " AND is_counted = (reason = 'counted')"
        " AND (NOT is_counted OR rate_id IS NOT NULL))",
        "A day that counts has a rate, others have no amount.",
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER compensation_day_frozen
            BEFORE UPDATE OF line_id, student_id, school_id, date, is_counted, reason,
                             rate_id, amount, is_frozen
            ON compensation_day FOR EACH ROW WHEN (OLD.is_frozen)
            EXECUTE FUNCTION meal_refuse_change(
                'Approved days are never changed: a later month corrects them.');
            CREATE OR REPLACE TRIGGER compensation_day_kept
            BEFORE DELETE ON compensation_day FOR EACH ROW WHEN (OLD.is_frozen)
            EXECUTE FUNCTION meal_refuse_change(
                'Approved days are never changed: a later month corrects them.');
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_week_day(self):
        for day in self:
            day.week_day = format_date(self.env, day.date, date_format="EEE")
