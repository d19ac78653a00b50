from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class BenefitJournalPrint(models.TransientModel):
    """Choose school and period of the registration journal to print (item 11)."""

    _name = "benefit.journal.print"
    _description = "Registration Journal to Print"

    school_id = fields.Many2one(
        "school.school",
        "School",
        required=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(day=31),
    )

    @api.onchange("date_from")
    def _onchange_date_from(self):
        if self.date_from and self.date_to and self.date_to < self.date_from:
            self.date_to = self.date_from + relativedelta(day=31)

    def action_print_pdf(self):
        return self._get_print_action("pdf")

    def action_print_xlsx(self):
        return self._get_print_action("xlsx")

    def _get_print_action(self, extension):
        self.ensure_one()
        span = f"{self.date_from:%Y-%m-%d}_{self.date_to:%Y-%m-%d}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/journal/{self.school_id.id}/{span}"
            f".{extension}",
            "target": "new",
        }
