from odoo import api, fields, models
from odoo.tools import SQL


class AccessEdgeJournal(models.Model):
    """Whether events wait at a gateway: it may speak while none of them comes."""

    _inherit = "access.edge.journal"

    is_full = fields.Boolean(
        "No room for events", readonly=True, help="Controllers keep their own."
    )
    waiting_since = fields.Datetime(
        "No event came since", readonly=True, help="Although some wait to be sent."
    )
    waiting_sequence = fields.Integer("Last event then", readonly=True)

    @api.model
    def _note_waiting(self, device_id, store, queued, is_full):
        """Note what a gateway says of its queue; most calls change nothing.

        A queue that moves is no queue: between lessons there always is one.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_edge_journal
                   SET is_full = %(is_full)s, waiting_sequence = last_sequence,
                       waiting_since = CASE
                           WHEN NOT %(waits)s THEN NULL
                           WHEN waiting_sequence = last_sequence
                           THEN COALESCE(waiting_since, %(now)s)
                           ELSE %(now)s END
                 WHERE store = %(store)s AND device_id = %(device)s
                   AND (is_full IS DISTINCT FROM %(is_full)s
                        OR %(waits)s <> (waiting_since IS NOT NULL)
                        OR (%(waits)s
                            AND waiting_sequence IS DISTINCT FROM last_sequence))
                """,
                is_full=is_full,
                waits=queued > 0,
                now=fields.Datetime.now(),
                store=store,
                device=device_id,
            )
        )
