from odoo import api, fields, models


class MealAuditCheck(models.Model):
    _name = "meal.audit.check"
    _description = "Ledger Audit: Check"
    _order = "id"

    audit_id = fields.Many2one(
        "meal.audit", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, readonly=True)
    title = fields.Char("Check", compute="_compute_title")
    finding_count = fields.Integer("Findings", readonly=True)
    seconds = fields.Float("Duration, s", readonly=True)

    @api.depends("name")
    def _compute_title(self):
        names = self.env["meal.incident"]._kind_names()
        for check in self:
            check.title = names.get(check.name, check.name)
