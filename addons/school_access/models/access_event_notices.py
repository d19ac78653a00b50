from odoo import api, models


class AccessEvent(models.Model):
    _inherit = "access.event"

    @api.model
    def _after_record(self, rows):
        """Override of the hook: parents are told of what has just happened."""
        super()._after_record(rows)
        self._tell(self.env["access.notice"]._enqueue, rows)
