from odoo import models


class SchoolSchool(models.Model):
    _inherit = ["school.school", "meal.portal.guard"]
    _name = "school.school"

    _portal_fields = frozenset(
        {"active", "code", "company_id", "name", "short_name", "tz"}
    )
