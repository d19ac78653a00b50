from odoo import api, fields, models
from odoo.tools import SQL

#: A gateway that has been silent for so long may be another device by now.
ADOPT_MINUTES = 10


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
        values = {"device": device_id, "store": store, "first": first, "last": last}
        # The row is moved, not inserted again: INSERT … ON CONFLICT takes a number of
        # the sequence for every call, and these numbers are 32 bits wide.
        rows = self.env.execute_query(
            SQL("UPDATE access_edge_journal AS j %s", self._moved_sql(values))
        )
        rows = rows or self.env.execute_query(
            SQL(
                """
                INSERT INTO access_edge_journal AS j
                       (device_id, school_id, company_id, store, last_sequence,
                        missing, seen_at)
                SELECT d.id, d.school_id, d.company_id, %(store)s, %(last)s,
                       %(first)s - 1, now() AT TIME ZONE 'UTC'
                  FROM school_device d
                 WHERE d.id = %(device)s AND NOT EXISTS (
                       SELECT FROM access_edge_journal WHERE store = %(store)s)
                ON CONFLICT (store) DO UPDATE %(moved)s
                """,
                **values,
                moved=self._moved_sql(values),
            )
        )
        return rows[0][0] if rows else None

    @api.model
    def _moved_sql(self, values):
        return SQL(
            """
            SET last_sequence = GREATEST(j.last_sequence, %(last)s),
                missing = j.missing + GREATEST(%(first)s - 1 - j.last_sequence, 0),
                seen_at = now() AT TIME ZONE 'UTC'
             WHERE j.store = %(store)s AND j.device_id = %(device)s
            RETURNING missing
            """,
            **values,
        )

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
        is_own = owner == device_id or self._adopt(device_id, store)
        return last + 1 if is_own else None

    @api.model
    def _adopt(self, device_id, store):
        """Give a gateway the store of another one, which is the same computer: it was
        registered anew. Two at once with a copied store are told apart by the former
        one, which goes on calling.

        :return: whether it is its own now
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE access_edge_journal j
                   SET device_id = d.id, school_id = d.school_id
                  FROM school_device d, school_device former
                 WHERE j.store = %(store)s AND d.id = %(device)s
                   AND former.id = j.device_id AND former.company_id = d.company_id
                   AND (former.state = 'revoked' OR j.seen_at IS NULL
                        OR j.seen_at < now() AT TIME ZONE 'UTC'
                                       - %(minutes)s * interval '1 minute')
             RETURNING j.id
                """,
                store=store,
                device=device_id,
                minutes=ADOPT_MINUTES,
            )
        )
        self.invalidate_model(["device_id", "school_id"])
        if rows:
            key = f"store-{device_id}"
            self.env["access.alarm"]._close_open("gateway", [key])
        return bool(rows)

    @api.model
    def _note_state(self, device_id, store, state):
        """Note how a gateway is; most calls change nothing and write nothing."""
        self.env.cr.execute(
            SQL(
                """
                WITH state AS (
                    SELECT d.id AS device_id, d.school_id, d.company_id,
                           %(store)s::varchar AS store,
                           now() AT TIME ZONE 'UTC' AS seen_at,
                           %(version)s::varchar AS version, %(queued)s::int AS queued,
                           %(disk)s::int AS disk_used, %(drift)s::int AS clock_drift
                      FROM school_device d
                     WHERE d.id = %(device)s
                ), noted AS (
                    UPDATE access_edge_journal j
                       SET seen_at = s.seen_at, version = s.version,
                           queued = s.queued, disk_used = s.disk_used,
                           clock_drift = s.clock_drift
                      FROM state s
                     WHERE j.store = s.store AND j.device_id = s.device_id
                       AND (j.seen_at < s.seen_at - interval '20 seconds'
                            OR j.version IS DISTINCT FROM s.version
                            OR (j.queued = 0) <> (s.queued = 0))
                )
                INSERT INTO access_edge_journal (device_id, school_id, company_id,
                            store, last_sequence, missing, seen_at, version, queued,
                            disk_used, clock_drift)
                SELECT device_id, school_id, company_id, store, 0, 0, seen_at, version,
                       queued, disk_used, clock_drift
                  FROM state s
                 WHERE NOT EXISTS (
                       SELECT FROM access_edge_journal WHERE store = s.store)
                ON CONFLICT (store) DO NOTHING
                """,
                device=device_id,
                store=store,
                version=state["version"],
                queued=state["queued"],
                disk=state["disk_used"],
                drift=state["clock_drift"],
            )
        )
