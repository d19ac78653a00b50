from odoo import api, models

from .. import const


class MealIncident(models.Model):
    _inherit = "meal.incident"

    @api.model
    def _kind_names(self):
        return {
            **super()._kind_names(),
            "pos_session": self.env._("Till sessions"),
            "unknown_student": self.env._("Sales to unknown students"),
            const.INCIDENT_OFFLINE_SALE: self.env._("Sales without network"),
            const.INCIDENT_MISSING_ORDERS: self.env._("Orders missing at closing"),
        }

    # === ACTION METHODS === #

    def action_assign_sale(self):
        """Open the choice of the student whose sale it was."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["school.till.assign"].create({"incident_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Whose sale is it?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_sale(self):
        """Open the receipt behind the incident."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "pos.order",
            "res_id": (self.details or {}).get("order_id"),
            "view_mode": "form",
        }
