from odoo import fields, models

from ..domain.reader_text import ReaderOptions


class SchoolCardReader(models.Model):
    """How one card reader is set, so that its texts are understood.

    Readers that print whole lines (IronLogic Z-2 USB, Matrix III) need no settings.
    """

    _name = "school.card.reader"
    _description = "Card Reader"
    _order = "school_id, name"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    byte_order = fields.Selection(
        [
            ("direct", "Direct"),
            ("reversed", "Reversed"),
            ("rotated", "7-byte numbers as IronLogic prints them"),
        ],
        required=True,
        default="direct",
    )
    bits = fields.Selection(
        [
            ("0", "Not known"),
            ("26", "Wiegand-26"),
            ("34", "Wiegand-34"),
            ("42", "Wiegand-42"),
        ],
        "Wiegand length",
        required=True,
        default="0",
    )
    digits = fields.Selection(
        [
            ("auto", "Ten digits are decimal, eight are hexadecimal"),
            ("hex", "Always hexadecimal"),
            ("decimal", "Always decimal"),
            ("pair", "Series and number run together"),
        ],
        "Digits only",
        required=True,
        default="auto",
    )
    active = fields.Boolean(default=True)
    learned_at = fields.Datetime(readonly=True, copy=False)

    def _options(self):
        """Return the settings as the pure parser takes them."""
        self.ensure_one()
        return ReaderOptions(self.byte_order, int(self.bits), self.digits)

    def _options_dict(self):
        """Return the settings as the parser of the till takes them."""
        self.ensure_one()
        return {
            "byte_order": self.byte_order,
            "bits": int(self.bits),
            "digits": self.digits,
        }

    def action_learn(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Learn mode"),
            "res_model": "school.card.reader.learn",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_reader_id": self.id},
        }
