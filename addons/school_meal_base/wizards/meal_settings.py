from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError

SETTINGS = (
    "meal_card_fee",
    "meal_card_reissue_fee",
    "meal_hold_minutes",
    "meal_sitting_minutes",
    "meal_offline_cap",
)


class MealSettings(models.TransientModel):
    """Settings of a municipality for those who run its meals, not its server."""

    _name = "meal.settings"
    _description = "Settings of school meals"

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    meal_card_fee = fields.Monetary(
        "Card fee",
        default=lambda self: self.env.company.meal_card_fee,
        help="Taken from the account when a student's first card is activated.",
    )
    meal_card_reissue_fee = fields.Monetary(
        "Fee for a reissued card",
        default=lambda self: self.env.company.meal_card_reissue_fee,
        help="Taken from the account when a card that replaces another is activated.",
    )
    meal_hold_minutes = fields.Integer(
        "Hold lasts, minutes",
        default=lambda self: self.env.company.meal_hold_minutes,
        help="How long the till keeps money for a purchase that is not finished.",
    )
    meal_sitting_minutes = fields.Integer(
        "A sitting lasts, minutes",
        default=lambda self: self.env.company.meal_sitting_minutes,
        help="Purchases within this time count for the limit of one visit.",
    )
    meal_offline_cap = fields.Monetary(
        "Offline cap per student",
        default=lambda self: self.env.company.meal_offline_cap,
        help="How much a student may spend while the till has no network.",
    )

    def action_save(self):
        self.ensure_one()
        if not self.env.user.has_group("school_meal_base.group_manager"):
            raise AccessError(
                self.env._("Only an administrator of school meals changes settings.")
            )
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You do not work for %s: its settings are not yours to change.",
                    self.company_id.sudo().name,
                )
            )
        vals = {name: self[name] for name in SETTINGS}
        if min(vals.values()) < 0:
            raise ValidationError(self.env._("None of these can be negative."))
        # sudo: companies belong to the system, these values to the municipality
        self.company_id.sudo().write(vals)
        return {"type": "ir.actions.act_window_close"}
