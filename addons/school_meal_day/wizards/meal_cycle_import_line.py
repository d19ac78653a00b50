from odoo import api, fields, models

from ..domain import sheets


class MealCycleImportLine(models.TransientModel):
    """A row of a file that is read, and what becomes of it."""

    _name = "meal.cycle.import.line"
    _description = "Row of a Cyclic Menu from a File"
    _order = "status_order, day_number, id"

    import_id = fields.Many2one(
        "meal.cycle.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer()
    status = fields.Selection(
        [
            ("known", "Known dish"),
            ("differs", "Known dish, see the note"),
            ("new", "New dish"),
            ("wrong", "Wrong"),
        ],
        required=True,
    )
    status_order = fields.Integer(compute="_compute_status_order", store=True)
    message = fields.Char("Note")
    day_number = fields.Integer("Day")
    sequence = fields.Integer()
    meal_type_id = fields.Many2one("meal.type")
    meal_name = fields.Char("Meal")
    section_id = fields.Many2one("meal.section", "Section")
    name = fields.Char("Dish", required=True)
    tech_card_number = fields.Char("Technological card")
    dish_id = fields.Many2one("product.template", "Known as")
    output_g = fields.Float("Output, g", digits=(10, 2))
    proteins_g = fields.Float("Proteins, g", digits=(10, 2))
    fats_g = fields.Float("Fats, g", digits=(10, 2))
    carbohydrates_g = fields.Float("Carbohydrates, g", digits=(10, 2))
    energy_kcal = fields.Float("Energy, kcal", digits=(10, 2))
    price = fields.Float(digits=(10, 2))

    # === COMPUTE METHODS === #

    @api.depends("status")
    def _compute_status_order(self):
        order = {"wrong": 0, "new": 1, "differs": 2, "known": 3}
        for line in self:
            line.status_order = order.get(line.status, 9)

    # === BUSINESS METHODS === #

    def _make_dishes(self, age_group):
        """Make the dishes that are new and outputs that known ones lack."""
        made = {}
        for line in self.filtered(lambda line: not line.dish_id):
            key = sheets.same_text(line.tech_card_number), sheets.same_text(line.name)
            if key not in made:
                made[key] = self.env["product.template"].create(
                    {
                        "name": line.name,
                        "is_dish": True,
                        "tech_card_number": line.tech_card_number,
                        "section_id": line.section_id.id,
                    }
                )
            line.dish_id = made[key]
        for line in self:
            if age_group not in line.dish_id.dish_output_ids.age_group_id:
                self.env["meal.dish.output"].create(line._prepare_output(age_group))

    def _prepare_output(self, age_group):
        return {
            "dish_id": self.dish_id.id,
            "age_group_id": age_group.id,
            "output_g": self.output_g,
            "proteins_g": self.proteins_g,
            "fats_g": self.fats_g,
            "carbohydrates_g": self.carbohydrates_g,
            "energy_kcal": self.energy_kcal,
        }

    def _prepare_cycle_line(self):
        return {
            "day_number": self.day_number,
            "meal_type_id": self.meal_type_id.id,
            "sequence": self.sequence,
            "section_id": self.section_id.id,
            "dish_id": self.dish_id.id,
            "price": self.price,
        }
