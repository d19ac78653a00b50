from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..domain.webhook_signature import WINDOW

#: Kept longer than a signed call is good for, which is twice the window at the most.
KEPT = timedelta(seconds=4 * WINDOW)


class AccessWebhookNonce(models.Model):
    """Numbers of calls that were taken: the same call once more is a replay."""

    _name = "access.webhook.nonce"
    _description = "Used number of a signed call"
    _log_access = False

    webhook_id = fields.Many2one(
        "access.webhook", required=True, ondelete="cascade", index=True
    )
    nonce = fields.Char(required=True)
    used_at = fields.Datetime(required=True, index=True)

    _nonce_uniq = models.Constraint("UNIQUE (webhook_id, nonce)", "Used already.")

    @api.model
    def _use(self, webhook, nonce):
        """Note a number; return False if it was used before."""
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO access_webhook_nonce (webhook_id, nonce, used_at)
                VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
                """,
                webhook.id,
                nonce,
                fields.Datetime.now(),
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_used(self):
        limit = fields.Datetime.now() - KEPT
        self.env.cr.execute(
            SQL("DELETE FROM access_webhook_nonce WHERE used_at < %s", limit)
        )
