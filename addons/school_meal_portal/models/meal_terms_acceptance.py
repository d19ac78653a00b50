from odoo import api, fields, models
from odoo.exceptions import UserError


class MealTermsAcceptance(models.Model):
    """Who accepted which version of the terms of use, and when."""

    _name = "meal.terms.acceptance"
    _description = "Acceptance of Terms"
    _order = "accepted_at desc"
    _rec_name = "user_id"

    terms_id = fields.Many2one(
        "meal.terms", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, ondelete="set null", index=True
    )
    accepted_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    address = fields.Char("Network address", readonly=True)

    _once = models.Constraint(
        "UNIQUE (user_id, terms_id)", "These terms are already accepted."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        raise UserError(self.env._("An acceptance is evidence: it is never changed."))

    # === BUSINESS METHODS === #

    @api.model
    def _accept(self, user, terms, address):
        """Record that a user accepted the terms; a repeat changes nothing."""
        # sudo: people record their own acceptance, but may not write any other.
        acceptances = self.sudo()
        known = acceptances.search(
            [("user_id", "=", user.id), ("terms_id", "=", terms.id)], limit=1
        )
        return known or acceptances.create(
            {"user_id": user.id, "terms_id": terms.id, "address": address}
        )
