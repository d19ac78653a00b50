from odoo import api, models

#: What the account's own login does not read where the municipality hides debts.
DEBT_FIELDS = frozenset({"posted", "held", "overdraft", "credit_limit", "available"})


class MealAccount(models.Model):
    _inherit = ["meal.account", "meal.portal.guard"]
    _name = "meal.account"

    _portal_fields = frozenset(
        {
            "available",
            "ban_ids",
            "company_id",
            "credit_limit",
            "currency_id",
            "held",
            "kind",
            "limit_day",
            "limit_sitting",
            "name",
            "code",
            "number",
            "posted",
            "school_id",
            "state",
            "student_id",
        }
    )

    @api.model
    def _get_portal_fields(self):
        """Override of the guard: a debt may be the parents' business only."""
        allowed = super()._get_portal_fields()
        return allowed - DEBT_FIELDS if self.env.user._hides_debt() else allowed

    def _get_shown_balance(self):
        """Balance in kopecks for the page; 0 instead of a debt that is hidden."""
        self.check_access("read")
        # sudo: where debts are hidden the field is not read, only this
        balance = self.sudo()._balance()
        return max(0, balance) if self.env.user._hides_debt() else balance
