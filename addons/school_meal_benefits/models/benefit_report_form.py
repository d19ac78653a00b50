from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import REPORT_COLUMNS, REPORT_PERIODS
from ..domain import report_periods


class BenefitReportForm(models.Model):
    """A report that the department's order asks of the schools: form and term (item 8).

    The reports of a period are made by themselves when it has ended.
    """

    _name = "benefit.report.form"
    _description = "Form of a School's Report"
    _order = "sequence, id"

    name = fields.Char("Title", required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    basis = fields.Char(help="Number and date of the department's order or letter.")
    period = fields.Selection(REPORT_PERIODS, required=True, default="month")
    due_day = fields.Integer(
        "Due on day", required=True, default=5, help="After the end of the period."
    )
    is_due_working = fields.Boolean("Working days", default=True)
    date_from = fields.Date(
        "Reported since", required=True, default=fields.Date.context_today
    )
    has_recipients = fields.Boolean("Recipients", default=True)
    has_days = fields.Boolean("Days fed", default=True)
    has_portions = fields.Boolean("Portions", default=True)
    has_money = fields.Boolean("Money by source", default=True)
    has_compensation = fields.Boolean("Compensation", default=True)
    has_milk = fields.Boolean("Milk", default=True)
    report_ids = fields.One2many("benefit.report", "form_id", "Reports")
    late_count = fields.Integer("Late", compute="_compute_late_count")
    active = fields.Boolean(default=True)

    _due_range = models.Constraint(
        "CHECK (due_day BETWEEN 1 AND 60)", "A report is due 1 to 60 days later."
    )

    @api.depends("report_ids.state", "report_ids.due_on")
    def _compute_late_count(self):
        groups = self.env["benefit.report"]._read_group(
            [("form_id", "in", self.ids), ("is_late", "=", True)],
            ["form_id"],
            ["__count"],
        )
        counts = {form: count for form, count in groups}
        for form in self:
            form.late_count = counts.get(form, 0)

    # === ACTION METHODS === #

    def action_make(self):
        """Make the reports of the period that ended last (button)."""
        self.ensure_one()
        self.check_access("write")
        made = self._make_reports(fields.Date.context_today(self))
        if not made:
            raise UserError(
                self.env._("The reports of the last period are there already.")
            )
        return self.action_open_reports()

    def action_open_reports(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_benefits.benefit_report_action"
        )
        action["domain"] = [("form_id", "=", self.id)]
        return action

    # === BUSINESS METHODS === #

    def _get_columns(self):
        return [name for name in REPORT_COLUMNS if self[f"has_{name}"]]

    def _make_reports(self, today):
        """Make a draft for each school of the municipality; return what is new."""
        made = self.env["benefit.report"]
        for form in self:
            first, last = report_periods.last_ended(form.period, today)
            if last < form.date_from:
                continue
            # sudo: drafts are made for all schools, whoever asks
            reports = made.sudo()
            have = reports.search(
                [("form_id", "=", form.id), ("date_from", "=", first)]
            )
            schools = (
                self.env["school.school"]
                .sudo()
                .search([("company_id", "=", form.company_id.id)])
            )
            due = report_periods.due(last, form.due_day, form.is_due_working)
            made += reports.create(
                [
                    {
                        "form_id": form.id,
                        "school_id": school.id,
                        "date_from": first,
                        "date_to": last,
                        "due_on": due,
                    }
                    for school in schools - have.school_id
                ]
            ).sudo(False)
        return made

    @api.model
    def _cron_reports(self):
        """Make the reports of ended periods and tell the heads what is due."""
        today = fields.Date.context_today(self)
        self.search([("active", "=", True)])._make_reports(today)
        self.env["benefit.report"]._remind(today)

    def _check_department(self):
        if not self.env.su and not self.env.user.has_group(
            "school_meal_base.group_department"
        ):
            raise AccessError(
                self.env._("Only the department accepts or returns a report.")
            )
