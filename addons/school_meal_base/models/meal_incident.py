from odoo import fields, models


class MealIncident(models.Model):
    """A broken invariant that a person has to look at; nothing heals itself."""

    _name = "meal.incident"
    _description = "Ledger Incident"
    _order = "id desc"

    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    severity = fields.Selection(
        [("warning", "Warning"), ("error", "Error")], required=True, default="error"
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")], required=True, default="open"
    )
    company_id = fields.Many2one("res.company", index=True)
    school_id = fields.Many2one("school.school")
    summary = fields.Char(required=True)
    details = fields.Json()

    _open_key_uniq = models.UniqueIndex(
        "(kind, key) WHERE state = 'open'", "This incident is already open."
    )
