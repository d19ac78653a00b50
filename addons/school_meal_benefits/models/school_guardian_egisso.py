from odoo import fields, models

from ..const import BENEFIT_GROUPS

MALE_RELATIONS = {"father", "grandfather"}
FEMALE_RELATIONS = {"mother", "grandmother"}


class SchoolGuardian(models.Model):
    """What the state register asks of a parent who is the recipient."""

    _inherit = "school.guardian"

    birth_date = fields.Date("Date of birth", groups=BENEFIT_GROUPS)
    gender = fields.Selection(
        [("male", "Male"), ("female", "Female")],
        groups=BENEFIT_GROUPS,
        help="Only where the relation does not say it.",
    )

    def _get_gender(self):
        """Return "male", "female" or "" of the adult."""
        if self.relation in MALE_RELATIONS:
            return "male"
        if self.relation in FEMALE_RELATIONS:
            return "female"
        return self.gender or ""
