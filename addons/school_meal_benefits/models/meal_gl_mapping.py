from odoo import fields, models
from odoo.exceptions import ValidationError

from .compensation_month_posting import COST, OWED

KINDS = [
    (COST, "Cost of compensation"),
    (OWED, "Compensation owed to parents"),
]


class MealGlMapping(models.Model):
    _inherit = "meal.gl.mapping"

    kind = fields.Selection(
        selection_add=KINDS, ondelete=dict.fromkeys([COST, OWED], "cascade")
    )

    def _check_not_posted(self):
        """Override of `school_meal_base`: months of compensation are posted by
        themselves."""
        own = self.filtered(lambda mapping: mapping.kind in (COST, OWED))
        for mapping in own:
            # sudo: whether anything was posted, whoever changes the mapping
            if (
                self.env["compensation.month"]
                .sudo()
                .search_count(
                    [
                        ("company_id", "=", mapping.company_id.id),
                        ("move_id.line_ids.account_id", "=", mapping.account_id.id),
                    ],
                    limit=1,
                )
            ):
                raise ValidationError(
                    self.env._(
                        "Approved months of compensation stand on account %s: keep it.",
                        mapping.account_id.display_name,
                    )
                )
        return super(MealGlMapping, self - own)._check_not_posted()
