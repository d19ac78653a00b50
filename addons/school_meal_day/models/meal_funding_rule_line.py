from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    # === CONSTRAINTS === #

    @api.constrains("mode", "percent", "sequence", "rule_id")
    def _check_rules(self):
        self.rule_id._check_lines()

    def _check_waterfall(self):
        """What is left comes last, and shares are no more than the price."""
        lines = self.sorted(lambda line: (line.sequence, line.id))
        if "rest" in lines[:-1].mapped("mode"):
            raise ValidationError(
                self.env._(
                    "“%s”: the source that pays what is left comes last, nothing is"
                    " left after it.",
                    self.rule_id.name,
                )
            )
        shares = sum(round(ln.percent * 100) for ln in lines if ln.mode == "percent")
        if shares > 10000:
            raise ValidationError(
                self.env._(
                    "“%s”: the shares are more than 100 percent together.",
                    self.rule_id.name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = {vals.get("rule_id") for vals in vals_list} - {None}
        self._check_unused(self.env["meal.funding.rule"].browse(rules))
        return super().create(vals_list)

    def write(self, vals):
        self._check_unused(self.rule_id)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused(self.rule_id)

    @api.model
    def _check_unused(self, rules):
        """A rule by which closed days were split is not rewritten."""
        for rule_id, day in rules._get_last_uses().items():
            rules.browse(rule_id)._refuse_change(day)
