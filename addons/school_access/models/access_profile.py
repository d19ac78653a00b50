from odoo import fields, models


class AccessProfile(models.Model):
    """Windows in which a card opens, compiled from rules: equal ones are one row."""

    _name = "access.profile"
    _description = "Compiled times of a card"

    digest = fields.Char(required=True, index=True)
    windows = fields.Json(required=True)

    _digest_uniq = models.Constraint("UNIQUE (digest)", "The profile exists already.")
