from odoo import fields, models


class SchoolSchool(models.Model):
    _inherit = "school.school"

    serving_override = fields.Boolean(
        "Portions against a red screen",
        default=True,
        help="At the serving hatch a portion may be given out although it is not"
        " ordered or is the second one: with a reason, which is recorded.",
    )
