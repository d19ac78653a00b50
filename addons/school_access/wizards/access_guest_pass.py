from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import GUEST


class AccessGuestPass(models.TransientModel):
    """Let a guest in: who it is, whom they visit, until when, and the card.

    The guard looks at a document; nothing of it is kept.
    """

    _name = "access.guest.pass"
    _description = "New pass of a guest"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    name = fields.Char("Full name", required=True)
    note = fields.Char("Visits", required=True, help="Whom or what the guest visits.")
    valid_to = fields.Datetime(
        "Until", required=True, default=lambda self: self._default_valid_to()
    )
    card_text = fields.Char(
        "Card",
        help="Put the cursor here and tap a free card on the reader of this desk.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_valid_to(self):
        """The end of today at the school."""
        school = self.env["school.class"]._default_school()
        if not school:
            return fields.Datetime.add(fields.Datetime.now(), hours=8)
        today = self.env["school.calendar"]._local_date(school)
        _begin, end = self.env["school.calendar"]._utc_bounds(school, today)
        return end

    # === ACTION METHODS === #

    def action_issue(self):
        """Make guest and pass; the card opens within a minute."""
        self.ensure_one()
        self.check_access("write")
        self.school_id.check_access("read")
        if self.valid_to <= fields.Datetime.now():
            raise UserError(
                self.env._("This time is over already. Choose a later one.")
            )
        if not self.card_text:
            raise UserError(self.env._("Tap the card that the guest gets."))
        # sudo: a guard may do this one thing, and sees no numbers of cards
        person = self.env["access.person"].sudo().create(self._prepare_person())
        self.env["access.pass"].sudo().create(
            {
                "person_id": person.id,
                "uid": self.card_text,
                "valid_from": fields.Datetime.now(),
                "valid_to": self.valid_to,
                "note": self.note,
            }
        )
        self.card_text = False
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The pass of %s opens within a minute.", self.name.strip()
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_person(self):
        return {
            "kind": GUEST,
            "name": self.name.strip(),
            "school_id": self.school_id.id,
            "note": self.note,
        }
