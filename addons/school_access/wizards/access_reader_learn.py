from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.school_meal_base.domain import card_uid, reader_text

from ..domain import access_code


class AccessReaderLearn(models.TransientModel):
    """Find out how a reader of a controller sends numbers, from one known card.

    The controller reports the number of every card it is shown, also of one it does
    not know: that event is compared with the card under all settings.
    """

    _name = "access.reader.learn"
    _description = "Learn mode of a reader at a point"

    reader_id = fields.Many2one("access.reader", required=True)
    known_text = fields.Char(
        "Known card",
        required=True,
        help="Tap the card on the reader of this desk, or type its full number.",
    )
    code = fields.Char(
        "Number from the controller",
        compute="_compute_code",
        store=True,
        readonly=False,
        help="Tap the same card on the reader at the door, then press “Look again”.",
    )
    outcome = fields.Char(compute="_compute_outcome")

    # === COMPUTE METHODS === #

    @api.depends("reader_id")
    def _compute_code(self):
        for wizard in self:
            wizard.code = wizard._get_last_code()

    @api.depends("known_text", "code")
    def _compute_outcome(self):
        for wizard in self:
            found = wizard._learn() if wizard.known_text and wizard.code else None
            wizard.outcome = wizard._get_outcome(found)

    # === ACTION METHODS === #

    def action_look_again(self):
        """Take the number of the latest tap at the reader."""
        self.ensure_one()
        self.code = self._get_last_code()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Learn mode"),
        }

    def action_apply(self):
        """Store the settings found; the list is compiled anew with them."""
        self.ensure_one()
        found = self._learn()
        if not found:
            raise UserError(self._get_outcome(found))
        bits, byte_order = found
        self.reader_id.write({"bits": bits, "byte_order": byte_order})
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_last_code(self):
        """Return the number of the last card shown at the reader in ten minutes."""
        # sudo: who may set a reader up may see what it sends
        event = (
            self.env["access.event"]
            .sudo()
            .search(
                [
                    ("controller_id", "=", self.reader_id.controller_id.id),
                    ("direction", "=", self.reader_id.direction),
                    ("card", "!=", False),
                    (
                        "occurred_at",
                        ">=",
                        fields.Datetime.subtract(fields.Datetime.now(), minutes=10),
                    ),
                ],
                limit=1,
            )
        )
        return event.card

    def _learn(self):
        """Return (bits, byte order) that make the known card the number, or None."""
        uid = self._get_uid()
        code = (self.code or "").strip().upper()[:12].rjust(12, "0")
        settings = [
            (bits, byte_order)
            for bits in ("26", "34", "0")
            for byte_order in ("direct", "reversed")
        ]
        return next(
            (
                setting
                for setting in settings
                if uid and access_code.card_code(uid, *setting) == code
            ),
            None,
        )

    def _get_uid(self):
        try:
            return card_uid.canonical_uid(self.known_text)
        except card_uid.CardUidError:
            reading = reader_text.parse_reader_text(self.known_text)
            return reading and reading.uid

    def _get_outcome(self, found):
        _ = self.env._
        if not self.known_text:
            return ""
        if not self._get_uid():
            return _("The known card needs its full number.")
        if not self.code:
            return _("Tap the same card on the reader at the door, then look again.")
        if not found:
            return _(
                "No setting turns this number into the known card. Check that the same"
                " card was tapped at both readers."
            )
        if found[0] == "26":
            return _("Found: the reader sends short numbers (three bytes).")
        return _("Found: the reader sends the whole number.")
