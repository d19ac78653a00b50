from odoo import api, fields, models
from odoo.tools import SQL


class AccessEdgeJournal(models.Model):
    """How far the events of one gateway's store have come, and how the gateway is."""

    _name = "access.edge.journal"
    _description = "Journal of a gateway"
    _order = "seen_at desc, id desc"

    device_id = fields.Many2one(
        "school.device", "Gateway", required=True, ondelete="cascade", index=True
    )
    school_id = fields.Many2one(related="device_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    store = fields.Char("Number of the store", required=True, readonly=True)
    last_sequence = fields.Integer("Last event", readonly=True)
    missing = fields.Integer(
        "Events never sent",
        readonly=True,
        help="Numbers that the gateway skipped: its memory was damaged or replaced.",
    )
    seen_at = fields.Datetime(readonly=True)
    version = fields.Char(readonly=True)
    queued = fields.Integer("Waiting to be sent", readonly=True)
    disk_used = fields.Integer("Memory used, %", readonly=True)
    clock_drift = fields.Integer("Clock drift, seconds", readonly=True)

    _store_uniq = models.Constraint(
        "UNIQUE (store)", "The store belongs to another gateway."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _advance(self, device_id, store, first, last):
        """Note the events `first`…`last` of a store.

        :return: how many events were skipped so far, None for a store of another
            gateway
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO access_edge_journal AS j
                       (device_id, school_id, company_id, store, last_sequence,
                        missing, seen_at)
                SELECT d.id, d.school_id, d.company_id, %(store)s, %(last)s,
                       %(first)s - 1, now() AT TIME ZONE 'UTC'
                  FROM school_device d
                 WHERE d.id = %(device)s
                ON CONFLICT (store) DO UPDATE
                   SET last_sequence = GREATEST(j.last_sequence, %(last)s),
                       missing = j.missing
                               + GREATEST(%(first)s - 1 - j.last_sequence, 0),
                       seen_at = excluded.seen_at
                 WHERE j.device_id = %(device)s
             RETURNING missing
                """,
                device=device_id,
                store=store,
                first=first,
                last=last,
            )
        )
        return rows[0][0] if rows else None

    @api.model
    def _get_expected(self, device_id, store):
        """Return the number of the next event, None for another gateway's store."""
        rows = self.env.execute_query(
            SQL(
                "SELECT device_id, last_sequence FROM access_edge_journal"
                " WHERE store = %s",
                store,
            )
        )
        if not rows:
            return 1
        [(owner, last)] = rows
        return last + 1 if owner == device_id else None

    @api.model
    def _note_state(self, device_id, store, state):
        """Note how a gateway is; most calls change nothing and write nothing."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO access_edge_journal AS j
                       (device_id, school_id, company_id, store, last_sequence,
                        missing, seen_at, version, queued, disk_used, clock_drift)
                SELECT d.id, d.school_id, d.company_id, %(store)s, 0, 0,
                       now() AT TIME ZONE 'UTC', %(version)s, %(queued)s, %(disk)s,
                       %(drift)s
                  FROM school_device d
                 WHERE d.id = %(device)s
                ON CONFLICT (store) DO UPDATE
                   SET seen_at = excluded.seen_at, version = excluded.version,
                       queued = excluded.queued, disk_used = excluded.disk_used,
                       clock_drift = excluded.clock_drift
                 WHERE j.device_id = %(device)s
                   AND (j.seen_at < excluded.seen_at - interval '20 seconds'
                        OR j.version IS DISTINCT FROM excluded.version
                        OR (j.queued = 0) <> (excluded.queued = 0))
                """,
                device=device_id,
                store=store,
                version=state["version"],
                queued=state["queued"],
                disk=state["disk_used"],
                drift=state["clock_drift"],
            )
        )
