from odoo import api, fields, models
from odoo.fields import Domain

from ..domain import menu_norms


class MealNorm(models.Model):
    """A number of the sanitary rules, with the dates it is in force and its basis."""

    _name = "meal.norm"
    _description = "Sanitary Norm"
    _order = "date_from desc, kind, age_group_id, meal_type_id, id"

    kind = fields.Selection(
        [
            ("daily_need", "Daily need"),
            ("energy_share", "Share of the day's energy, %"),
            ("portion_mass", "Mass of a portion, g"),
            ("meal_mass", "Mass of all dishes of a meal, g"),
            ("repeat_gap", "Days before a dish may be repeated"),
        ],
        required=True,
    )
    age_group_id = fields.Many2one("meal.age.group", help="Empty: all ages.")
    meal_type_id = fields.Many2one("meal.type", "Meal")
    section_id = fields.Many2one("meal.section", "Section")
    nutrient = fields.Selection(
        [
            ("proteins", "Proteins, g"),
            ("fats", "Fats, g"),
            ("carbohydrates", "Carbohydrates, g"),
            ("energy", "Energy, kcal"),
        ]
    )
    minimum = fields.Float(digits=(10, 2))
    maximum = fields.Float(digits=(10, 2), help="0: not limited.")
    tolerance = fields.Float(
        "Tolerance, %",
        digits=(5, 2),
        help="Of the bound; for shares of the day's energy in percentage points.",
    )
    date_from = fields.Date("In force from", required=True)
    date_to = fields.Date("In force to")
    basis = fields.Char("Legal basis", required=True)
    is_confirmed = fields.Boolean(
        "Compared with the official text",
        help="Norms that nobody has compared with the official text are shown so.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A norm cannot end before it begins.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "age_group_id", "meal_type_id", "section_id", "nutrient")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        nutrients = dict(self._fields["nutrient"]._description_selection(self.env))
        for norm in self:
            parts = [
                labels.get(norm.kind),
                nutrients.get(norm.nutrient),
                norm.meal_type_id.name,
                norm.section_id.name,
                norm.age_group_id.name,
            ]
            norm.display_name = ", ".join(part for part in parts if part)

    # === BUSINESS METHODS === #

    @api.model
    def _of_age(self, age_group):
        return self.search(Domain("age_group_id", "in", [False, age_group.id]))

    def _in_force(self, date):
        """Return those of these norms that are in force on a day."""
        return self.filtered(
            lambda norm: (
                norm.date_from <= date and (not norm.date_to or date <= norm.date_to)
            )
        )

    def _as_domain_norms(self):
        return [
            menu_norms.Norm(
                norm.id,
                norm.kind,
                norm.minimum,
                norm.maximum,
                norm.meal_type_id.id or None,
                norm.section_id.id or None,
                norm.nutrient or None,
                norm.tolerance,
            )
            for norm in self
        ]
