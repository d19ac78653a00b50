from odoo import fields, models

from ..const import RULE_DIRECTIONS


class AccessPermission(models.Model):
    """One passage outside of the rules: leaving early with a guardian's consent."""

    _name = "access.permission"
    _description = "One-off permission"
    _order = "valid_from desc, id desc"

    person_id = fields.Many2one(
        "access.person", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="person_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True
    )
    direction = fields.Selection(RULE_DIRECTIONS, required=True, default="out")
    valid_from = fields.Datetime(required=True)
    valid_to = fields.Datetime(required=True)
    reason = fields.Char(required=True)
    guardian_id = fields.Many2one(
        "school.guardian", "Consent of", ondelete="set null", index="btree_not_null"
    )
    used_at = fields.Datetime(readonly=True)
    revoked_at = fields.Datetime(readonly=True)
