import json
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import CARD_GROUPS
from ..domain.edge_message import MAX_PAYLOAD

#: The event is as it should be, recording it failed.
NOT_RECORDED = "not_recorded"


class AccessEdgeIncident(models.Model):
    """An event that could not be taken as it is; kept, not lost."""

    _name = "access.edge.incident"
    _description = "Refused event of a gateway"
    _order = "id desc"

    device_id = fields.Many2one(
        "school.device", "Gateway", ondelete="set null", index="btree_not_null"
    )
    school_id = fields.Many2one("school.school", ondelete="restrict", index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    controller_id = fields.Many2one(
        "access.controller", ondelete="set null", index="btree_not_null", readonly=True
    )
    store = fields.Char("Number of the store", readonly=True)
    sequence = fields.Integer("Number of the event", readonly=True)
    event_key = fields.Char(readonly=True, help="Of a controller without a gateway.")
    reason = fields.Selection(
        [
            ("not_your_controller", "Not a controller of this gateway"),
            ("bad_kind", "Unknown kind of event"),
            ("bad_direction", "Unknown direction"),
            ("bad_verdict", "Unknown verdict"),
            ("bad_time", "No valid time"),
            ("bad_card", "No valid number of a card"),
            ("bad_number", "No valid number"),
            (NOT_RECORDED, "The server failed at it"),
        ],
        required=True,
        readonly=True,
    )
    payload = fields.Char("As it was sent", readonly=True, groups=CARD_GROUPS)
    create_date = fields.Datetime("Received at", readonly=True)

    _event_uniq = models.Constraint(
        "UNIQUE (store, sequence)", "The event is noted already."
    )
    _key_uniq = models.UniqueIndex(
        "(event_key) WHERE event_key IS NOT NULL", "The event is noted already."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, device_id, school_id, store, refused):
        """Keep refused events.

        :param list refused: (sequence, reason, event as it was sent)
        """
        rows = [
            {
                "sequence": sequence,
                "reason": reason,
                # of other reasons the number may be anything
                "controller": item["controller"] if reason == NOT_RECORDED else None,
                # JSON escapes what the database cannot store
                "payload": json.dumps(item)[:MAX_PAYLOAD],
            }
            for sequence, reason, item in refused
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO access_edge_incident (device_id, school_id, company_id,
                       controller_id, store, sequence, reason, payload, create_date)
                SELECT %(device)s, s.id, s.company_id, r.controller, %(store)s,
                       r.sequence, r.reason, r.payload, now() AT TIME ZONE 'UTC'
                  FROM school_school s,
                       json_to_recordset(%(rows)s::json)
                         AS r(sequence int, reason varchar, controller int,
                              payload varchar)
                 WHERE s.id = %(school)s
                ON CONFLICT (store, sequence) DO NOTHING
                """,
                device=device_id,
                school=school_id,
                store=store,
                rows=json.dumps(rows),
            )
        )

    @api.model
    def _keep(self, controller, events):
        """Keep events of a controller without a gateway that could not be recorded.

        :param list events: dicts for ``access.event._record``
        """
        rows = [
            {
                "key": event["key"],
                "payload": json.dumps(event, default=datetime.isoformat)[:MAX_PAYLOAD],
            }
            for event in events
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO access_edge_incident (school_id, company_id, controller_id,
                       event_key, reason, payload, create_date)
                SELECT c.school_id, c.company_id, c.id, r.key, %(reason)s, r.payload,
                       %(now)s
                  FROM access_controller c,
                       json_to_recordset(%(rows)s::json)
                         AS r(key varchar, payload varchar)
                 WHERE c.id = %(controller)s
                ON CONFLICT DO NOTHING
                """,
                controller=controller.id,
                reason=NOT_RECORDED,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )
