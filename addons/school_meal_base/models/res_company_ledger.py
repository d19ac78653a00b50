from odoo import models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        if "meal_control_account_id" in vals:
            for company in self:
                company._check_control_account_free(vals["meal_control_account_id"])
        return super().write(vals)

    def _check_control_account_free(self, account_id):
        """The control account of posted meals stays: its balance is the families'."""
        current = self.meal_control_account_id
        if not current or current.id == account_id:
            return
        # sudo: whoever edits the company need not see postings
        if self.env["meal.posting.line"].sudo()._has_postings(self, current):
            raise ValidationError(
                self.env._(
                    "Control account %s already carries posted meal entries and "
                    "cannot be changed.",
                    current.display_name,
                )
            )
