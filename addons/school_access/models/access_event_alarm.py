from odoo import api, models


class AccessEvent(models.Model):
    _inherit = "access.event"

    @api.model
    def _after_record(self, rows):
        """Override to raise the alarms of the post."""
        super()._after_record(rows)
        self._tell(self.env["access.alarm"]._raise_from_events, rows)
