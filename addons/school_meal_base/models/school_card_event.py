from odoo import api, fields, models
from odoo.exceptions import UserError

from .school_card import STATES

EVENTS = [
    ("made", "Card job made"),
    ("enrolled", "Number recorded"),
    ("unenrolled", "Number taken back"),
    ("handed", "Handed over"),
    ("fee_charged", "Fee charged"),
    ("fee_waived", "Fee waived"),
    ("active", "Activated"),
    ("blocked", "Blocked"),
    ("unblocked", "Unblocked"),
    ("lost", "Reported lost"),
    ("reissued", "New card ordered"),
    ("replaced", "Replaced"),
]


class SchoolCardEvent(models.Model):
    """Who did what with a card, and when (`create_uid`, `create_date`).

    Lines are added by the methods of `school.card`, never changed. They hold no card
    numbers.
    """

    _name = "school.card.event"
    _description = "Card History"
    _order = "id desc"

    card_id = fields.Many2one(
        "school.card", required=True, ondelete="cascade", index=True
    )
    school_id = fields.Many2one(related="card_id.school_id")
    event = fields.Selection(EVENTS, required=True)
    state = fields.Selection(STATES, "State after it")
    reason = fields.Char()
    device_id = fields.Many2one("school.device", ondelete="restrict")
    session_ref = fields.Char("Till session")

    @api.depends("event")
    def _compute_display_name(self):
        names = dict(self._fields["event"]._description_selection(self.env))
        for event in self:
            event.display_name = names.get(event.event, "")

    def write(self, vals):
        raise self._append_only_error()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._append_only_error()

    def _append_only_error(self):
        return UserError(self.env._("The history of a card cannot be changed."))
