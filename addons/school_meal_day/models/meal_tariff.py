from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


class MealTariff(models.Model):
    """The price of a set meal from a date on, for a school, an age group, a variant.

    The most particular tariff valid on the day counts: see ``domain/funding.py``.
    """

    _name = "meal.tariff"
    _description = "Meal Price"
    _inherit = ["meal.price.guard", "mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _used_by = "tariff_id"

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    school_id = fields.Many2one(
        "school.school",
        "School",
        check_company=True,
        tracking=True,
        help="Empty: all schools.",
    )
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, tracking=True)
    age_group_id = fields.Many2one(
        "meal.age.group", tracking=True, help="Empty: all ages."
    )
    variant_id = fields.Many2one(
        "meal.variant",
        "Set",
        check_company=True,
        tracking=True,
        help="Empty: all sets.",
    )
    price = fields.Monetary(required=True, tracking=True)
    date_from = fields.Date("Valid from", required=True, index=True, tracking=True)
    date_to = fields.Date(
        "Valid to", tracking=True, help="Empty: until another one begins."
    )
    basis = fields.Char(
        "Legal basis", tracking=True, help="Number and date of the decision."
    )
    is_used = fields.Boolean(
        "Priced closed days", compute="_compute_is_used", compute_sudo=True
    )

    _price_positive = models.Constraint(
        "CHECK (price > 0 AND min_scale(price) <= 2)",
        "A price is positive and in whole kopecks.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A price cannot end before it begins.",
    )
    # Ranges of one number: plain columns would need an extension of PostgreSQL.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(company_id, company_id, '[]') WITH &&,"
        " int4range(meal_type_id, meal_type_id, '[]') WITH &&,"
        " int4range(COALESCE(school_id, 0), COALESCE(school_id, 0), '[]') WITH &&,"
        " int4range(COALESCE(age_group_id, 0), COALESCE(age_group_id, 0), '[]')"
        " WITH &&,"
        " int4range(COALESCE(variant_id, 0), COALESCE(variant_id, 0), '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " DEFERRABLE INITIALLY DEFERRED",
        "Another price of the same meal, school, age and set is valid at that time.",
    )

    # === COMPUTE METHODS === #

    @api.depends("price", "date_to")
    def _compute_is_used(self):
        used = self._get_last_uses()
        for tariff in self:
            tariff.is_used = tariff.id in used

    @api.depends("meal_type_id", "age_group_id", "variant_id", "school_id", "date_from")
    def _compute_display_name(self):
        for tariff in self:
            names = (
                tariff.meal_type_id.name,
                tariff.age_group_id.name,
                tariff.variant_id.name,
                tariff.school_id.short_name,
            )
            start = format_date(self.env, tariff.date_from) if tariff.date_from else ""
            tariff.display_name = ", ".join(filter(None, (*names, start)))

    # === CONSTRAINTS === #

    @api.constrains(
        "company_id",
        "school_id",
        "meal_type_id",
        "age_group_id",
        "variant_id",
        "date_from",
        "date_to",
    )
    def _check_overlap(self):
        """Say which price is in the way; the database refuses what comes between."""
        for tariff in self:
            domain = Domain("id", "!=", tariff.id)
            for name in self._get_key_fields():
                domain &= Domain(name, "=", tariff[name].id)
            domain &= Domain("date_from", "<=", tariff.date_to or date.max)
            domain &= Domain("date_to", "=", False) | Domain(
                "date_to", ">=", tariff.date_from
            )
            other = self.search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(other)s” (%(price)s) is valid at the same time. Let it end"
                        " the day before.",
                        other=other.display_name,
                        price=f"{other.price:.2f}",
                    )
                )
        # Deferred so that the sentence above comes first; not as far as the commit.
        self.env.cr.execute("SET CONSTRAINTS meal_tariff_no_overlap IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS meal_tariff_no_overlap DEFERRED")

    # === ACTION METHODS === #

    def action_change(self):
        """Ask for the new price and its first day (button)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New price"),
            "res_model": "meal.tariff.change",
            "view_mode": "form",
            "target": "new",
            "context": {"default_tariff_id": self.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_key_fields(self):
        return (
            "company_id",
            "meal_type_id",
            "school_id",
            "age_group_id",
            "variant_id",
        )

    def _get_priced_fields(self):
        return {*self._get_key_fields(), "price", "date_from"}

    def _succeed(self, price, date_from, basis):
        """Let the tariff end and another one begin; return that."""
        self.ensure_one()
        if date_from <= self.date_from:
            raise UserError(
                self.env._(
                    "The new price begins after the old one: choose a later day."
                )
            )
        date_to = self.date_to
        self.date_to = date_from - timedelta(days=1)
        return self.copy(
            {
                "price": price,
                "date_from": date_from,
                "date_to": date_to if date_to and date_to >= date_from else False,
                "basis": basis,
            }
        )
