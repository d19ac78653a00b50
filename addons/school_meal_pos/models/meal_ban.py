from odoo import api, fields, models
from odoo.tools import SQL


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
        accounts = self.account_id
        students = accounts.student_id
        result = super().unlink()
        # A till that misses the message reads what changed: a row that is gone has no
        # time of its own, so the account gets one.
        self.env.cr.execute(
            SQL(
                "UPDATE meal_account SET write_date = %s WHERE id = ANY(%s)",
                fields.Datetime.now(),
                accounts.ids,
            )
        )
        self.env["school.till.roster"]._notify(students)
        return result
