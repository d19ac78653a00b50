from odoo import fields, models

from ..const import CARD_GROUPS


class AccessPass(models.Model):
    """The card of a member of staff or of a guest; students have `school.card`."""

    _name = "access.pass"
    _description = "Pass of staff or guest"
    _order = "id desc"

    person_id = fields.Many2one(
        "access.person", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="person_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    uid = fields.Char(
        "Number (UID)", copy=False, groups=CARD_GROUPS, help="As PC/SC readers show it."
    )
    key_w26 = fields.Char("Wiegand-26", copy=False, groups=CARD_GROUPS)
    key_z5r = fields.Char("Z-5R number", copy=False, groups=CARD_GROUPS)
    state = fields.Selection(
        [("active", "In use"), ("blocked", "Blocked"), ("returned", "Returned")],
        required=True,
        default="active",
        index=True,
    )
    valid_from = fields.Datetime()
    valid_to = fields.Datetime()
