from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import END_GROUNDS, REPORTED_GROUNDS
from ..domain import entitlement_dates

ONE_DAY = timedelta(days=1)


class BenefitEndRecord(models.TransientModel):
    """Record that the ground of benefits is gone, for one child or for many."""

    _name = "benefit.end.record"
    _description = "Record the End of Benefits"

    entitlement_ids = fields.Many2many(
        "benefit.entitlement",
        string="Benefits",
        required=True,
        default=lambda self: self._default_entitlements(),
    )
    ground = fields.Selection(
        [each for each in END_GROUNDS if each[0] in REPORTED_GROUNDS],
        required=True,
        default="ground_lost",
    )
    ground_on = fields.Date(
        "Since",
        help="End of service: its last day. Otherwise the last day on which the ground"
        " was there.",
    )
    reported_on = fields.Date("Reported on", default=fields.Date.context_today)
    last_day = fields.Date(
        "Last day of the benefit",
        compute="_compute_last_day",
        store=True,
        readonly=False,
    )
    report_by = fields.Date("To be reported by", compute="_compute_report")
    is_late = fields.Boolean("Reported late", compute="_compute_report")
    basis = fields.Char(help="Number and date of the paper that says so.")
    closed_count = fields.Integer(
        "Portions of closed days", compute="_compute_closed_count"
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_entitlements(self):
        if self.env.context.get("active_model") != "benefit.entitlement":
            return self.env["benefit.entitlement"]
        return self.env["benefit.entitlement"].browse(
            self.env.context.get("active_ids", [])
        )

    @api.depends("ground", "ground_on", "reported_on")
    def _compute_report(self):
        for wizard in self:
            report = wizard._get_report()
            wizard.report_by = report.due_on if report else False
            wizard.is_late = bool(report) and report.is_late

    @api.depends("ground", "ground_on", "reported_on")
    def _compute_last_day(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            report = wizard._get_report()
            if report:
                wizard.last_day = report.end.last_day
            elif wizard.ground == "ground_lost" and wizard.ground_on:
                wizard.last_day = wizard.ground_on
            else:
                wizard.last_day = wizard.last_day or today

    @api.depends("entitlement_ids", "ground", "last_day")
    def _compute_closed_count(self):
        for wizard in self:
            spans = {
                one._origin: (rows["last_day"] + ONE_DAY, one.date_end)
                for one, rows in wizard._prepare_ends().items()
                if one.kind == "meals" and rows["last_day"] < one.date_end
            }
            benefits = self.env["benefit.entitlement"]
            # sudo: a number, of children whom the user may see
            lines = spans and benefits.sudo()._get_frozen_lines(spans)
            wizard.closed_count = len(lines or ())

    def _get_report(self):
        """Return the :class:`ServiceReport` of an end of service, else None."""
        if self.ground != "service_ended" or not self.ground_on:
            return None
        # sudo: the terms of the regulation are a fact
        decisions = self.entitlement_ids.sudo().decision_id
        if not decisions:
            return None
        return entitlement_dates.service_end(
            self.ground_on, self.reported_on or None, decisions[0]._get_terms()
        )

    # === ACTION METHODS === #

    def action_record(self):
        """End the benefits; orders and closed days follow."""
        self.ensure_one()
        self.check_access("write")
        self.entitlement_ids.check_access("read")
        self._check_complete()
        benefits = self.env["benefit.entitlement"]
        if self.ground == "service_ended":
            ends = self.entitlement_ids._report_service_end(
                self.ground_on, self.reported_on or None, basis=self.basis
            )
        else:
            ends = benefits._end_each(self._prepare_ends())
        if not ends:
            raise UserError(
                self.env._("These benefits end by then anyway. Nothing was changed.")
            )
        self._check_reach(ends)
        return {"type": "ir.actions.act_window_close"}

    def _check_reach(self, ends):
        """Refuse that anybody but the head takes back what a head decided: days that
        have passed are charged to the parents."""
        calendar = self.env["school.calendar"]
        user = self.env.user
        taken_back = ends.filtered(
            lambda end: (
                end.ground == "mistake"
                or end.last_day < calendar._local_date(end.school_id)
            )
        )
        if not taken_back or self.env.su:
            return
        # sudo: who works at a school, whoever asks
        others = taken_back.school_id - user.sudo().school_ids
        if others or not user.has_group("school_meal_base.group_head"):
            raise AccessError(
                self.env._(
                    "Only the head of the school ends a benefit as granted by mistake"
                    " or on a day that has passed."
                )
            )

    def _check_complete(self):
        if self.ground == "service_ended":
            others = self.entitlement_ids.filtered(
                lambda one: not one.category_id.has_service_report
            )
            if others:
                raise UserError(
                    self.env._(
                        "“%s” does not depend on service. Choose another ground.",
                        others[0].category_id.name,
                    )
                )
            if not self.ground_on:
                raise UserError(self.env._("Enter the last day of service."))
        elif self.ground != "mistake" and not self.last_day:
            raise UserError(self.env._("Enter the last day of the benefit."))

    def _prepare_ends(self):
        """Return {entitlement: values of its end}."""
        return {
            one: {
                "ground": self.ground,
                # granted by mistake: it never was
                "last_day": one.date_from - ONE_DAY
                if self.ground == "mistake"
                else self.last_day or one.date_end,
                "ground_on": self.ground_on or False,
                "reported_on": self.reported_on or False,
                "basis": self.basis,
            }
            for one in self.entitlement_ids
        }
