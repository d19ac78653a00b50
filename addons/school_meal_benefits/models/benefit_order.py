from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import ORDER_KINDS, ORDER_STATES
from .benefit_application import MAIL_PREFIXES

STEP_FIELDS = {
    "number": False,
    "date": False,
    "state": "draft",
    "checked_by_id": False,
    "signed_by_id": False,
    "signed_at": False,
    "prepared_by_id": False,
    "supersedes_id": False,
    "effective_on": False,
    "reason": False,
}
# Contents of an order: a check is of these.
CONTENT_FIELDS = {"given_number", "application_ids", "end_ids", "note", "kind"}


class BenefitOrder(models.Model):
    """An order (приказ) of the head for one or many children (item 12).

    Signing it makes the decisions, all at once or none.
    """

    _name = "benefit.order"
    _description = "Order on Benefits"
    _inherit = ["mail.thread", "mail.activity.mixin", "benefit.logged.mixin"]
    _order = "id desc"
    _rec_name = "number"

    kind = fields.Selection(ORDER_KINDS, required=True, default="grant", readonly=True)
    number = fields.Char(readonly=True, copy=False)
    given_number = fields.Char(
        "Number to give",
        copy=False,
        help="From the school's book of orders; empty: the next one of this journal.",
    )
    date = fields.Date("Dated", readonly=True, copy=False)
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    is_check_required = fields.Boolean(related="school_id.benefit_check_required")
    state = fields.Selection(
        ORDER_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    prepared_by_id = fields.Many2one(
        "res.users",
        "Prepared by",
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    checked_by_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, copy=False, tracking=True
    )
    signed_by_id = fields.Many2one(
        "res.users", "Signed by", readonly=True, copy=False, tracking=True
    )
    signed_at = fields.Datetime("Signed", readonly=True, copy=False)
    application_ids = fields.One2many("benefit.application", "order_id", "Applications")
    decision_ids = fields.One2many("benefit.decision", "order_id", "Decisions")
    end_ids = fields.One2many("benefit.entitlement.end", "order_id", "Ends")
    # a decision anew, where a second person has to check it first
    supersedes_id = fields.Many2one(
        "benefit.decision",
        "Supersedes",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    effective_on = fields.Date("With effect from", readonly=True, copy=False)
    reason = fields.Text("Why it is decided anew", readonly=True, copy=False)
    child_count = fields.Integer("Children", compute="_compute_child_count")
    problem = fields.Text("Why it cannot be signed", compute="_compute_problem")
    note = fields.Text("Further items", help="Printed after the items of the form.")

    _number_uniq = models.UniqueIndex(
        "(school_id, date_part('year', date), number) WHERE number IS NOT NULL",
        "The school already has an order with this number this year.",
    )
    _signed_complete = models.Constraint(
        "CHECK (state <> 'signed' OR (number IS NOT NULL AND date IS NOT NULL"
        " AND signed_by_id IS NOT NULL))",
        "A signed order has a number, a date and a signature.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "date", "kind")
    def _compute_display_name(self):
        _ = self.env._
        for order in self:
            order.display_name = (
                _(
                    "No. %(number)s of %(day)s",
                    number=order.number,
                    day=order.date.strftime("%d.%m.%Y"),
                )
                if order.number and order.date
                else _("Draft %s", order._origin.id or "")
            )

    @api.depends("application_ids", "end_ids", "decision_ids", "supersedes_id")
    def _compute_child_count(self):
        for order in self:
            students = (
                order.decision_ids.student_id
                | order.application_ids.student_id
                | order.end_ids.student_id
                | order.supersedes_id.student_id
            )
            order.child_count = len(students)

    @api.depends("application_ids", "end_ids", "state", "checked_by_id", "given_number")
    def _compute_problem(self):
        for order in self:
            signed = order.state == "signed"
            order.problem = False if signed else order._get_problem() or False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        if not self.env.su:
            for vals in vals_list:
                self._check_no_steps(vals)
                vals.update(STEP_FIELDS, prepared_by_id=self.env.uid)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            # whatever the value: an empty one would take a check back
            if vals.keys() & STEP_FIELDS.keys():
                self._refuse_steps()
            names = {name for name in vals if not name.startswith(MAIL_PREFIXES)}
            if names and any(order.state == "signed" for order in self):
                raise UserError(self.env._("The order is signed: it stays as it is."))
            if any(order.kind != vals.get("kind", order.kind) for order in self):
                raise UserError(
                    self.env._("An order grants or ends: make another one instead.")
                )
            if "school_id" in vals and (self.application_ids or self.end_ids):
                raise UserError(
                    self.env._("The order is for the children of this school.")
                )
        result = super().write(vals)
        if not self.env.su and CONTENT_FIELDS & vals.keys():
            self._uncheck()
        return result

    @api.model
    def _check_no_steps(self, vals):
        for name, value in STEP_FIELDS.items():
            if vals.get(name) and vals[name] != value:
                self._refuse_steps()

    @api.model
    def _refuse_steps(self):
        raise AccessError(
            self.env._(
                "Number, date, check and signature of an order are given by its"
                " buttons."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(order.state == "signed" for order in self):
            raise UserError(self.env._("The order is signed: it stays as it is."))

    # === ACTIONS === #

    def action_check(self):
        """A second person confirms what the first one prepared (four eyes)."""
        self.check_access("write")
        self.application_ids._lock()
        for order in self:
            if order.state != "draft":
                raise UserError(self.env._("Only a draft can be checked."))
            if order.prepared_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You prepared this order: another person has to check it."
                    )
                )
            if problem := order._get_content_problem():
                raise UserError(problem)
        # sudo: only this step says who checked
        self.sudo().write({"state": "checked", "checked_by_id": self.env.uid})

    def action_uncheck(self):
        self.check_access("write")
        self._uncheck()

    def action_sign(self):
        """Sign as the head: number and date, the decisions and what they give."""
        for order in self:
            order._sign()

    def action_add_settled(self):
        """Put all applications of the school on the order that wait for one."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "signed" or self.kind != "grant" or self.supersedes_id:
            raise UserError(self.env._("The order is signed: it stays as it is."))
        waiting = self.env["benefit.application"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("state", "=", "registered"),
                ("order_id", "=", False),
                ("proposal_ground", "=", False),
            ]
        )
        ready = waiting.filtered(lambda one: not one._get_order_problem())
        if not ready:
            raise UserError(
                self.env._("No registered application with all documents is waiting.")
            )
        ready._lock()
        ready.sudo().order_id = self  # sudo: only a step puts them on an order
        self._uncheck()

    def action_print(self):
        return self._get_print_action("order")

    def action_print_extract(self):
        return self._get_print_action("extract")

    def action_cancel(self):
        """Take everything off a draft and delete it."""
        self.check_access("write")
        if any(order.state == "signed" for order in self):
            raise UserError(self.env._("The order is signed: it stays as it is."))
        self.application_ids.action_take_off_order()
        # sudo: only steps put ends on an order and take them off
        self.end_ids.sudo()._set_order(self.browse())
        # sudo: nobody deletes orders but by this button, and drafts only
        self.sudo().unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_benefits.benefit_order_action"
        )

    def _get_print_action(self, form):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/{form}/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _uncheck(self):
        """A changed order has to be checked anew."""
        checked = self.filtered(lambda order: order.state == "checked")
        # sudo: only this step takes a check back
        checked.sudo().write({"state": "draft", "checked_by_id": False})

    def _sign(self):
        self.ensure_one()
        self.check_access("write")
        (self.application_ids | self.supersedes_id.application_id)._check_decider()
        self._check_signer()
        self.env.execute_query(
            SQL("SELECT id FROM benefit_order WHERE id = %s FOR NO KEY UPDATE", self.id)
        )
        self.invalidate_recordset(["state", "number"])
        if self.state == "signed":
            raise UserError(self.env._("The order is signed already."))
        self.application_ids._lock()
        if problem := self._get_problem():
            raise UserError(problem)
        day = self.env["school.calendar"]._local_date(self.school_id)
        # sudo: only this step signs
        self.sudo().write(
            {
                "number": self._take_number(day),
                "date": day,
                "state": "signed",
                "signed_by_id": self.env.uid,
                "signed_at": fields.Datetime.now(),
            }
        )
        if self.supersedes_id:
            self.supersedes_id.application_id._decide_anew(
                self.supersedes_id,
                "granted",
                self.reason,
                effective_on=self.effective_on,
                order=self,
            )
        elif self.kind == "grant":
            applications = self.application_ids
            decisions = self.env["benefit.decision"]._decide(
                applications, "granted", day, order_id=self.id
            )
            decisions._grant()
            open_requests = applications.request_ids.filtered(
                lambda one: one.state in ("draft", "sent")
            )
            open_requests._cancel()
            applications._close_deadlines("register", "decide", "order")
        else:
            self.env["benefit.notice"]._create_for_ends(self.end_ids, day)

    def _check_signer(self):
        user = self.env.user
        # sudo: who works at a school, whoever asks
        if (
            not user.has_group("school_meal_base.group_head")
            or self.school_id not in user.sudo().school_ids
        ):
            raise AccessError(
                self.env._(
                    "Only the head of the school, or a deputy with this role there,"
                    " signs its orders."
                )
            )

    def _take_number(self, day):
        """Return the number given, or the next free one of the year."""
        if given := (self.given_number or "").strip():
            return given
        while True:
            # sudo: the counter of a school is kept by code only
            [number] = self.env["benefit.journal"]._take_numbers(
                self.school_id.sudo(), day.year, kind="order"
            )
            text = f"{number}-П"
            taken = self.search_count(
                [
                    ("school_id", "=", self.school_id.id),
                    ("number", "=", text),
                    ("date", ">=", day.replace(month=1, day=1)),
                    ("date", "<=", day.replace(month=12, day=31)),
                ]
            )
            if not taken:
                return text

    def _get_problem(self):
        """Return why the order cannot be signed by the user, a sentence, or None."""
        _ = self.env._
        # sudo: a setting of the school
        if self.school_id.sudo().benefit_check_required:
            if self.prepared_by_id == self.env.user:
                return _("You prepared this order: another person has to sign it.")
            if self.state != "checked" or not self.checked_by_id:
                return _("A second person has to check the order first.")
            if self.checked_by_id == self.prepared_by_id:
                return _("Who prepared the order also checked it: check it anew.")
            if self.checked_by_id == self.env.user:
                return _("You checked this order: another person has to sign it.")
        return self._get_content_problem()

    def _get_content_problem(self):
        """Return what is wrong with the contents, a sentence, or None."""
        _ = self.env._
        if self.kind == "end":
            if any(self.end_ids.mapped("revoked_at")):
                return _("An end on the order is revoked. Delete the draft.")
            return None if self.end_ids else _("The order ends nothing.")
        if self.supersedes_id:
            return self.supersedes_id._get_anew_problem(self.effective_on)
        if not self.application_ids:
            return _("There are no applications on the order.")
        for application in self.application_ids:
            if application.state != "registered" or (
                application.school_id != self.school_id
            ):
                problem = _("it is not a registered application of the school.")
            elif application._get_deciding_school() != self.school_id:
                problem = _(
                    "the child goes to another school now, whose head decides. Withdraw"
                    " it, and let that school take in the application."
                )
            else:
                problem = application._get_grant_problem()
                problem = problem or application._get_category_problem()
            if problem:
                return f"{application.display_name}: {problem}"
        return None

    @api.model
    def _sign_anew(self, school, day, number=False):
        """Return a signed order for a decision that supersedes another one."""
        # sudo: an order signed with the decision itself, by the head who decides
        order = self.sudo().create(
            {"school_id": school.id, "given_number": number or False}
        )
        order.write(
            {
                "number": order._take_number(day),
                "date": day,
                "state": "signed",
                "signed_by_id": self.env.uid,
                "signed_at": fields.Datetime.now(),
            }
        )
        return order.sudo(self.env.su)

    @api.model
    def _prepare_anew(self, decision, reason, effective_on, number=False):
        """Return a draft order that supersedes a decision: where a school wants four
        eyes, it is checked and signed as any other."""
        # sudo: only the wizard of the head prepares it; its steps are not written
        waiting = self.sudo().search_count(
            [("supersedes_id", "=", decision.id), ("state", "!=", "signed")]
        )
        if waiting:
            raise UserError(
                self.env._("An order on this decision waits to be checked already.")
            )
        order = self.sudo().create(
            {
                "school_id": decision.application_id._get_deciding_school().id,
                "given_number": number or False,
                "supersedes_id": decision.id,
                "effective_on": effective_on,
                "reason": reason,
            }
        )
        return order.sudo(self.env.su)
