import logging

from odoo import models

_logger = logging.getLogger(__name__)

#: Changes of the white list asked for at once.
CHANGES = 40


class AccessController(models.Model):
    """What a controller is asked to do with the answer to its call."""

    _inherit = "access.controller"

    # === BUSINESS METHODS === #

    def _queue(self, name, payload=None):
        """Ask the controllers that can do it for something; see `access.command`."""
        able = self.filtered(lambda c: name in c._get_driver().commands)
        return self.env["access.command"]._queue(able, name, payload)

    def _queue_mode(self):
        for controller in self:
            controller._queue("set_mode", {"mode": controller.mode})

    def _queue_asking(self):
        """Tell those who are there whether they ask; others are told with their first
        call."""
        for controller in self.filtered(lambda c: c.state in ("online", "silent")):
            payload = {"active": True, "online": controller.asks_server}
            controller._queue("set_active", payload)

    def _add_commands(self, driver, link, answer, now):
        """Fill the answer: deletions of cards first, then the queue in its order, then
        new cards, as far as there is room."""
        self._lock()
        self.env["access.command"]._expire(self.id, link.interval, now)
        changes = self._get_fresh_changes() if "add_cards" in driver.commands else []
        sent = []
        self._add_changes(answer, "del_cards", changes, sent)
        is_full = self._add_queued(link, answer, now, sent)
        if not is_full:
            self._add_changes(answer, "add_cards", changes, sent)
        self.env["access.command"]._mark_sent(sent, now)

    def _get_fresh_changes(self):
        """Return what the list has changed by. While a change is on its way, new cards
        wait for its result; a card that must not open never waits."""
        changes = self._get_list_changes(CHANGES)
        on_way = self.env["access.command"]._get_changes_on_way(self.id)
        if on_way:
            changes = [c for c in changes if c[0] == "del" and c not in on_way]
        return changes

    def _add_changes(self, answer, name, changes, sent):
        """Put changes of one kind into a command of their own."""
        kind = "del" if name == "del_cards" else "add"
        chosen = [change for change in changes if change[0] == kind]
        if not chosen:
            return
        command = self._queue(name)
        command.flush_recordset()
        cards = [list(c[1:]) if kind == "add" else c[1] for c in chosen]
        count = answer.card_changes(command._get_wire_id(), name, cards)
        if not count:
            command.unlink()
            return
        command.payload = {"changes": [list(change) for change in chosen[:count]]}
        command.flush_recordset()
        sent.append(command.id)

    def _add_queued(self, link, answer, now, sent):
        """Add what waits; tell whether the answer is full."""
        commands = self.env["access.command"]
        for command_id, wire_id, name, payload in commands._get_due(
            self.id, link.interval, now
        ):
            try:
                has_room = answer.command(wire_id, name, payload)
            except (KeyError, TypeError, ValueError):
                # Nothing else may wait for a command that cannot be written.
                _logger.exception("Command %s cannot be written", command_id)
                commands.browse(command_id).state = "failed"
                continue
            if not has_room:
                return True
            sent.append(command_id)
        return False
