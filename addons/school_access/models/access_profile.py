import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL


class AccessProfile(models.Model):
    """Windows in which a card opens, compiled from rules: equal ones are one row."""

    _name = "access.profile"
    _description = "Compiled times of a card"

    digest = fields.Char(required=True, index=True)
    windows = fields.Json(required=True)

    _digest_uniq = models.Constraint("UNIQUE (digest)", "The profile exists already.")

    # === BUSINESS METHODS === #

    @api.model
    def _of_windows(self, many):
        """Return the ids of the profiles of lists of windows, making what is new."""
        texts = [json.dumps(windows, separators=(",", ":")) for windows in many]
        digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._ids_of(digests)
        missing = {
            digest: text
            for digest, text in zip(digests, texts, strict=True)
            if digest not in known
        }
        if missing:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO access_profile (digest, windows)
                    SELECT digest, windows::jsonb
                      FROM unnest(%s::text[], %s::text[]) AS new (digest, windows)
                    ON CONFLICT DO NOTHING
                    """,
                    list(missing),
                    list(missing.values()),
                )
            )
            known = self._ids_of(digests)
        return [known[digest] for digest in digests]

    @api.model
    def _ids_of(self, digests):
        rows = self.env.execute_query(
            SQL("SELECT digest, id FROM access_profile WHERE digest = ANY(%s)", digests)
        )
        return dict(rows)
