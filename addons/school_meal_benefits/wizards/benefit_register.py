from odoo import fields, models
from odoo.tools import format_date


class BenefitRegister(models.TransientModel):
    """Ask for the day of the register of recipients."""

    _name = "benefit.register"
    _description = "Register of Recipients on a Day"

    date = fields.Date("On the day", required=True, default=fields.Date.context_today)
    school_ids = fields.Many2many(
        "school.school", string="Schools", help="Empty: all that you may see."
    )

    def action_open(self):
        """Open the list of who has which benefit on the day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_benefits.benefit_entitlement_action"
        )
        domain = [
            ("is_void", "=", False),
            ("date_from", "<=", self.date),
            ("date_end", ">=", self.date),
        ]
        if self.school_ids:
            domain.append(("school_id", "in", self.school_ids.ids))
        return {
            **action,
            "name": self.env._("Recipients on %s", format_date(self.env, self.date)),
            "domain": domain,
            "context": {"search_default_by_category": 1},
        }
