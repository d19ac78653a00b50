from odoo import fields, models


class SchoolCardPrint(models.TransientModel):
    """The cards of one download; only the user who asked for it can read it."""

    _name = "school.card.print"
    _description = "Card Sheet Download"

    card_ids = fields.Many2many("school.card", required=True)

    def _download(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/card_print/{self.id}",
            "target": "download",
        }
