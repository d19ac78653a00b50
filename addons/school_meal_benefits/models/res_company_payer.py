import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """The payer of compensation, as payment orders name it."""

    _inherit = "res.company"

    meal_kpp = fields.Char(
        "KPP", help="Nine characters, beside the INN: payment orders name both."
    )

    @api.constrains("meal_kpp")
    def _check_meal_kpp(self):
        for company in self.filtered("meal_kpp"):
            if not re.fullmatch("[0-9]{4}[0-9A-Z]{2}[0-9]{3}", company.meal_kpp):
                raise ValidationError(
                    self.env._(
                        "A KPP has nine characters, such as 742001001. Check it."
                    )
                )
