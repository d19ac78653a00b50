from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import card_uid, reader_learn, reader_text


class SchoolCardReaderLearn(models.TransientModel):
    """Find out how a reader is set, from one card whose number is known."""

    _name = "school.card.reader.learn"
    _description = "Card Reader Learn Mode"

    reader_id = fields.Many2one("school.card.reader", required=True)
    known_text = fields.Char(
        "Known card",
        required=True,
        help="Tap the card on a reader that shows the full number, or type its number.",
    )
    reading_1 = fields.Char("First tap", required=True)
    reading_2 = fields.Char("Second tap")
    outcome = fields.Char(compute="_compute_outcome")

    @api.depends("known_text", "reading_1", "reading_2")
    def _compute_outcome(self):
        for wizard in self:
            learned = wizard.known_text and wizard.reading_1 and wizard._learn()
            wizard.outcome = wizard._outcome_text(learned)

    def action_apply(self):
        """Store the settings found."""
        self.ensure_one()
        learned = self._learn()
        if not learned:
            raise UserError(self._outcome_text(learned))
        options = learned.options
        self.reader_id.write(
            {
                "byte_order": options.byte_order,
                "bits": str(options.bits),
                "digits": options.digits,
                "learned_at": fields.Datetime.now(),
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def _learn(self):
        uid = self._known_uid()
        return uid and reader_learn.learn(uid, [self.reading_1, self.reading_2])

    def _known_uid(self):
        try:
            return card_uid.canonical_uid(self.known_text)
        except card_uid.CardUidError:
            reading = reader_text.parse_reader_text(self.known_text)
            return reading and reading.uid

    def _outcome_text(self, learned):
        _ = self.env._
        if not self.known_text or not self.reading_1:
            return ""
        if not self._known_uid():
            return _("The known card needs its full number.")
        if not learned:
            return _(
                "No setting turns these taps into the known card. Check that the same"
                " card was tapped; if it was, this reader cannot be used."
            )
        if learned.key == "uid":
            return _("Found: the reader shows full numbers.")
        return _(
            "Found: the reader shows short numbers. It recognises cards, but cannot"
            " enrol them."
        )
