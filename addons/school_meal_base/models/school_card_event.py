from odoo import fields, models


class SchoolCardEvent(models.Model):
    _name = "school.card.event"
    _description = "Card History"
    _order = "id desc"

    card_id = fields.Many2one(
        "school.card", required=True, ondelete="restrict", index=True
    )
    event = fields.Char(required=True)
    reason = fields.Char()
