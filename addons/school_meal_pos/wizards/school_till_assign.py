from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.school_meal_base.const import (
    REASON_CORRECTION,
    REASON_OFFLINE_UNCOVERED,
)


class SchoolTillAssign(models.TransientModel):
    """Choice of the student who ate: a sale without network whose student the server
    does not know is charged to the till's suspense account until then."""

    _name = "school.till.assign"
    _description = "Find the Student of a Sale"

    incident_id = fields.Many2one("meal.incident", required=True, readonly=True)
    company_id = fields.Many2one(related="incident_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    receipt = fields.Char(compute="_compute_sale")
    sold_at = fields.Datetime(compute="_compute_sale")
    amount = fields.Monetary(compute="_compute_sale")
    dishes = fields.Char(compute="_compute_sale")
    account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        domain="[('kind', '=', 'student'), ('company_id', '=', company_id)]",
    )
    student_id = fields.Many2one(related="account_id.student_id")

    # === COMPUTE METHODS === #

    @api.depends("incident_id")
    def _compute_sale(self):
        for wizard in self:
            order, transfer = wizard._get_order(), wizard._get_transfer()
            wizard.receipt = order.pos_reference
            wizard.sold_at = transfer.occurred_at
            wizard.amount = transfer.amount
            wizard.dishes = ", ".join(
                f"{line.product_id.name} × {line.qty:g}" for line in order.lines
            )

    def _get_order(self):
        details = self.incident_id.details or {}
        # sudo: an accountant of meals need not work with the tills; the incident was
        # read with the user's rights.
        return self.env["pos.order"].sudo().browse(details.get("order_id")).exists()

    def _get_transfer(self):
        details = self.incident_id.details or {}
        # sudo: as above.
        transfers = self.env["meal.transfer"].sudo()
        return transfers.search([("uuid", "=", details.get("transfer_uuid"))], limit=1)

    # === ACTION METHODS === #

    def action_assign(self):
        """Charge the chosen account instead of suspense, and close the incident."""
        self.ensure_one()
        if not self.env.user.has_group("school_meal_base.group_accountant"):
            raise AccessError(
                self.env._("Only an accountant decides whose sale it was.")
            )
        self.incident_id.check_access("write")
        self.account_id.check_access("read")
        # sudo: only to hold the incident; whoever comes second is refused.
        self.incident_id.sudo().lock_for_update()
        if self.incident_id.state != "open":
            raise UserError(
                self.env._("This sale has been dealt with already. Refresh the page.")
            )
        if self.account_id.kind != "student" or (
            self.account_id.company_id != self.company_id
        ):
            raise UserError(
                self.env._("Choose the personal account of a student of this company.")
            )
        self._move_sale()
        self.incident_id.resolution = self.env._(
            "Charged to account %s.", self.account_id.number
        )
        self.incident_id.action_resolve()
        return {"type": "ir.actions.act_window_close"}

    def _move_sale(self):
        """Reverse the charge of the suspense account and charge the student's, both as
        facts of the same receipt: the journal entry of its session stays right."""
        sale, order = self._get_transfer(), self._get_order()
        if not sale or not order:
            raise UserError(
                self.env._("The receipt of this sale is not there any more.")
            )
        payments = self.env["pos.payment"]
        payment_uuid = self.incident_id.details["payment_uuid"]
        meta = {
            "source": (order._name, order.id),
            "school": sale.school_id,
            "business_date": sale.business_date,
        }
        ledger = self.env["meal.ledger"]
        ledger._reverse(
            sale.uuid,
            uuid=payments._meal_uuid(payment_uuid, "unassign"),
            kind="refund",
            reason=REASON_CORRECTION,
            **meta,
        )
        ledger._charge(
            self.account_id,
            round(sale.amount * 100),
            uuid=payments._meal_uuid(payment_uuid, "assign"),
            forced=True,
            reason=REASON_OFFLINE_UNCOVERED,
            occurred_at=sale.occurred_at,
            **meta,
        )
