from odoo import models

#: What a till must know at once; balances reach it with the next refresh.
TOLD_TO_TILLS = frozenset({"state", "limit_day", "limit_sitting", "credit_limit"})


class MealAccount(models.Model):
    _inherit = "meal.account"

    def write(self, vals):
        result = super().write(vals)
        if TOLD_TO_TILLS & vals.keys():
            self.env["school.till.roster"]._notify(self.student_id)
        return result

    def _bans(self, product):
        """Whether a product, or one of its categories, is banned for the account."""
        self.ensure_one()
        categories = product.categ_id
        path = {int(part) for part in (categories.parent_path or "").split("/") if part}
        return any(
            ban.product_id == product or ban.category_id.id in path
            for ban in self.ban_ids
        )
