from odoo import fields, models


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
    tolerance = fields.Float("Tolerance, %", digits=(5, 2))
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
