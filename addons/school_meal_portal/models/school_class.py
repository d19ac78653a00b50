from odoo import models


class SchoolClass(models.Model):
    _inherit = ["school.class", "meal.portal.guard"]
    _name = "school.class"

    _portal_fields = frozenset(
        {"active", "company_id", "grade", "letter", "name", "school_id", "shift"}
    )
