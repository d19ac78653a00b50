from odoo import api, fields, models

from ..domain import menu_files, menu_norms

#: Fields of a line that hold what a portion gives, as `meal.dish.output` names them.
NUTRIENT_FIELDS = (
    "output_g",
    "proteins_g",
    "fats_g",
    "carbohydrates_g",
    "energy_kcal",
)


class MealDishLineMixin(models.AbstractModel):
    """A dish of a menu with what its portion weighs and gives at the menu's age.

    The menu's own model of lines has the ``price``, in its manner.
    """

    _name = "meal.dish.line.mixin"
    _description = "Dish of a Menu"

    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    sequence = fields.Integer(default=10)
    section_id = fields.Many2one(
        "meal.section",
        "Section",
        compute="_compute_section_id",
        store=True,
        readonly=False,
    )
    dish_id = fields.Many2one(
        "product.template",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_dish', '=', True)]",
    )
    tech_card_number = fields.Char(related="dish_id.tech_card_number")
    allergen_ids = fields.Many2many(related="dish_id.allergen_ids")
    output_g = fields.Float(
        "Output, g", digits=(10, 2), compute="_compute_nutrients", store=True
    )
    proteins_g = fields.Float(
        "Proteins, g", digits=(10, 2), compute="_compute_nutrients", store=True
    )
    fats_g = fields.Float(
        "Fats, g", digits=(10, 2), compute="_compute_nutrients", store=True
    )
    carbohydrates_g = fields.Float(
        "Carbohydrates, g", digits=(10, 2), compute="_compute_nutrients", store=True
    )
    energy_kcal = fields.Float(
        "Energy, kcal", digits=(10, 2), compute="_compute_nutrients", store=True
    )

    # === COMPUTE METHODS === #

    @api.depends("dish_id")
    def _compute_section_id(self):
        for line in self:
            line.section_id = line.section_id or line.dish_id.section_id

    def _compute_nutrients(self):
        dishes = self.dish_id
        # sudo: a teacher may read the menu, not the technological cards
        outputs = {
            (output.dish_id.id, output.age_group_id.id): output
            for output in self.env["meal.dish.output"]
            .sudo()
            .search([("dish_id", "in", dishes._origin.ids)])
        }
        for line in self:
            key = line.dish_id._origin.id, line._get_age_group()._origin.id
            output = outputs.get(key)
            for name in NUTRIENT_FIELDS:
                line[name] = output[name] if output else 0.0

    # === BUSINESS METHODS === #

    def _get_age_group(self):
        """Hook: return the age group of the menu of a line."""
        raise NotImplementedError

    def _as_norm_line(self, day):
        return menu_norms.Line(
            day,
            self.meal_type_id.id,
            self.section_id.id or None,
            self.dish_id.id,
            self.output_g,
            self.proteins_g,
            self.fats_g,
            self.carbohydrates_g,
            self.energy_kcal,
        )

    def _as_file_dish(self):
        return menu_files.Dish(
            self.meal_type_id.code,
            self.section_id.file_name or "",
            self.tech_card_number or "",
            self.dish_id.name,
            self.output_g,
            round(self.price * 100) or None,
            self.energy_kcal,
            self.proteins_g,
            self.fats_g,
            self.carbohydrates_g,
        )
