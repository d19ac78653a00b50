from odoo import api, models
from odoo.tools import SQL


class AccessEdgePresence(models.AbstractModel):
    """Where people are, for a gateway that counts heads without the server: passages
    at doors of others, corrections, and who is inside no more after the hour."""

    _name = "access.edge.presence"
    _description = "Presence for gateways"

    @api.model
    def _get_changes(self, device, mark):
        """Return what has changed since a mark; everything without a mark of ours.

        The mark is a number of a transaction, so that nothing is missed whichever
        transaction ends first; some rows come twice.

        :param mark: text of an earlier answer, or anything a stranger sends
        :return: ``mark`` and ``people``: [person, state, site, zone, since (UTC or
            null)]
        """
        [(now,)] = self.env.execute_query(self._mark_query())
        rows = self.env.execute_query(
            SQL(
                """
                SELECT w.person_id, w.state, w.site_id, w.zone_id,
                       to_char(w.since, 'YYYY-MM-DD"T"HH24:MI:SS')
                  FROM access_presence w
                 WHERE (w.school_id = %(school)s OR w.site_id IN (
                        SELECT site_id FROM access_controller
                         WHERE device_id = %(device)s))
                   AND (%(is_new)s)
                 ORDER BY w.person_id
                """,
                school=self.env.context["school_device_school"],
                device=device.id,
                is_new=self._since_query(self._read_mark(mark)),
            )
        )
        return {"mark": now, "people": [list(row) for row in rows]}

    def _mark_query(self):
        return SQL(
            "SELECT mod(pg_snapshot_xmin(pg_current_snapshot())::text::numeric,"
            " 4294967296)::text"
        )

    def _since_query(self, mark):
        """Whether a row `w` is newer. A mark ahead of us is one of a server that was
        restored from a copy: everything is."""
        if mark is None:
            return SQL("TRUE")
        return SQL(
            "age(%(mark)s::xid) < 0 OR age(w.xmin) <= age(%(mark)s::xid)", mark=mark
        )

    def _read_mark(self, mark):
        is_mark = isinstance(mark, str) and mark.isascii() and mark.isdigit()
        # The first numbers are the database's own.
        return mark if is_mark and len(mark) < 11 and 3 <= int(mark) < 2**32 else None
