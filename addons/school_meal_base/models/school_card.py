from odoo import fields, models


class SchoolCard(models.Model):
    _name = "school.card"
    _description = "Student Card"
    _order = "id desc"

    student_id = fields.Many2one(
        "school.student", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    uid = fields.Char(index="btree_not_null")
    kind = fields.Selection(
        [
            ("mifare", "Mifare"),
            ("em_marine", "EM-Marine"),
            ("qr", "QR code"),
            ("wristband", "Wristband"),
        ],
        required=True,
        default="mifare",
    )
    state = fields.Selection(
        [
            ("made", "Made"),
            ("handed", "Handed over"),
            ("active", "Active"),
            ("blocked", "Blocked"),
            ("lost", "Lost"),
            ("replaced", "Replaced"),
        ],
        required=True,
        default="made",
    )
    key_w26 = fields.Char(index="btree_not_null")
    key_z5r = fields.Char(index="btree_not_null")
    key_dec10 = fields.Char(index="btree_not_null")
    printed_number = fields.Char()
    activated_at = fields.Datetime()
    event_ids = fields.One2many("school.card.event", "card_id")
