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
