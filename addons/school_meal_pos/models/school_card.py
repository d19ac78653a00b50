from odoo import api, models


class SchoolCard(models.Model):
    _inherit = "school.card"

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        self.env["school.till.roster"]._notify(cards.student_id)
        return cards

    def write(self, vals):
        result = super().write(vals)
        if {"state", "uid", "student_id", "kind"} & vals.keys():
            self.env["school.till.roster"]._notify(self.student_id, self)
        return result

    def unlink(self):
        students = self.student_id
        result = super().unlink()
        self.env["school.till.roster"]._notify(students)
        return result
