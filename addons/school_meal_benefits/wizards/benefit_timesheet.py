from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.school_meal_day.report import timesheet_pdf, timesheet_xlsx

#: Who is told whose ground is a health one, as the record rules of entitlements do.
HEALTH_GROUPS = ("sensitive_data", "operator", "head", "accountant", "manager")
#: What a sheet that is printed from the facts says of its signature.
UNSIGNED = {"version": 1, "by": "", "at": "", "digest": ""}


class BenefitTimesheet(models.TransientModel):
    """Timesheets of the recipients of free meals: appendix 1, by class and month."""

    _name = "benefit.timesheet"
    _description = "Timesheet of Recipients"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: (
            self.env["school.class"]._default_school()
            or self.env["school.school"].search([], limit=1)
        ),
    )
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('school_id', '=', school_id)]",
        help="Empty: all classes.",
    )
    category_id = fields.Many2one(
        "benefit.category",
        "Category",
        domain="[('company_id', '=', company_id), ('kind', '=', 'meals')]",
        help="Empty: all who eat free of charge.",
    )
    company_id = fields.Many2one(related="school_id.company_id")

    @api.onchange("month")
    def _onchange_month(self):
        if self.month:
            self.month = self.month.replace(day=1)

    @api.onchange("school_id")
    def _onchange_school(self):
        self.class_ids = False

    def action_pdf(self):
        return self._download("pdf")

    def action_zip(self):
        return self._download("zip")

    def _download(self, extension):
        self.ensure_one()
        if not self._get_contents():
            raise UserError(
                self.env._("Nobody of these classes receives such a benefit.")
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/timesheet/{self.id}.{extension}",
            "target": "download",
        }

    def _get_contents(self):
        self.ensure_one()
        self.env["benefit.entitlement"].check_access("read")
        self.school_id.check_access("read")
        self._check_ground()
        classes = self.class_ids or self.env["school.class"].search(
            [("school_id", "=", self.school_id.id)]
        )
        classes.check_access("read")
        if classes.school_id - self.school_id:
            raise UserError(self.env._("Choose classes of this school."))
        return self.env["meal.timesheet"]._get_recipient_contents(
            classes.sorted(lambda one: (one.grade, one.letter or "")),
            self.month.replace(day=1),
            self.category_id,
        )

    def _check_ground(self):
        """Refuse a list of children by a health ground to who sees only numbers."""
        if not self.category_id.is_health or self.env.su:
            return
        if not any(
            self.env.user.has_group(f"school_meal_base.group_{group}")
            for group in HEALTH_GROUPS
        ):
            raise AccessError(
                self.env._(
                    "This category is a health ground: its recipients are shown to you"
                    " in numbers only. Choose another category."
                )
            )

    def _render(self, extension):
        """Return the bytes of the PDF, or of a ZIP with a workbook for each class."""
        sheets = [(content, UNSIGNED) for content in self._get_contents()]
        if extension == "pdf":
            return timesheet_pdf.render(sheets, self.env._("Timesheet of Recipients"))
        return timesheet_xlsx.render_zip(
            [
                (f"tabel-{at:02}-{self.month:%Y-%m}.xlsx", *sheet)
                for at, sheet in enumerate(sheets, 1)
            ]
        )
