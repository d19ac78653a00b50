from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..domain import compensation

#: Kinds of `meal.gl.mapping`: what compensation costs, and what parents are owed.
COST, OWED = "compensation_cost", "compensation"


class CompensationMonth(models.Model):
    """Approval: days are frozen, and what is due is accrued in the general ledger."""

    _inherit = "compensation.month"

    def _approve(self):
        self.ensure_one()
        # sudo: state and lines are written here only; the caller checked the user
        month = self.sudo()
        month.lock_for_update(allow_referencing=True)
        month._check_approvable(self.env.user)
        month.line_ids._refresh_payees()
        month.line_ids._freeze()
        month._post_accrual()
        month.write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )
        month._update_paid()

    def _check_approvable(self, user):
        if self.state != "calculated":
            raise UserError(
                self.env._("Calculate %s before it is approved.", self.display_name)
            )
        if user == self.calculated_by_id:
            raise UserError(
                self.env._(
                    "You calculated %s: somebody else approves it, the head of the"
                    " school or another accountant.",
                    self.display_name,
                )
            )
        _first, last = compensation.month_bounds(self.month)
        if self.env["school.calendar"]._local_date(self.school_id) <= last:
            raise UserError(
                self.env._("The month is not over: it is approved afterwards.")
            )
        if self.calculated_at.date() <= last:
            raise UserError(
                self.env._(
                    "%s was calculated before it was over: calculate it again.",
                    self.display_name,
                )
            )
        self._check_in_order()
        if not self._is_up_to_date():
            raise UserError(
                self.env._(
                    "Something has changed since %s was calculated, for example a"
                    " certificate came: calculate it again.",
                    self.display_name,
                )
            )

    def _check_in_order(self):
        earlier = self.search(
            [
                ("school_id", "=", self.school_id.id),
                ("month", "<", self.month),
                ("state", "in", ("draft", "calculated")),
            ],
            order="month",
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._("Approve %s first.", earlier.display_name),
            )

    # === GENERAL LEDGER === #

    def _post_accrual(self):
        """Make the journal entry: cost of the school against what parents are owed,
        one item per line so that its payment settles it."""
        lines = self.line_ids.filtered("amount")
        if not lines:
            return
        company = self.company_id
        cost, owed = (self._get_gl_account(kind) for kind in (COST, OWED))
        _first, last = compensation.month_bounds(self.month)
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "date": self._get_open_date(last),
                    "journal_id": company.meal_journal_id.id,
                    "ref": self.env._("Compensation: %s", self.display_name),
                    "line_ids": [
                        Command.create(self._prepare_cost_item(cost, lines)),
                        *(
                            Command.create(self._prepare_owed_item(owed, line))
                            for line in lines
                        ),
                    ],
                }
            )
        )
        move._post(soft=False)
        self.move_id = move
        items = move.line_ids.filtered(lambda item: item.account_id == owed)
        for line, item in zip(lines, items.sorted("id"), strict=True):
            line.move_line_id = item

    def _prepare_cost_item(self, account, lines):
        analytic = self.school_id.analytic_account_id
        balance = sum(lines.mapped("amount"))
        return {
            "name": self.env._("Compensation instead of meals"),
            "account_id": account.id,
            "balance": self.currency_id.round(balance),
            "analytic_distribution": {str(analytic.id): 100} if analytic else False,
        }

    def _prepare_owed_item(self, account, line):
        return {
            # no name of a child in the ledger
            "name": self.env._("Compensation for %s", f"{line.period:%m.%Y}"),
            "account_id": account.id,
            "partner_id": line.partner_id.id,
            "balance": -line.amount,
        }

    def _get_open_date(self, day):
        """Return the day, or the first after the period that is locked."""
        company = self.company_id
        locks = company._get_violated_lock_dates(day, False, company.meal_journal_id)
        return locks[-1][0] + timedelta(days=1) if locks else day

    def _get_gl_account(self, kind):
        mapping = self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.company_id.id), ("kind", "=", kind)]
        )
        if mapping and self.company_id.meal_journal_id:
            return mapping.account_id
        message = self.env._(
            "Choose the general ledger accounts of compensation in the ledger set-up"
            " first: its cost, and what parents are owed."
        )
        action = self.env.ref("school_meal_base.action_meal_ledger_setup")
        raise RedirectWarning(message, action.id, self.env._("Set up"))

    # === PAYMENT === #

    def _update_paid(self):
        """A month is paid when nothing of it is left to pay. What parents owe waits for
        a later month, if there is one, and keeps none open."""
        for month in self:
            if month.state not in ("approved", "paid"):
                continue
            is_paid = all(
                line.state in ("paid", "nothing") or line.amount < 0
                for line in month.line_ids
            )
            state = "paid" if is_paid else "approved"
            if month.state != state:
                month.state = state
            if is_paid:
                month.activity_ids.unlink()
