from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

#: An open page of the post asks every second; after so much silence nobody watches.
WATCHED = timedelta(seconds=15)
#: How old the note of the last look may grow before it is written anew.
NOTED_EVERY = timedelta(seconds=5)


class AccessSite(models.Model):
    _inherit = "access.site"

    post_seen_at = fields.Datetime("The post looked at", readonly=True, copy=False)

    def _is_watched(self):
        """Tell whether a page of the post is open, so that asking has a sense."""
        seen = self.post_seen_at
        return bool(seen) and fields.Datetime.now() - seen <= WATCHED

    def _note_watched(self):
        """Note that a page of the post is open; another page's note is as good."""
        now = fields.Datetime.now()
        if self.post_seen_at and now - self.post_seen_at < NOTED_EVERY:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_site SET post_seen_at = %s WHERE id = (
                       SELECT id FROM access_site WHERE id = %s
                          FOR NO KEY UPDATE SKIP LOCKED)
                """,
                now,
                self.id,
            )
        )
        self.invalidate_recordset(["post_seen_at"])
