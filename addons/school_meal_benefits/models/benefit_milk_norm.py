from odoo import api, fields, models

from ..const import MILK_UNITS


class BenefitMilkNorm(models.Model):
    """How much milk a child has on a day of lessons, from a day on (items 36-39)."""

    _name = "benefit.milk.norm"
    _description = "Norm of Milk"
    _order = "company_id, date_from desc"
    _rec_name = "product_name"

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
    product_name = fields.Char(
        "Product", required=True, default="Молоко питьевое, ГОСТ 32252-2013"
    )
    quantity = fields.Integer("Per child a day", required=True, default=200)
    unit = fields.Selection(MILK_UNITS, required=True, default="ml")
    week_days = fields.Char(
        "Days of the week",
        help="Days on which milk is given: 1 (Monday) to 7; empty: every school day.",
    )
    price = fields.Monetary(
        "Price per child a day", help="For the report of costs; nought: not counted."
    )

    _company_date_uniq = models.Constraint(
        "UNIQUE (company_id, date_from)",
        "The municipality already has a norm from this day.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0 AND price >= 0)", "A norm is a positive quantity."
    )
    _week_days_digits = models.Constraint(
        "CHECK (week_days IS NULL OR week_days ~ '^[1-7]+$')",
        "Give the days of the week as digits, for example 135.",
    )

    @api.model
    def _get_norm(self, company, day):
        """Return the norm of a municipality on a day, empty before the first."""
        # sudo: a norm is public
        return self.sudo().search(
            [("company_id", "=", company.id), ("date_from", "<=", day)],
            order="date_from desc",
            limit=1,
        )

    def _is_given_on(self, day):
        return not self.week_days or str(day.isoweekday()) in self.week_days
