from odoo import models

HEALTH = {"allergen_ids", "medical_diet"}


class SchoolStudent(models.Model):
    _name = "school.student"
    _inherit = ["school.student", "school.access.log.mixin"]

    def _get_restricted_names(self):
        return super()._get_restricted_names() | HEALTH | {"snils"}

    def _get_logged_readings(self, shown):
        if "snils" not in shown:
            return self, "health"
        return self, "both" if shown & HEALTH else "snils"
