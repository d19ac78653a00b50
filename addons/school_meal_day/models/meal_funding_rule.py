from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..domain import funding


class MealFundingRule(models.Model):
    """How the price of a meal is split over sources, for a category and a time.

    Of the rules that fit a student, meal and day, the one with the lowest sequence
    counts; a meal for which none fits is the parents'. The split itself is
    ``domain/funding.py``.
    """

    _name = "meal.funding.rule"
    _description = "Funding Rule"
    _inherit = ["meal.price.guard", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True
    _used_by = "rule_id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    category_id = fields.Many2one(
        "meal.category", "Category", tracking=True, help="Empty: everybody else."
    )
    meal_type_ids = fields.Many2many("meal.type", string="Meals", help="Empty: all.")
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")],
        tracking=True,
        help="Empty: both.",
    )
    school_ids = fields.Many2many(
        "school.school", string="Schools", check_company=True, help="Empty: all."
    )
    date_from = fields.Date("Valid from", required=True, tracking=True)
    date_to = fields.Date("Valid to", tracking=True)
    is_ordered_automatically = fields.Boolean(
        "Ordered by itself",
        tracking=True,
        help="Students of the category get the meal without anybody ordering it.",
    )
    basis = fields.Char("Legal basis", tracking=True)
    line_ids = fields.One2many("meal.funding.rule.line", "rule_id", "Parts", copy=True)
    example = fields.Text(
        "Who pays what",
        compute="_compute_example",
        help="The prices of today for all schools, split by this rule.",
    )
    is_used = fields.Boolean(
        "Priced closed days", compute="_compute_is_used", compute_sudo=True
    )
    active = fields.Boolean(default=True)

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A rule cannot end before it begins.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_is_used(self):
        used = self._get_last_uses()
        for rule in self:
            rule.is_used = rule._origin.id in used

    @api.depends(
        "company_id",
        "meal_type_ids",
        "line_ids.sequence",
        "line_ids.source_id",
        "line_ids.mode",
        "line_ids.amount",
        "line_ids.percent",
    )
    def _compute_example(self):
        for rule in self:
            rule.example = "\n".join(
                rule._get_example(tariff) for tariff in rule._get_example_tariffs()
            )

    def _get_example_tariffs(self):
        today = fields.Date.context_today(self)
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("school_id", "=", False) & Domain("variant_id", "=", False)
        domain &= Domain("date_from", "<=", today)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        if self.meal_type_ids:
            domain &= Domain("meal_type_id", "in", self.meal_type_ids.ids)
        return self.env["meal.tariff"].search(domain, order="meal_type_id, id")

    def _get_example(self, tariff):
        """Return “Breakfast, 7 to 11 years: 85.30 = 59.71 Region + 25.59 Town”."""
        names = {line.source_id.id: line.source_id.name for line in self.line_ids}
        parent = self.env._("the parents")
        parts = [
            funding.Part(
                line.source_id.id,
                line.mode,
                self.env["meal.pricing"]._get_value(line),
            )
            for line in self.line_ids.sorted("sequence")
            if line.source_id and line.mode
        ]
        shares = funding.split(round(tariff.price * 100), parts, 0)
        money = self.env["meal.statement"]._format_price
        return "{}: {} = {}".format(
            ", ".join(
                filter(None, (tariff.meal_type_id.name, tariff.age_group_id.name))
            ),
            money(tariff.price),
            " + ".join(
                f"{money(kopecks / 100)} {names.get(source, parent)}"
                for source, kopecks in shares
            ),
        )

    # === CONSTRAINTS === #

    @api.constrains("line_ids")
    def _check_lines(self):
        for rule in self:
            rule.line_ids._check_waterfall()
            if not rule.line_ids:
                raise ValidationError(
                    self.env._(
                        "“%s” says nothing about who pays: add a part.", rule.name
                    )
                )

    # === BUSINESS METHODS === #

    def _get_priced_fields(self):
        return {
            "company_id",
            "category_id",
            "meal_type_ids",
            "shift",
            "school_ids",
            "date_from",
        }
