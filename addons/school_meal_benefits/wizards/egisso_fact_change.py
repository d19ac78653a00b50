from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import EGISSO_KINDS
from ..domain.egisso import facts

#: Changes that no end of an entitlement makes by itself.
CHANGES = [row for row in EGISSO_KINDS if row[0] != facts.FACT]
NEEDS_FINISH = (*facts.TERMINATIONS, "death_or_moving", "previous_errors")
NEEDS_AMOUNT = ("recalculation", "death_or_moving", "previous_errors")


class EgissoFactChange(models.TransientModel):
    """Tells the register of a change of an assignment that it has accepted."""

    _name = "egisso.fact.change"
    _description = "Change of a Fact in EGISSO"

    fact_id = fields.Many2one("egisso.fact", "Assignment", required=True)
    student_id = fields.Many2one(related="fact_id.student_id")
    currency_id = fields.Many2one(related="fact_id.currency_id")
    kind = fields.Selection(CHANGES, "Change", required=True, default="recalculation")
    decision_date = fields.Date(
        "Decided on", required=True, default=fields.Date.context_today
    )
    date_finish = fields.Date(
        "Last day", compute="_compute_values", store=True, readonly=False
    )
    quantity = fields.Float(
        compute="_compute_values", store=True, readonly=False, digits=(16, 3)
    )
    amount = fields.Monetary(
        "Roubles", compute="_compute_values", store=True, readonly=False
    )

    @api.depends("fact_id", "kind")
    def _compute_values(self):
        for change in self:
            corrects = change.kind == "previous_errors"
            needs_amount = change.kind in NEEDS_AMOUNT
            change.date_finish = corrects and change.fact_id.date_finish
            change.quantity = corrects and change.fact_id.quantity
            change.amount = needs_amount and change.fact_id.amount

    def action_tell(self):
        """Make the row of the change; it goes out with the next packages."""
        self.ensure_one()
        fact = self.fact_id
        fact.check_access("write")
        if fact.kind != facts.FACT or fact.state != "accepted":
            raise UserError(
                self.env._(
                    "Only what the register has accepted is changed. Correct the"
                    " student or the measure and press “Check again” instead."
                )
            )
        if self.kind in facts.TERMINATIONS and self.date_finish:
            self._check_last_day(fact)
        fact = fact.sudo()  # sudo: rows are made by code only
        row = fact.create(
            {
                **fact._prepare_event(self.kind, self.decision_date),
                "date_finish": self.kind in NEEDS_FINISH and self.date_finish,
                "quantity": self.quantity,
                "amount": self.amount,
            }
        )
        row._check()
        return {
            "type": "ir.actions.act_window",
            "res_model": "egisso.fact",
            "res_id": row.id,
            "view_mode": "form",
        }

    def _check_last_day(self, fact):
        told = fact.sudo()._get_last_told()  # sudo: what was told is a fact
        if told.kind in facts.TERMINATIONS:
            raise UserError(
                self.env._(
                    "The register was told already that this ends. Take that back as a"
                    " correction of an error first."
                )
            )
        if self.date_finish < fact.date_start:
            raise UserError(
                self.env._(
                    "The last day is before the first. What never was in force is told"
                    " as “Removed: loaded by mistake”."
                )
            )
