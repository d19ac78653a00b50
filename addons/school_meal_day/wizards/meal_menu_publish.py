import base64
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .menu_period import check_period


class MealMenuPublish(models.TransientModel):
    """Downloads the files that a school publishes in /food/."""

    _name = "meal.menu.publish"
    _description = "Files for Publication"

    school_ids = fields.Many2many(
        "school.school",
        string="Schools",
        default=lambda self: self._get_own_schools(),
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=6),
    )
    file = fields.Binary(readonly=True, attachment=False)

    def _get_own_schools(self):
        schools = self.env["school.school"].search([], limit=2)
        return schools if len(schools) == 1 else schools.browse()

    def action_download(self):
        """Make the archive and download it."""
        self.ensure_one()
        if not self.school_ids:
            raise UserError(self.env._("Choose at least one school."))
        check_period(self)
        data = self.env["meal.menu.files"]._make_archive(
            self.school_ids, self.date_from, self.date_to
        )
        self.file = base64.b64encode(data)
        name = f"food-{self.date_from}-{self.date_to}.zip"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            f"?download=true&filename={name}",
            "target": "download",
        }
