from odoo import api, models
from odoo.fields import Domain

from ..domain import funding


class MealPricing(models.AbstractModel):
    """Reads the prices and funding rules of a day for ``domain/funding.py``."""

    _name = "meal.pricing"
    _description = "Pricing of Set Meals"

    @api.model
    def _get_price_list(self, school, date):
        """Return the :class:`~..domain.funding.PriceList` of a school and day."""
        # sudo: a price is a fact, whoever closes the day or places an order
        self = self.sudo()
        valid = Domain("company_id", "=", school.sudo().company_id.id)
        valid &= Domain("date_from", "<=", date)
        valid &= Domain("date_to", "=", False) | Domain("date_to", ">=", date)
        tariffs = self.env["meal.tariff"].search(
            valid & Domain("school_id", "in", [False, school.id])
        )
        rules = self.env["meal.funding.rule"].search(
            valid & Domain("school_ids", "in", [False, school.id])
        )
        return funding.PriceList(
            [self._as_tariff(tariff) for tariff in tariffs],
            [self._as_rule(rule) for rule in rules],
            self._get_parent_source(school).id,
        )

    @api.model
    def _get_parent_source(self, school):
        """Return the source of the parents' part, made when it is first needed."""
        # sudo: the municipality of a school is a fact
        company = school.sudo().company_id
        # sudo: one record of the municipality that everything else refers to
        sources = self.env["meal.funding.source"].sudo()
        source = sources.with_context(active_test=False).search(
            [("company_id", "=", company.id), ("level", "=", "parent")]
        )
        return source or sources.create(
            {
                "name": self.env._("Parents' payment"),
                "code": "parent",
                "level": "parent",
                "kvfo": "2",
                "company_id": company.id,
            }
        )

    @api.model
    def _as_tariff(self, tariff):
        return funding.Tariff(
            id=tariff.id,
            price=round(tariff.price * 100),
            meal=tariff.meal_type_id.id,
            school=tariff.school_id.id or None,
            age_group=tariff.age_group_id.id or None,
            variant=tariff.variant_id.id or None,
            date_from=str(tariff.date_from),
        )

    @api.model
    def _as_rule(self, rule):
        return funding.Rule(
            id=rule.id,
            parts=tuple(
                funding.Part(line.source_id.id, line.mode, self._get_value(line))
                for line in rule.line_ids
            ),
            category=rule.category_id.code or None,
            meals=frozenset(rule.meal_type_ids.ids),
            shift=rule.shift or None,
            is_automatic=rule.is_ordered_automatically,
        )

    @api.model
    def _get_value(self, line):
        """Return kopecks of an amount, hundredths of a percent of a share."""
        return {
            "amount": round(line.amount * 100),
            "percent": round(line.percent * 100),
            "rest": 0,
        }[line.mode]
