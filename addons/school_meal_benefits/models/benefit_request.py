from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import REQUEST_STATES
from ..domain import deadlines
from .benefit_application import MAIL_PREFIXES

STEP_FIELDS = {"number": False, "state": "draft", "sent_on": False, "due_on": False}
IDENTITY_FIELDS = {"application_id", "document_id"}


class BenefitRequest(models.Model):
    """The school asks another body for a document or for information (items 31, 41)."""

    _name = "benefit.request"
    _description = "Request to another Body"
    _inherit = ["mail.thread", "mail.activity.mixin", "benefit.logged.mixin"]
    _order = "due_on, id"
    _rec_name = "body"

    application_id = fields.Many2one(
        "benefit.application", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        related="application_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="application_id.company_id", store=True)
    student_id = fields.Many2one(related="application_id.student_id", store=True)
    document_id = fields.Many2one(
        "benefit.application.document",
        "Document",
        index=True,
        ondelete="cascade",
        domain="[('application_id', '=', application_id),"
        " ('requirement_id.provider', '=', 'request')]",
    )
    body = fields.Char("Asked from", required=True)
    body_address = fields.Char("Address of the body")
    number = fields.Char(readonly=True, copy=False)
    sent_on = fields.Date("Sent on", readonly=True, copy=False, tracking=True)
    due_on = fields.Date(
        "Answer by", readonly=True, copy=False, index=True, tracking=True
    )
    answered_on = fields.Date("Answered on", copy=False, tracking=True)
    answer = fields.Char(
        "Number and date of the answer", copy=False, help="As on the letter."
    )
    valid_to = fields.Date("Confirmed until", copy=False)
    state = fields.Selection(
        REQUEST_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", "Sent by", default=lambda self: self.env.user, readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(document_id) WHERE document_id IS NOT NULL"
        " AND state IN ('draft', 'sent', 'confirmed')",
        "This document is asked for already.",
    )
    _answered_with_date = models.Constraint(
        "CHECK (state NOT IN ('confirmed', 'negative') OR answered_on IS NOT NULL)",
        "Enter when the answer came.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "body")
    def _compute_display_name(self):
        for request in self:
            request.display_name = " · ".join(
                filter(None, (request.number, request.body))
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        if not self.env.su:
            for vals in vals_list:
                self._check_no_steps(vals)
                vals.update(STEP_FIELDS, user_id=self.env.uid)
        for vals in vals_list:
            application = self.env["benefit.application"].browse(vals["application_id"])
            if not self.env.su and application.state not in ("draft", "registered"):
                raise UserError(application._get_closed_message())
            if vals.get("document_id") not in (
                False,
                None,
                *application.document_ids.ids,
            ):
                raise UserError(self.env._("The document is of another application."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & STEP_FIELDS.keys():
                self._refuse_steps()
            if IDENTITY_FIELDS & vals.keys():
                for request in self:
                    if any(
                        request[name].id != vals.get(name, request[name].id)
                        for name in IDENTITY_FIELDS
                    ):
                        raise UserError(
                            self.env._("A request stays with its document.")
                        )
            closed = self.filtered(lambda one: one.state not in ("draft", "sent"))
            names = {name for name in vals if not name.startswith(MAIL_PREFIXES)}
            if closed and names:
                raise UserError(
                    self.env._("The request is answered: it changes no more.")
                )
        return super().write(vals)

    @api.model
    def _check_no_steps(self, vals):
        for name, value in STEP_FIELDS.items():
            if vals.get(name) and vals[name] != value:
                self._refuse_steps()

    @api.model
    def _refuse_steps(self):
        raise AccessError(
            self.env._(
                "Number, dates and status of a request are given by its buttons."
            )
        )

    # === ACTIONS === #

    def action_send(self):
        """Number the letters, and count the days of the answer from today."""
        self.check_access("write")
        self._check_open()
        calendar = self.env["school.calendar"]
        for request in self:
            if request.state != "draft":
                raise UserError(self.env._("The request is sent already."))
            school = request.school_id
            today = calendar._local_date(school)
            days = request.document_id.requirement_id.request_days or 5
            # sudo: the counter of a school is kept by code only
            [number] = self.env["benefit.journal"]._take_numbers(
                school.sudo(), today.year, kind="request"
            )
            # sudo: only this step numbers and dates it
            request.sudo().write(
                {
                    "number": f"{number}-З",
                    "sent_on": today,
                    "due_on": deadlines.due(today, days),
                    "state": "sent",
                    "user_id": self.env.uid,
                }
            )
            request.document_id.sudo().state = "requested"

    def action_confirm(self):
        self._answer("confirmed")

    def action_deny(self):
        self._answer("negative")

    def action_cancel(self):
        self.check_access("write")
        if any(request.state not in ("draft", "sent") for request in self):
            raise UserError(self.env._("The request is answered: it changes no more."))
        self._cancel()

    def action_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/request/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _answer(self, state):
        """Record the answer; the row of the checklist follows it."""
        self.check_access("write")
        self._check_open()
        for request in self:
            if request.state != "sent":
                raise UserError(self.env._("Send the request first."))
            if not (request.answer or "").strip():
                raise UserError(
                    self.env._("Enter the number and date of the answer first.")
                )
            today = self.env["school.calendar"]._local_date(request.school_id)
            day = request.answered_on or today
            if not request.sent_on <= day <= today:
                raise UserError(
                    self.env._(
                        "The answer comes after the request was sent and not in the"
                        " future. Check its date."
                    )
                )
            # sudo: only this step answers it, and the row follows
            request.sudo().write({"state": state, "answered_on": day})
            row = request.document_id.sudo()
            if state == "confirmed":
                row.write(
                    {
                        "state": "provided",
                        "number": request.answer,
                        "issuer": request.body,
                        "issued_on": day,
                        "received_on": day,
                        "valid_to": request.valid_to,
                    }
                )
            else:
                row.write({"state": "negative", "note": request.answer})
        self._close_reminders()

    def _check_open(self):
        """Refuse to change the papers of an application that is decided."""
        for application in self.application_id:
            if application.state not in ("draft", "registered"):
                raise UserError(application._get_closed_message())

    def _cancel(self):
        # sudo: only this step ends it without an answer
        self.sudo().write({"state": "cancelled"})
        rows = self.sudo().document_id
        rows.filtered(lambda row: row.state == "requested").write({"state": "missing"})
        self._close_reminders()

    def _close_reminders(self):
        # sudo: reminders are other people's too
        self.sudo().activity_unlink(["school_meal_benefits.activity_request"])
