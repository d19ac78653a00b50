from odoo import fields, models

from ..const import BENEFIT_GROUPS


class SchoolStudent(models.Model):
    _inherit = "school.student"

    is_bused = fields.Boolean("Comes by school bus", groups=BENEFIT_GROUPS)
    hours_at_school = fields.Float(
        "Hours at school a day", groups=BENEFIT_GROUPS, help="With the ride."
    )
    study_period_ids = fields.One2many(
        "benefit.study.period", "student_id", "Forms of study", groups=BENEFIT_GROUPS
    )
    benefit_application_ids = fields.One2many(
        "benefit.application", "student_id", "Applications", groups=BENEFIT_GROUPS
    )
    benefit_entitlement_ids = fields.One2many(
        "benefit.entitlement", "student_id", "Benefits", groups=BENEFIT_GROUPS
    )
