from odoo import fields, models


class MealFundingRuleLine(models.Model):
    """One step of the waterfall: a source pays an amount, a share, or what is left."""

    _name = "meal.funding.rule.line"
    _description = "Part of a Funding Rule"
    _order = "rule_id, sequence, id"
    _check_company_auto = True

    rule_id = fields.Many2one(
        "meal.funding.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    source_id = fields.Many2one(
        "meal.funding.source", required=True, check_company=True, ondelete="restrict"
    )
    mode = fields.Selection(
        [
            ("amount", "No more than"),
            ("percent", "Share of the price"),
            ("rest", "What is left"),
        ],
        required=True,
        default="rest",
    )
    amount = fields.Monetary(help="Roubles of one portion.")
    percent = fields.Float(digits=(5, 2))

    _percent_range = models.Constraint(
        "CHECK (mode <> 'percent' OR (percent > 0 AND percent <= 100))",
        "A share is more than 0 and no more than 100 percent.",
    )
    _amount_positive = models.Constraint(
        "CHECK (mode <> 'amount' OR (amount > 0 AND min_scale(amount) <= 2))",
        "An amount is positive and in whole kopecks.",
    )
