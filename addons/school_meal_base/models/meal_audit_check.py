from odoo import fields, models


class MealAuditCheck(models.Model):
    _name = "meal.audit.check"
    _description = "Ledger Audit: Check"
    _order = "id"

    audit_id = fields.Many2one(
        "meal.audit", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, readonly=True)
    finding_count = fields.Integer("Findings", readonly=True)
    seconds = fields.Float("Duration, s", readonly=True)
