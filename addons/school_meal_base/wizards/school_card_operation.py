from odoo import api, fields, models
from odoo.exceptions import UserError


class SchoolCardOperation(models.TransientModel):
    """One operation on cards with its reason, for the history."""

    _name = "school.card.operation"
    _description = "Card Operation"

    card_ids = fields.Many2many("school.card", string="Cards", required=True)
    operation = fields.Selection(
        [
            ("activate", "Activate"),
            ("block", "Block"),
            ("unblock", "Unblock or found again"),
            ("lost", "Report lost"),
            ("reissue", "Order a new card"),
        ],
        required=True,
    )
    reason = fields.Char()
    waive_fee = fields.Boolean("Free of charge")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    fee = fields.Monetary(compute="_compute_fee")

    @api.depends("card_ids", "operation", "waive_fee")
    def _compute_fee(self):
        for wizard in self:
            due = 0 if wizard.waive_fee else sum(map(self._fee_of, wizard.card_ids))
            wizard.fee = due if wizard.operation == "activate" else 0

    def action_apply(self):
        """Do the operation; all cards or none."""
        self.ensure_one()
        self.card_ids.check_access("write")
        if self.operation != "activate" and not (self.reason or "").strip():
            raise UserError(
                self.env._("Give the reason: it stays in the history of the card.")
            )
        if self.operation == "activate":
            self._activate()
        elif self.operation == "reissue":
            return self._reissue()
        elif self.operation == "block":
            self.card_ids._block(self.reason)
        elif self.operation == "unblock":
            self.card_ids._unblock(self.reason)
        else:
            self.card_ids._report_lost(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _activate(self):
        if self.waive_fee and not (self.reason or "").strip():
            raise UserError(self.env._("Say why the fee is not charged."))
        for card in self.card_ids:
            card._activate(waive_reason=self.reason if self.waive_fee else None)

    def _reissue(self):
        new = self.env["school.card"]
        for card in self.card_ids:
            new |= card._reissue(self.reason)
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("New cards"),
            "res_model": "school.card",
            "domain": [("id", "in", new.ids)],
        }
        if len(new) == 1:
            return {**action, "res_id": new.id, "views": [(False, "form")]}
        return {**action, "views": [(False, "list"), (False, "form")]}

    @staticmethod
    def _fee_of(card):
        return 0 if card.activated_at else card._get_fee()
