from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.school_meal_base.domain import snils
from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import BENEFIT_GROUPS

MALE_RELATIONS = {"father", "grandfather"}
FEMALE_RELATIONS = {"mother", "grandmother"}


class SchoolGuardian(models.Model):
    """What the state register asks of a parent who is the recipient."""

    _name = "school.guardian"
    _inherit = ["school.guardian", "school.access.log.mixin"]

    snils = fields.Char(
        "SNILS",
        copy=False,
        groups=SENSITIVE_GROUP,
        help="Only where it is not on the application.",
    )
    birth_date = fields.Date("Date of birth", groups=BENEFIT_GROUPS)
    gender = fields.Selection(
        [("male", "Male"), ("female", "Female")],
        groups=BENEFIT_GROUPS,
        help="Only where the relation does not say it.",
    )

    @api.constrains("snils")
    def _check_snils(self):
        for guardian in self.filtered("snils"):
            reason = snils.problem(guardian.snils)
            if reason:
                students = self.env["school.student"]
                raise ValidationError(students._get_snils_message(reason))

    def _get_restricted_names(self):
        return super()._get_restricted_names() | {"snils"}

    def _get_logged_readings(self, shown):
        return self.student_id, "snils"

    def _get_gender(self):
        """Return "male", "female" or "" of the adult."""
        if self.relation in MALE_RELATIONS:
            return "male"
        if self.relation in FEMALE_RELATIONS:
            return "female"
        return self.gender or ""
