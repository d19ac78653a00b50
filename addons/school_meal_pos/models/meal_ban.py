from odoo import api, models


class MealBan(models.Model):
    _inherit = "meal.ban"

    @api.model_create_multi
    def create(self, vals_list):
        bans = super().create(vals_list)
        self.env["school.till.roster"]._notify(bans.account_id.student_id)
        return bans

    def write(self, vals):
        result = super().write(vals)
        self.env["school.till.roster"]._notify(self.account_id.student_id)
        return result

    def unlink(self):
        students = self.account_id.student_id
        result = super().unlink()
        # A till that misses this reads everything anew when it is back on line.
        self.env["school.till.roster"]._notify(students)
        return result
