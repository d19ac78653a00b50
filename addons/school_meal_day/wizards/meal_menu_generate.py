from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .menu_period import check_period


class MealMenuGenerate(models.TransientModel):
    """Makes the menus of a week or a month from the cyclic menus."""

    _name = "meal.menu.generate"
    _description = "Make Menus from the Cycle"

    school_ids = fields.Many2many(
        "school.school", string="Schools", help="Empty: all your schools."
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._get_monday()
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: self._get_monday() + timedelta(days=6),
    )

    @api.model
    def _get_monday(self):
        today = fields.Date.context_today(self)
        return today + timedelta(days=7 - today.weekday())

    def action_generate(self):
        self.ensure_one()
        check_period(self)
        schools = self.school_ids or self.env["school.school"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        menus = self.env["meal.menu"]._generate(schools, self.date_from, self.date_to)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_day.meal_menu_action"
        )
        period = [("date", ">=", self.date_from), ("date", "<=", self.date_to)]
        domain = [("school_id", "in", schools.ids), *period]
        if not menus and not menus.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "There is no approved cyclic menu for these schools and days, or"
                    " there are no school days among them."
                )
            )
        return {**action, "domain": domain, "context": {}, "target": "main"}
