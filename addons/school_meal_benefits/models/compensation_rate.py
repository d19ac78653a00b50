from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import compensation


class CompensationRate(models.Model):
    """Roubles a day that the deputies decided, from a day until the next rate (28)."""

    _name = "compensation.rate"
    _description = "Rate of Compensation"
    _order = "company_id, date_from desc"
    _rec_name = "basis"

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True)
    amount = fields.Monetary("Roubles a day", required=True)
    basis = fields.Char(
        "Decision", required=True, help="Number and date of the deputies' decision."
    )
    day_ids = fields.One2many("compensation.day", "rate_id", "Days")

    _company_date_uniq = models.Constraint(
        "UNIQUE (company_id, date_from)",
        "The municipality already has a rate from this day.",
    )
    _amount_exact = models.Constraint(
        "CHECK (amount > 0 AND min_scale(amount) <= 2)",
        "A rate is a positive amount of roubles and kopecks.",
    )

    # === CRUD === #

    def write(self, vals):
        if vals.keys() & {"company_id", "date_from", "amount"}:
            self._check_not_used()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        self._check_not_used()

    # === BUSINESS METHODS === #

    def _check_not_used(self):
        # sudo: whether a rate is in use anywhere, whoever asks
        days = self.env["compensation.day"].sudo()
        if days.search_count(
            [("rate_id", "in", self.ids), ("is_frozen", "=", True)], limit=1
        ):
            raise UserError(
                self.env._(
                    "Approved days were calculated with this rate. Enter a rate from"
                    " another date instead."
                )
            )

    @api.model
    def _get_rates(self, company):
        """Return the rates of a municipality by date, see `domain/compensation.py`."""
        # sudo: a rate is public
        rates = self.sudo().search([("company_id", "=", company.id)], order="date_from")
        return tuple(
            compensation.Rate(rate.date_from, round(rate.amount * 100), rate.id)
            for rate in rates
        )
