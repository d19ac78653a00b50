from odoo import models

CARD_NUMBERS = {"uid", "key_w26", "key_z5r", "key_dec10"}


class SchoolCard(models.Model):
    """Leaves a line in the log whenever a person is shown the number of a card: who has
    it can make a copy of a simple card. Lists show its last digits only."""

    _inherit = "school.card"

    def read(self, fields=None, load="_classic_read"):
        """Override of core: forms and lists read through here."""
        result = super().read(fields, load)
        self._log_reading(fields or CARD_NUMBERS)
        return result

    def web_read(self, specification):
        return super().web_read(specification)

    # These write now, so the server must not give them a read-only cursor.
    read._readonly = web_read._readonly = False

    def export_data(self, fields_to_export):
        """Override of core: a file of cards."""
        self._log_reading(path.split("/")[0] for path in fields_to_export)
        return super().export_data(fields_to_export)

    def _log_reading(self, names):
        """Record that the user was shown these fields of the cards of ``self``."""
        if self.env.su or not CARD_NUMBERS.intersection(names):
            return
        if not self._has_field_access(self._fields["uid"], "read"):
            return  # fields=None left these out
        cards = self.sudo().filtered("uid")  # sudo: whether there was a number to show
        if cards:
            self.env["school.access.log"]._note(cards.student_id, "card")
