from odoo import fields, models

from ..domain.grants import Grant

#: Hours "from 0 to 24" do not ask for the hours.
WHOLE_DAY = 24


class BenefitGrant(models.Model):
    """Which meals a category gives, by hours at school (item 18) and shift."""

    _name = "benefit.grant"
    _description = "Meals of a Category"
    _inherit = ["benefit.regulation.part"]
    _order = "category_id, hours_from, id"

    category_id = fields.Many2one(
        "benefit.category", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="category_id.company_id", store=True)
    hours_from = fields.Float(
        "More than, hours", default=0, help="Hours at school a day; nought: any."
    )
    hours_to = fields.Float(
        "Up to, hours", default=WHOLE_DAY, help="These hours included."
    )
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], help="Empty: both."
    )
    meal_type_ids = fields.Many2many("meal.type", string="Meals", required=True)
    article_id = fields.Many2one("benefit.article", "Item")

    _hours_order = models.Constraint(
        "CHECK (hours_from >= 0 AND hours_to > hours_from AND hours_to <= 24)",
        "Hours at school are 0 to 24, from the lower to the higher.",
    )

    # === BUSINESS METHODS === #

    def _get_regulations(self):
        return self.category_id.regulation_id

    def _as_rule(self):
        """Return the :class:`Grant` of the row, with codes of meals."""
        self.ensure_one()
        hours_to = self.hours_to if self.hours_to < WHOLE_DAY else None
        return Grant(
            tuple(self.meal_type_ids.mapped("code")),
            self.hours_from,
            hours_to or None,
            self.shift or None,
        )
