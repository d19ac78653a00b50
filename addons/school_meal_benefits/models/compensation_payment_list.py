from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from ..const import LIST_STATES

#: What is entered before a list is sent; all else its buttons write.
ENTERED = frozenset({"date", "journal_id", "school_ids", "month", "kbk", "company_id"})


class CompensationPaymentList(models.Model):
    """Payments of compensation to be sent to the bank together (items 26, 27).

    A list takes everything that is approved and due up to a month taught; a line in the
    way of which something is, waits for the next list and the others are paid.
    """

    _name = "compensation.payment.list"
    _description = "Payment List of Compensation"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Pay on", required=True, default=fields.Date.context_today, tracking=True
    )
    month = fields.Date(
        "Months taught up to",
        required=True,
        default=lambda self: self.env["compensation.month"].default_get(["month"])[
            "month"
        ],
    )
    school_ids = fields.Many2many(
        "school.school",
        string="Schools",
        domain="[('company_id', '=', company_id)]",
        help="Empty: all schools of the municipality.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Paid from",
        required=True,
        check_company=True,
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    kbk = fields.Char(
        "KBK",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
        help="Twenty characters of the budget classification; stands before the"
        " purpose of each payment order.",
    )
    state = fields.Selection(
        LIST_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    due_date = fields.Date(
        "To be paid by",
        compute="_compute_due_date",
        help="The working day by which money of the latest month is sent (item 27).",
    )
    is_late = fields.Boolean("Late", compute="_compute_due_date")
    payment_ids = fields.One2many(
        "compensation.payment", "list_id", "Payments", readonly=True
    )
    payment_count = fields.Integer("Number of payments", compute="_compute_totals")
    amount = fields.Monetary("Total", compute="_compute_totals")
    returned_amount = fields.Monetary("Returned", compute="_compute_totals")
    waiting = fields.Text(
        "Not paid by this list", readonly=True, copy=False, tracking=False
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "This number is taken."
    )

    # === CONSTRAINTS === #

    @api.constrains("kbk")
    def _check_kbk(self):
        for each in self.filtered("kbk"):
            if len(each.kbk) != 20 or not each.kbk.isalnum():
                raise ValidationError(
                    self.env._("A KBK has twenty digits or letters. Check it.")
                )

    # === COMPUTE METHODS === #

    @api.depends("name", "date")
    def _compute_display_name(self):
        for each in self:
            number = each.name or self.env._("new")
            each.display_name = self.env._("Payment list %s", number)

    @api.depends("company_id")
    def _compute_journal_id(self):
        for each in self:
            last = self.search(
                [("company_id", "=", each.company_id.id), ("state", "!=", "draft")],
                limit=1,
            )
            each.kbk = last.kbk
            each.journal_id = last.journal_id or self.env["account.journal"].search(
                [("company_id", "=", each.company_id.id), ("type", "=", "bank")],
                limit=1,
            )

    @api.depends("payment_ids", "date")
    def _compute_due_date(self):
        for each in self:
            dates = each.payment_ids.line_ids.month_id.filtered("due_date")
            each.due_date = max(dates.mapped("due_date"), default=False)
            each.is_late = bool(each.due_date) and each.date > each.due_date

    @api.depends("payment_ids.amount", "payment_ids.state")
    def _compute_totals(self):
        for each in self:
            payments = each.payment_ids
            each.payment_count = len(payments)
            each.amount = sum(payments.mapped("amount"))
            returned = payments.filtered(lambda payment: payment.state == "returned")
            each.returned_amount = sum(returned.mapped("amount"))

    # === CRUD === #

    def write(self, vals):
        if not self.env.su and vals.keys() & set(self._fields) - self._chatter():
            if vals.keys() - ENTERED - self._chatter():
                raise UserError(
                    self.env._("A payment list is changed by its buttons only.")
                )
            self._check_draft()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self = self.with_context(clean_context(self.env.context))
            vals_list = [
                {name: vals[name] for name in vals if name in ENTERED}
                for vals in vals_list
            ]
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        self._check_draft()
        self._release()

    @api.model
    def _chatter(self):
        return set(self.env["mail.thread"]._fields)

    # === ACTIONS === #

    def action_fill(self):
        """Take what is approved and due (button)."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.check_access("write")
        self.sudo()._fill()  # sudo: payments are made here only

    def action_send(self):
        """Number the orders, post the payments, make the files (button)."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.check_access("write")
        self.sudo()._send(self.env.user)  # sudo: as above

    def action_confirm(self):
        """The bank has credited all payments that did not come back (button)."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.check_access("write")
        self.sudo()._confirm()  # sudo: as above

    def action_read_answer(self):
        """Read the bank's answer to the registry (button)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer of the bank"),
            "res_model": "compensation.bank.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_list_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _check_draft(self):
        if self.filtered(lambda each: each.state != "draft"):
            raise UserError(
                self.env._(
                    "The list was sent to the bank: it is never changed. Make another."
                )
            )

    def _release(self):
        """Give the lines back: another list may take them."""
        # sudo: lines are nobody's to write; the caller checked the list
        payments = self.sudo().payment_ids
        payments.line_ids.write({"state": "due"})
        payments.unlink()

    def _fill(self):
        self.lock_for_update(allow_referencing=True)
        self._check_draft()
        self._release()
        lines = self._find_due_lines()
        lines.lock_for_update(allow_referencing=True)
        lines._refresh_payees()
        payments, waiting = [], []
        for student, own in lines.grouped("student_id").items():
            reason = self._get_waiting_reason(own)
            if reason:
                waiting.append(f"{student.name}: {reason}")
            else:
                payments.append(self._prepare_payment(student, own))
        self.env["compensation.payment"].create(payments)
        self.payment_ids.line_ids.write({"state": "listed"})
        self.waiting = "\n".join(waiting) or False

    def _find_due_lines(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "due"),
            ("month_id.month", "<=", self.month),
        ]
        if self.school_ids:
            domain.append(("school_id", "in", self.school_ids.ids))
        return self.env["compensation.line"].search(domain, order="period, id")

    def _get_waiting_reason(self, lines):
        problem = next(filter(None, lines.mapped("problem")), None)
        if problem:
            return problem
        if self.currency_id.compare_amounts(sum(lines.mapped("amount")), 0) <= 0:
            return self.env._(
                "too much was paid before, it is taken off the next months."
            )
        return None

    def _prepare_payment(self, student, lines):
        return {
            "list_id": self.id,
            "student_id": student.id,
            "school_id": lines[-1:].school_id.id,
            "company_id": self.company_id.id,
            "partner_id": lines[-1:].partner_id.id,
            "bank_account": lines[-1:].bank_account,
            "bank_bic": lines[-1:].bank_bic,
            "line_ids": lines.ids,
            "amount": self.currency_id.round(sum(lines.mapped("amount"))),
        }

    def _send(self, user):
        self.lock_for_update(allow_referencing=True)
        self._check_draft()
        if not self.payment_ids:
            raise UserError(
                self.env._("Nothing is due: approve the month, then fill the list.")
            )
        if not all(payment._is_up_to_date() for payment in self.payment_ids):
            raise UserError(
                self.env._("Bank details or lines have changed: fill the list again.")
            )
        sequence = self.env["ir.sequence"].with_company(self.company_id)
        for payment in self.payment_ids.sorted(lambda each: each.student_id.name):
            number = int(sequence.next_by_code("compensation.payment"))
            payment.number = number
            payment.write({"payment_id": payment._post().id, "state": "sent"})
        self.write(
            {
                "name": sequence.next_by_code("compensation.payment.list"),
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "sent_by_id": user.id,
            }
        )

    def _confirm(self):
        if self.state == "draft":
            raise UserError(self.env._("Send the list to the bank first."))
        self.payment_ids._confirm()
        self.state = "done"

    def _update_done(self):
        """A list is done when the bank has answered on each of its payments."""
        for each in self:
            states = set(each.payment_ids.mapped("state"))
            if each.state == "sent" and states <= {"paid", "returned"}:
                each.state = "done"
