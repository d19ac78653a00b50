from datetime import timedelta

from odoo import fields, models

from ..const import IN

#: A controller fetches commands with its next call, 10 s later at the most. An order
#: to open that is older than this opens nothing: the child is gone.
OPEN_WITHIN = timedelta(seconds=20)


class AccessController(models.Model):
    _inherit = "access.controller"

    def _open_by_order(self, direction):
        """Queue the order to open; it is worth nothing after :data:`OPEN_WITHIN`."""
        # sudo: whoever may open checked it; the queue is closed to people
        return (
            self.env["access.command"]
            .sudo()
            .create(
                {
                    "controller_id": self.id,
                    "name": "open_door",
                    "payload": {"direction": direction or IN},
                    "expires_at": fields.Datetime.now() + OPEN_WITHIN,
                }
            )
        )
