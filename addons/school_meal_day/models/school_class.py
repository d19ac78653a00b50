from odoo import models


class SchoolClass(models.Model):
    _inherit = "school.class"

    # === ACTIONS === #

    def action_open_class_screen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/class/{self.id}",
            "target": "self",
        }
