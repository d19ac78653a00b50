from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MealMenuLine(models.Model):
    """A dish of a day's menu; what the cycle wanted instead stays on record."""

    _name = "meal.menu.line"
    _description = "Dish of the Day"
    _inherit = ["meal.dish.line.mixin", "meal.approval.line.mixin"]
    _order = "menu_id, meal_type_id, sequence, id"
    _rec_name = "dish_id"
    _document_field = "menu_id"

    menu_id = fields.Many2one(
        "meal.menu", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(related="menu_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="menu_id.company_id", store=True)
    currency_id = fields.Many2one(related="menu_id.currency_id")
    cycle_dish_id = fields.Many2one(
        "product.template", "Dish of the cycle", readonly=True, ondelete="restrict"
    )
    replaced_dish_id = fields.Many2one(
        "product.template",
        "Instead of",
        compute="_compute_replaced_dish_id",
        store=True,
        ondelete="restrict",
    )
    replacement_reason = fields.Char("Reason of the replacement")
    price = fields.Monetary()

    # === CONSTRAINTS === #

    @api.constrains("dish_id", "replacement_reason")
    def _check_reason(self):
        for line in self:
            if line.replaced_dish_id and not (line.replacement_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why %(new)s is served instead of %(old)s: fill in the"
                        " reason of the replacement.",
                        new=line.dish_id.name,
                        old=line.replaced_dish_id.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("dish_id", "cycle_dish_id")
    def _compute_replaced_dish_id(self):
        for line in self:
            is_other = line.cycle_dish_id and line.cycle_dish_id != line.dish_id
            line.replaced_dish_id = line.cycle_dish_id if is_other else False

    @api.depends("dish_id", "menu_id.age_group_id")
    def _compute_nutrients(self):
        return super()._compute_nutrients()

    @api.onchange("dish_id")
    def _onchange_dish_id(self):
        if not self.replaced_dish_id:
            self.replacement_reason = False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{**vals, "cycle_dish_id": False} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {key: vals[key] for key in vals if key != "cycle_dish_id"}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        super()._unlink_only_of_drafts()
        for line in self.filtered("cycle_dish_id"):
            line.menu_id.message_post(
                body=self.env._(
                    "%s of the cyclic menu was taken out.", line.cycle_dish_id.name
                )
            )

    # === BUSINESS METHODS === #

    def _get_age_group(self):
        return self.menu_id.age_group_id
