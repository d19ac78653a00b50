from odoo import api, models

#: What a child's own login does not read: a debt is the parents' business.
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
        """Override of the guard: a child does not see a debt."""
        allowed = super()._get_portal_fields()
        return allowed - DEBT_FIELDS if self.env.user._get_own_student_id() else allowed

    def _get_shown_balance(self, hide_debt=False):
        """Balance in kopecks for the page; a child reads 0 instead of a debt."""
        self.check_access("read")
        # sudo: the child's login may not read the field itself, only this
        balance = self.sudo()._balance()
        return max(0, balance) if hide_debt else balance
