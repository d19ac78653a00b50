from odoo import fields, models


class PosOrder(models.Model):
    """The order's number on the device that took it: a gap is an order that is missing.

    Core's own numbers are reused after a deletion and cannot tell.
    """

    _inherit = "pos.order"

    meal_till_device = fields.Char("Device of the till", readonly=True, copy=False)
    meal_till_number = fields.Integer("Number on the device", readonly=True, copy=False)

    _till_number_index = models.Index(
        "(config_id, meal_till_device, meal_till_number) WHERE meal_till_number > 0"
    )

    def _note_till_number(self):
        """Let the server know the device; how far it has counted, its orders tell."""
        if self.meal_till_device and self.meal_till_number > 0:
            self.env["school.till.device"]._of(self.config_id, self.meal_till_device)
