from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain.egisso import checks


class SchoolSchool(models.Model):
    _inherit = "school.school"

    egisso_code = fields.Char(
        "Code in EGISSO",
        help="Only if the school decides under a code of its own (ONMSZ).",
    )

    @api.constrains("egisso_code")
    def _check_egisso_code(self):
        for school in self.filtered("egisso_code"):
            if not checks.PARTICIPANT.fullmatch(school.egisso_code):
                measure = self.env["egisso.measure"]
                raise ValidationError(
                    measure._get_participant_message(school.egisso_code)
                )
