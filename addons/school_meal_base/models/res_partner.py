from odoo import api, fields, models


class ResPartner(models.Model):
    """People of the school register are partners: record rules tell them apart."""

    _inherit = "res.partner"

    # For record rules only, which see everything: nobody reads or searches these.
    meal_student_ids = fields.One2many(
        "school.student",
        "partner_id",
        "Student",
        context={"active_test": False},
        groups=fields.NO_ACCESS,
    )
    meal_guardian_ids = fields.One2many(
        "school.guardian",
        "partner_id",
        "Guardian",
        context={"active_test": False},
        groups=fields.NO_ACCESS,
    )
    meal_is_family = fields.Boolean(
        "Student or relative",
        compute="_compute_meal_is_family",
        store=True,
        groups=fields.NO_ACCESS,
        help="Stored, so that a rule need not look through all students and guardians.",
    )

    @api.depends("meal_student_ids", "meal_guardian_ids")
    def _compute_meal_is_family(self):
        for partner in self:
            partner.meal_is_family = bool(
                partner.meal_student_ids or partner.meal_guardian_ids
            )
