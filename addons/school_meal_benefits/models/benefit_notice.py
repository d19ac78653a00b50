from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import DISPATCH_METHODS, NOTICE_KINDS
from ..domain import deadlines
from .benefit_application import MAIL_PREFIXES

# What the person responsible writes: where to, how, and the number of the post.
OPEN_FIELDS = {"address", "method", "tracking_number"}


class BenefitNotice(models.Model):
    """A letter to the applicant: a refusal within two working days (item 10)."""

    _name = "benefit.notice"
    _description = "Notice to the Applicant"
    _inherit = ["mail.thread", "mail.activity.mixin", "benefit.logged.mixin"]
    _order = "due_on, id"
    _rec_name = "number"

    kind = fields.Selection(NOTICE_KINDS, required=True, readonly=True)
    decision_id = fields.Many2one(
        "benefit.decision", index="btree_not_null", ondelete="restrict", readonly=True
    )
    application_id = fields.Many2one(related="decision_id.application_id")
    end_id = fields.Many2one(
        "benefit.entitlement.end",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    student_id = fields.Many2one("school.student", required=True, readonly=True)
    applicant_name = fields.Char("To", readonly=True)
    number = fields.Char(readonly=True)
    date = fields.Date("Dated", required=True, readonly=True)
    due_on = fields.Date("To be sent by", required=True, readonly=True, index=True)
    address = fields.Char(tracking=True)
    sent_on = fields.Date("Sent on", readonly=True, tracking=True)
    is_late = fields.Boolean(
        "Sent late", compute="_compute_is_late", store=True, precompute=True
    )
    method = fields.Selection(DISPATCH_METHODS, default="post")
    tracking_number = fields.Char("Postal number", tracking=True)
    user_id = fields.Many2one("res.users", "Sent by", readonly=True)

    _about_one = models.Constraint(
        "CHECK (num_nonnulls(decision_id, end_id) = 1)",
        "A notice is about a decision or about an end.",
    )

    # === COMPUTE METHODS === #

    @api.depends("sent_on", "due_on")
    def _compute_is_late(self):
        for notice in self:
            notice.is_late = bool(notice.sent_on) and notice.sent_on > notice.due_on

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            names = {name for name in vals if not name.startswith(MAIL_PREFIXES)}
            if names - OPEN_FIELDS:
                raise AccessError(
                    self.env._(
                        "A letter is made by a decision and sent by its button: only"
                        " the address, the way and the postal number are entered."
                    )
                )
            if names - {"tracking_number"} and any(self.mapped("sent_on")):
                raise UserError(
                    self.env._("The letter is sent: only its postal number may follow.")
                )
        return super().write(vals)

    # === ACTIONS === #

    def action_dispatch(self):
        """Record that the letter went out today."""
        self.check_access("write")
        for notice in self:
            if notice.sent_on:
                raise UserError(self.env._("The letter is sent already."))
            if notice.method == "post" and not (notice.address or "").strip():
                raise UserError(
                    self.env._("Enter the postal address of the applicant first.")
                )
            today = self.env["school.calendar"]._local_date(notice.school_id)
            # sudo: only this step says when it went out
            notice.sudo().write({"sent_on": today, "user_id": self.env.uid})
        # sudo: reminders are other people's too
        self.sudo().activity_unlink(["school_meal_benefits.activity_notice"])

    def action_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/notice/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _create_for_decisions(self, decisions):
        """Make the letters of refusals, due in working days (item 10)."""
        return self._create_letters(
            [
                {
                    "kind": "refusal",
                    "decision_id": decision.id,
                    "school_id": decision.school_id.id,
                    "student_id": decision.student_id.id,
                    "applicant_name": decision.application_id.applicant_name,
                    "address": decision.application_id._get_address(),
                    "date": decision.date,
                    "due_on": deadlines.due(
                        decision.date, decision.category_id.regulation_id.notice_days
                    ),
                }
                for decision in decisions
            ]
        )

    @api.model
    def _create_for_ends(self, ends, day):
        """Make the letters about ends of benefits (`benefit.entitlement.end`)."""
        vals_list = []
        for end in ends:
            application = end.entitlement_id.decision_id.application_id
            regulation = end.entitlement_id.category_id.regulation_id
            vals_list.append(
                {
                    "kind": "end",
                    "end_id": end.id,
                    "school_id": end.school_id.id,
                    "student_id": end.student_id.id,
                    "applicant_name": application.applicant_name,
                    "address": application._get_address(),
                    "date": day,
                    "due_on": deadlines.due(day, regulation.notice_days),
                }
            )
        return self._create_letters(vals_list)

    @api.model
    def _create_letters(self, vals_list):
        journal = self.env["benefit.journal"]
        schools = self.env["school.school"].sudo()  # sudo: for the number alone
        for vals in vals_list:
            [number] = journal._take_numbers(
                schools.browse(vals["school_id"]), vals["date"].year, kind="notice"
            )
            vals["number"] = f"{number}-У"
        # sudo: letters follow from decisions, nobody makes them by hand
        return self.sudo().create(vals_list).sudo(self.env.su)
