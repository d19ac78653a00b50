from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: A controller that has missed so many calls, and at least so many seconds, is silent.
MISSED_CALLS = 6
SILENT_SECONDS = 90
#: A flood that nothing was heard of for so long is over; it is told once a minute.
FLOOD_MINUTES = 5

OPERATED_BY = (
    "school_access.group_guard",
    "school_meal_base.group_operator",
    "school_meal_base.group_head",
    "school_meal_base.group_manager",
)


class AccessController(models.Model):
    """Buttons of the people who look after the hardware, and what runs by itself."""

    _inherit = "access.controller"

    command_ids = fields.One2many("access.command", "controller_id", "Commands")
    waiting_count = fields.Integer(
        "Commands that wait", compute="_compute_waiting_count"
    )

    # === COMPUTE METHODS === #

    @api.depends("command_ids.state")
    def _compute_waiting_count(self):
        groups = self.env["access.command"]._read_group(
            [("controller_id", "in", self.ids), ("state", "in", ("queued", "sent"))],
            ["controller_id"],
            ["__count"],
        )
        counts = {controller.id: count for controller, count in groups}
        for controller in self:
            controller.waiting_count = counts.get(controller.id, 0)

    # === ACTION METHODS === #

    def action_issue_secret(self):
        """Show a new path this once: it is stored nowhere."""
        self.check_access("write")
        path = self._issue_secret()
        address = self.get_base_url() + path
        return self._notify(
            self.env._("Address for %s", self.name),
            self.env._(
                "%s — type it into the controller now: it is not shown again.", address
            ),
            sticky=True,
        )

    def action_revoke(self):
        self.check_access("write")
        # sudo: the state is written by nobody
        self.sudo().write({"state": "revoked", "is_activated": False})

    def action_normal_mode(self):
        self._check_may_operate()
        self._set_mode("normal")

    def action_lock(self):
        self._check_may_operate()
        self._set_mode("locked")

    def action_free_site(self):
        """Open all doors of the site: people must get out of a fire."""
        self.site_id.action_free_passage()

    def action_normal_site(self):
        self.site_id.action_normal_passage()

    def action_open_in(self):
        return self._open_door("in")

    def action_open_out(self):
        return self._open_door("out")

    def action_read_cards(self):
        """Read back which cards the controllers hold and repair the difference."""
        self._check_may_operate()
        if not self._queue("read_cards"):
            raise UserError(
                self.env._("This controller cannot tell which cards it holds.")
            )
        return self._notify(
            self.env._("Cards are being read"),
            self.env._("The difference is repaired within minutes."),
        )

    def action_send_all_cards(self):
        """Delete all cards of the controller and send them anew."""
        self.check_access("write")
        self._tell_zones()
        self._queue("clear_cards")

    def action_accept_key(self):
        """Take the key that the controller shows next for the right one."""
        self.check_access("write")
        # sudo: the key is closed to everybody
        self.sudo().auth_hash = False
        self.env["access.alarm"]._close_open("authorisation_changed", self.ids)

    def action_view_commands(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "school_access.access_command_action"
            ),
            "domain": [("controller_id", "=", self.id)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _check_may_operate(self):
        """Doors are opened and locked by who is responsible at the school itself."""
        self.check_access("read")
        self._check_operator()

    @api.model
    def _check_operator(self):
        if not self.env.su and not any(map(self.env.user.has_group, OPERATED_BY)):
            raise AccessError(
                self.env._(
                    "Doors are opened and locked by the guard, the head of the school"
                    " and who is responsible for access."
                )
            )

    def _open_door(self, direction):
        self._check_may_operate()
        silent = self.filtered(lambda c: c.state != "online")
        if silent:
            raise UserError(
                self.env._(
                    "%s is not connected: open the door by hand.",
                    ", ".join(silent.mapped("name")),
                )
            )
        self._queue("open_door", {"direction": direction})
        return self._notify(
            self.env._("The door opens with the next call of the controller."), ""
        )

    def _set_mode(self, mode):
        """Put controllers into a mode; it is kept also through their restarts."""
        # sudo: who may do this was checked; few may write controllers
        self.sudo().write({"mode": mode})

    def _notify(self, title, message, sticky=False):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": "success",
                "sticky": sticky,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _forget_hardware(self):
        """Another device stands here now: it knows no card and nothing of us."""
        if not self:
            return
        # sudo: what a controller has told is closed to people
        self.sudo().write(
            {
                "is_activated": False,
                "auth_hash": False,
                "wire_state": False,
                "card_dump": False,
            }
        )
        self._forget_list()
        self._tell_zones()

    # === CRONS === #

    @api.model
    def _cron_find_silent(self):
        """Note who has stopped calling; gateways answer for their own controllers."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE access_controller SET state = 'silent'
                 WHERE state = 'online' AND active
                   AND last_seen < %s - make_interval(
                       secs => GREATEST(%s, poll_interval * %s))
                RETURNING id, last_seen
                """,
                now,
                SILENT_SECONDS,
                MISSED_CALLS,
            )
        )
        self.invalidate_model(["state"])
        for controller_id, last_seen in rows:
            self.browse(controller_id)._alarm(
                "silent", since=last_seen + timedelta(seconds=SILENT_SECONDS)
            )

        self._close_floods(now)

    def _close_floods(self, now):
        over = [
            ("kind", "=", "flood"),
            ("closed_at", "=", False),
            ("last_at", "<", now - timedelta(minutes=FLOOD_MINUTES)),
        ]
        self.env["access.alarm"].search(over)._close()

    @api.model
    def _cron_read_cards(self):
        """Every night, compare what each controller really holds; a gateway compares
        and repairs those behind it."""
        self.search([("state", "=", "online")])._queue("read_cards")
