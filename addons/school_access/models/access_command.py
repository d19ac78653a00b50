from datetime import timedelta

from school_edge.protocol.web_json import command_id

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import (
    COMMAND_STATES,
    COMMANDS,
    LIST_COMMANDS,
    OPEN_SECONDS,
    REPLACED_BY_NEWER,
)

#: A command sent so many intervals ago and not acknowledged is sent again.
SILENT_INTERVALS = 3
#: So often; then it is given up.
MAX_ATTEMPTS = 10
#: Commands looked at for one answer; a packet holds fewer.
BATCH = 50
#: What was done is kept so long, for questions.
KEPT_DAYS = 30

WAITING = ("queued", "sent")


class AccessCommand(models.Model):
    """What a controller is asked to do; it fetches it with its next call.

    queued → sent → done, or failed when the controller says so. What is not
    acknowledged is sent again, except an order to open: that is worth nothing seconds
    later, and a door must not open then. Changes of the white list are not repeated
    either: the difference is made anew (`_get_list_changes`). A time zone is never
    given up: cards in the controller depend on it. Of modes and settings
    only the last one counts: a newer one takes the place of those that still wait.
    """

    _name = "access.command"
    _description = "Command to a controller"
    _order = "id desc"

    controller_id = fields.Many2one(
        "access.controller", required=True, ondelete="cascade", index=True
    )
    site_id = fields.Many2one(related="controller_id.site_id", store=True, index=True)
    school_id = fields.Many2one(
        related="controller_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    name = fields.Selection(COMMANDS, "Command", required=True)
    payload = fields.Json(default=dict, groups="school_meal_base.group_operator")
    state = fields.Selection(
        COMMAND_STATES, required=True, default="queued", index=True, readonly=True
    )
    wire_id = fields.Integer(readonly=True, index=True)
    attempts = fields.Integer("Times sent", readonly=True)
    sent_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime("Ended at", readonly=True)
    expires_at = fields.Datetime("Valid until")

    _waiting_idx = models.Index("(controller_id, id) WHERE state IN ('queued', 'sent')")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._replace_older(vals_list)
        now = fields.Datetime.now()
        for vals in vals_list:
            if vals["name"] == "open_door" and not vals.get("expires_at"):
                vals["expires_at"] = now + timedelta(seconds=OPEN_SECONDS)
        return super().create(vals_list)

    @api.model
    def _replace_older(self, vals_list):
        self.env.flush_all()
        for vals in vals_list:
            if vals["name"] not in REPLACED_BY_NEWER:
                continue
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE access_command SET state = 'expired', done_at = %(now)s
                     WHERE controller_id = %(controller)s AND name = %(name)s
                       AND state IN ('queued', 'sent')
                       AND (%(zone)s::text IS NULL OR payload ->> 'zone' = %(zone)s)
                    """,
                    now=fields.Datetime.now(),
                    controller=vals["controller_id"],
                    name=vals["name"],
                    zone=self._zone_of(vals),
                )
            )
        self.invalidate_model(["state", "done_at"])

    def _zone_of(self, vals):
        zone = (vals.get("payload") or {}).get("zone")
        return None if zone is None else str(zone)

    # === ACTION METHODS === #

    def action_give_up(self):
        """Take back what has not been done yet."""
        self.controller_id.check_access("write")
        waiting = self.filtered(lambda command: command.state in WAITING)
        # sudo: the queue is changed by its buttons only
        waiting.sudo().write({"state": "expired", "done_at": fields.Datetime.now()})

    # === BUSINESS METHODS === #

    @api.model
    def _queue(self, controllers, name, payload=None):
        """Ask controllers for something; they fetch it with their next calls.

        :param dict payload: see `school_edge.protocol.web_json.command`
        """
        # sudo: the caller has checked who asks; the queue is closed to people
        return self.sudo().create(
            [
                {"controller_id": controller.id, "name": name, "payload": payload or {}}
                for controller in controllers
            ]
        )

    @api.model
    def _expire(self, controller_id, interval, now):
        """Give up what is too old, was tried too often, or is made anew.

        :param int interval: seconds between calls of the controller
        :param datetime now: naive UTC
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_command SET state = 'expired', done_at = %(now)s
                 WHERE controller_id = %(controller)s AND state IN ('queued', 'sent')
                   AND (expires_at < %(now)s OR attempts >= %(attempts)s
                        AND sent_at < %(resend)s AND name <> 'set_timezone'
                        OR name IN %(once)s AND sent_at < %(resend)s)
                """,
                now=now,
                controller=controller_id,
                attempts=MAX_ATTEMPTS,
                resend=now - timedelta(seconds=SILENT_INTERVALS * interval),
                once=tuple(LIST_COMMANDS),
            )
        )
        self.invalidate_model(["state", "done_at"])

    @api.model
    def _get_due(self, controller_id, interval, now):
        """Return what is to be sent to a controller now, in order, as (id, wire id,
        name, payload). The caller has locked the controller; see :meth:`_expire`."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, name, payload FROM access_command
                 WHERE controller_id = %s
                   AND (state = 'queued' OR state = 'sent' AND sent_at < %s
                                            AND name <> 'open_door')
                   AND name NOT IN %s
                 ORDER BY id LIMIT %s
                """,
                controller_id,
                now - timedelta(seconds=SILENT_INTERVALS * interval),
                tuple(LIST_COMMANDS),
                BATCH,
            )
        )
        return [(i, command_id(i), name, payload) for i, name, payload in rows]

    @api.model
    def _mark_sent(self, command_ids, now):
        if not command_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_command
                   SET state = 'sent', sent_at = %s,
                       attempts = COALESCE(attempts, 0) + 1,
                       wire_id = %s + id %% %s
                 WHERE id = ANY(%s)
                """,
                now,
                command_id(0),
                command_id(0),
                command_ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _acknowledge(self, controller_id, wire_id, is_done, now):
        """Note the result of a command; return it as (name, payload), None when the
        controller was not asked for it, or it is over already.

        :param bool is_done: False when the controller refused it
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE access_command SET state = %s, done_at = %s
                 WHERE controller_id = %s AND wire_id = %s AND state = 'sent'
                RETURNING name, payload
                """,
                "done" if is_done else "failed",
                now,
                controller_id,
                wire_id,
            )
        )
        self.invalidate_model(["state", "done_at"])
        return rows[0] if rows else None

    @api.model
    def _get_changes_on_way(self, controller_id):
        """Return the changes of the white list that are sent and not acknowledged, as
        a set of ``(kind, code, flags, zones)``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT payload FROM access_command
                 WHERE controller_id = %s AND state = 'sent' AND name IN %s
                """,
                controller_id,
                tuple(LIST_COMMANDS),
            )
        )
        return {tuple(change) for (payload,) in rows for change in payload["changes"]}

    @api.autovacuum
    def _gc_ended(self):
        """Expire what its controller never fetched; forget what is long over."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_command SET state = 'expired', done_at = %s
                 WHERE state IN ('queued', 'sent') AND expires_at < %s
                """,
                now,
                now,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM access_command WHERE done_at < %s",
                now - timedelta(days=KEPT_DAYS),
            )
        )

    def _get_wire_id(self):
        return command_id(self.id)
