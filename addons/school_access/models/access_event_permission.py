import json

from odoo import api, models
from odoo.tools import SQL


class AccessEvent(models.Model):
    """A permission is for one passage: the first one in its time uses it up."""

    _inherit = "access.event"

    @api.model
    def _after_record(self, rows):
        """Override of `school_access`: note which permissions were used."""
        super()._after_record(rows)
        self._tell(self._use_permissions, rows)

    @api.model
    def _use_permissions(self, rows):
        passages = [
            row
            for row in rows
            if row["kind"] == "pass" and row["is_counted"] and row["person_id"]
        ]
        allowed = passages and self._get_permitted(passages)
        if not allowed:
            return
        used_up = [
            {key: row[key] for key in ("person_id", "site_id", "direction")}
            | {"at": row["occurred_at"]}
            for row in passages
            if row["person_id"] in allowed
        ]
        used = self.env.execute_query(
            SQL(
                """
                WITH used AS (
                    UPDATE access_permission m SET used_at = r.at
                      FROM (SELECT DISTINCT ON (person_id, site_id, direction) *
                              FROM jsonb_to_recordset(%s) AS r (person_id int,
                                   site_id int, direction varchar, at timestamp)
                             ORDER BY person_id, site_id, direction, at) r
                      JOIN access_site s ON s.id = r.site_id
                     WHERE m.person_id = r.person_id
                       AND (m.site_id = r.site_id
                            OR (m.site_id IS NULL AND m.school_id = s.school_id))
                       AND m.direction IN (r.direction, 'both')
                       AND m.used_at IS NULL AND m.revoked_at IS NULL
                       AND m.valid_from <= r.at AND r.at < m.valid_to
                    RETURNING s.school_id
                )
                INSERT INTO access_list_mark (school_id)
                SELECT DISTINCT school_id FROM used
                RETURNING school_id
                """,
                json.dumps(used_up, default=str),
            )
        )
        if used:
            self.env["access.permission"].invalidate_model(["used_at"])

    @api.model
    def _get_permitted(self, passages):
        """Return ids of those among the people who had a permission; they are few."""
        moments = [row["occurred_at"] for row in passages]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT person_id FROM access_permission
                 WHERE used_at IS NULL AND revoked_at IS NULL
                   AND valid_from <= %s AND valid_to > %s AND person_id = ANY(%s)
                """,
                max(moments),
                min(moments),
                list({row["person_id"] for row in passages}),
            )
        )
        return {person_id for (person_id,) in rows}
