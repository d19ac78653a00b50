from odoo import fields, models


class SchoolSchool(models.Model):
    _inherit = "school.school"

    is_special = fields.Boolean(
        "For children with special needs",
        help="Students have several meals a day by the time they spend at school.",
    )
    benefit_check_required = fields.Boolean(
        "Orders are checked by a second person",
        help="Whoever prepared a decision cannot sign its order alone.",
    )
