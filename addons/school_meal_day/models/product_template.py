from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ..domain import recipes

#: What the person responsible for meals keeps of a dish or an ingredient; what a
#: product costs at the till and whether it is sold there is not among it.
DISH_FIELDS = frozenset(
    {
        "name",
        "active",
        "description",
        "image_1920",
        "is_dish",
        "is_ingredient",
        "tech_card_number",
        "section_id",
        "recipe_line_ids",
        "dish_output_ids",
        "own_allergen_ids",
        "allergen_ids",
        "uom_id",
        "piece_weight_g",
        "standard_price",
        "product_properties",  # core writes it with every product
    }
)
FULL_RIGHTS = ("product.group_product_manager", "school_meal_base.group_manager")


class ProductTemplate(models.Model):
    """Dishes and their ingredients are products; a dish has a technological card.

    An ingredient is weighed (its unit is a unit of weight) or counted in pieces of a
    stated weight. A dish can be an ingredient of another one.
    """

    _inherit = "product.template"

    is_dish = fields.Boolean("Dish", index="btree_not_null")
    is_ingredient = fields.Boolean("Ingredient", index="btree_not_null")
    tech_card_number = fields.Char("Technological card")
    section_id = fields.Many2one("meal.section", "Menu section")
    recipe_line_ids = fields.One2many(
        "meal.recipe.line", "dish_id", "Recipe", copy=True
    )
    dish_output_ids = fields.One2many(
        "meal.dish.output", "dish_id", "Output", copy=True
    )
    own_allergen_ids = fields.Many2many(
        "school.allergen",
        "product_template_own_allergen_rel",
        "product_id",
        "allergen_id",
        string="Allergens added by hand",
        help="Those of the ingredients come by themselves.",
    )
    allergen_ids = fields.Many2many(
        compute="_compute_allergen_ids",
        inverse="_inverse_allergen_ids",
        store=True,
        readonly=False,
        recursive=True,
    )
    piece_weight_g = fields.Float(
        "Weight of a unit, g",
        digits=(10, 2),
        help="Needed when the unit is no unit of weight: one egg, one litre.",
    )
    kg_cost = fields.Monetary(
        "Price of a kilogram",
        compute="_compute_kg_cost",
        currency_field="cost_currency_id",
    )

    # === CONSTRAINTS === #

    @api.constrains("is_ingredient", "is_dish", "uom_id", "piece_weight_g")
    def _check_weighed(self):
        for product in self.filtered("is_ingredient"):
            if not (product.is_dish or product._get_kg_per_unit()):
                raise ValidationError(
                    self.env._(
                        "%s needs a unit of weight (kg, g) or the weight of one unit.",
                        product.name,
                    )
                )

    @api.constrains("is_dish")
    def _check_recipe_of_a_dish(self):
        for product in self:
            if product.recipe_line_ids and not product.is_dish:
                raise ValidationError(
                    self.env._("%s has a recipe and stays a dish.", product.name)
                )

    # === COMPUTE METHODS === #

    @api.depends("own_allergen_ids", "recipe_line_ids.ingredient_id.allergen_ids")
    def _compute_allergen_ids(self):
        for product in self:
            ingredients = product.recipe_line_ids.ingredient_id
            product.allergen_ids = product.own_allergen_ids | ingredients.allergen_ids

    def _inverse_allergen_ids(self):
        """What is written beyond the allergens of the ingredients is added by hand;
        those of the ingredients come back, whatever is written."""
        for product in self:
            derived = product.recipe_line_ids.ingredient_id.allergen_ids
            own = product.own_allergen_ids & product.allergen_ids
            product.own_allergen_ids = own | (product.allergen_ids - derived)
        self.env.add_to_compute(self._fields["allergen_ids"], self)

    @api.depends("standard_price", "uom_id", "piece_weight_g")
    @api.depends_context("company")
    def _compute_kg_cost(self):
        for product in self:
            weight = product._get_kg_per_unit()
            product.kg_cost = product.standard_price / weight if weight else 0.0

    # === CRUD === #

    def init(self):
        """Products from before this add-on keep their allergens as added by hand."""
        if not table_exists(self.env.cr, "meal_recipe_line"):
            recipe = SQL("TRUE")
        else:
            recipe = SQL(
                "NOT EXISTS (SELECT FROM meal_recipe_line r WHERE r.dish_id = a.%s)",
                SQL.identifier(self._fields["allergen_ids"].column1),
            )
        field = self._fields["allergen_ids"]
        self.env.cr.execute(
            SQL(
                "INSERT INTO product_template_own_allergen_rel"
                " (product_id, allergen_id) SELECT a.%s, a.%s FROM %s a WHERE %s"
                " ON CONFLICT DO NOTHING",
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                recipe,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_dish_fields(key for vals in vals_list for key in vals)
        return super().create([self._prepare_dish_values(vals) for vals in vals_list])

    def write(self, vals):
        self._check_dish_fields(vals)
        result = super().write(vals)
        if {"is_dish", "is_ingredient"} & vals.keys():
            self.check_access("write")  # it may have left the user's reach
        return result

    def _prepare_dish_values(self, vals):
        """Fill in what a dish or an ingredient begins with."""
        vals = dict(vals)
        if vals.get("is_ingredient") and not vals.get("uom_id"):
            vals["uom_id"] = self.env.ref("uom.product_uom_kgm").id
        if self._is_limited_to_dishes():
            # said outright, so that no default of a user sells it at the till
            vals.update(sale_ok=False, list_price=0, company_id=self.env.company.id)
        return vals

    @api.model
    def _check_dish_fields(self, names):
        if not self._is_limited_to_dishes():
            return
        foreign = set(names) - DISH_FIELDS
        if foreign:
            raise AccessError(
                self.env._(
                    "You keep dishes and ingredients. What a product costs and whether"
                    " it is sold at the till is changed by the administrator (%s).",
                    ", ".join(sorted(foreign)),
                )
            )

    @api.model
    def _is_limited_to_dishes(self):
        """Return whether the user's only right to write products is that to dishes."""
        user = self.env.user
        return (
            not self.env.su
            and user.has_group("school_meal_base.group_operator")
            and not any(user.has_group(group) for group in FULL_RIGHTS)
        )

    # === BUSINESS METHODS === #

    def _get_kg_per_unit(self):
        """Return what one unit weighs, 0 when nobody has said it."""
        self.ensure_one()
        kilogram = self.env.ref("uom.product_uom_kgm")
        if self.uom_id._has_common_reference(kilogram):
            return self.uom_id._compute_quantity(1.0, kilogram, round=False)
        return self.piece_weight_g / 1000

    def _get_portion_needs(self, age_group):
        """Return {dish id: {id of a product from the store: gross grams}} of a portion.

        Semi-finished dishes are taken apart; a dish without a recipe needs nothing.
        """
        lines, outputs = {}, {}
        wanted = self.ids
        while wanted:
            found = self._read_recipes(wanted, age_group, outputs)
            lines.update(found)
            parts = {part for own in found.values() for part, _grams in own}
            wanted = list(parts - lines.keys())
        return {dish: recipes.explode(dish, lines, outputs) for dish in self.ids}

    @api.model
    def _read_recipes(self, dish_ids, age_group, outputs):
        """Return {dish id: ((ingredient id, gross grams), …)}; fill in `outputs`."""
        ages = Domain("age_group_id", "in", [False, age_group.id])
        dishes = Domain("dish_id", "in", dish_ids)
        found = dict.fromkeys(dish_ids, ())
        for line in self.env["meal.recipe.line"].search(dishes & ages):
            part = (line.ingredient_id.id, line.gross_g)
            found[line.dish_id.id] = (*found[line.dish_id.id], part)
        for output in self.env["meal.dish.output"].search(
            dishes & Domain("age_group_id", "=", age_group.id)
        ):
            outputs[output.dish_id.id] = output.output_g
        return found

    def _get_portion_costs(self, age_group):
        """Return {dish id: cost of a portion}; a dish without a recipe is bought."""
        needs = self._get_portion_needs(age_group)
        bought = {
            output.dish_id.id: {output.dish_id.id: output.output_g}
            for output in self.dish_output_ids
            if output.age_group_id == age_group and not needs.get(output.dish_id.id)
        }
        needs = {**needs, **bought}
        products = self.browse({part for own in needs.values() for part in own})
        prices = {product.id: product.kg_cost for product in products}
        return {
            dish: sum(prices[part] * grams / 1000 for part, grams in own.items())
            for dish, own in needs.items()
        }
