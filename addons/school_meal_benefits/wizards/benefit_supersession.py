from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import REFUSAL_GROUNDS, RESULTS


class BenefitSupersession(models.TransientModel):
    """The head decides anew on a decided application; both decisions stay."""

    _name = "benefit.supersession"
    _description = "Another Decision on an Application"

    decision_id = fields.Many2one("benefit.decision", required=True, readonly=True)
    application_id = fields.Many2one(related="decision_id.application_id")
    result = fields.Selection(
        RESULTS,
        "New decision",
        required=True,
        compute="_compute_result",
        store=True,
        readonly=False,
        precompute=True,
    )
    refusal_ground = fields.Selection(REFUSAL_GROUNDS, "Ground")
    void_document_ids = fields.Many2many(
        "benefit.application.document",
        string="Documents that are not in order",
        domain="[('application_id', '=', application_id)]",
        help="They count as not brought from now on.",
    )
    is_unauthorised = fields.Boolean(
        "The applicant may not act for the child",
        help="It turned out so: item 7.2.",
    )
    effective_on = fields.Date(
        "With effect from",
        help="Empty: by the start rule of the category. Days in the past are"
        " calculated anew.",
    )
    explanation = fields.Text("Why", required=True)
    order_number = fields.Char(
        "Number of the order", help="Empty: the next one of the journal."
    )
    problem = fields.Text(compute="_compute_problem")

    @api.depends("decision_id")
    def _compute_result(self):
        for wizard in self:
            granted = wizard.decision_id.result == "granted"
            wizard.result = "refused" if granted else "granted"

    @api.depends(
        "result",
        "refusal_ground",
        "decision_id",
        "void_document_ids",
        "is_unauthorised",
        "effective_on",
    )
    def _compute_problem(self):
        for wizard in self:
            wizard.problem = wizard._get_problem() or False

    def action_decide(self):
        self.ensure_one()
        application = self.application_id
        # the head of the school to which the child has moved reads it only
        application.check_access("read")
        application._check_decider()
        if problem := self._get_problem():
            raise UserError(problem)
        if not self.explanation.strip():
            raise UserError(self.env._("Say why it is decided anew."))
        if self.result == "refused":
            application._record_findings(*self._get_findings())
        # sudo: a setting of the school
        if self.result == "granted" and (
            application._get_deciding_school().sudo().benefit_check_required
        ):
            order = self.env["benefit.order"]._prepare_anew(
                self.decision_id,
                self.explanation.strip(),
                self.effective_on,
                self.order_number,
            )
            return order._get_records_action(name=self.env._("Order"))
        decision = application._decide_anew(
            self.decision_id,
            self.result,
            self.explanation.strip(),
            ground=self.refusal_ground if self.result == "refused" else False,
            effective_on=self.effective_on,
            order_number=self.order_number,
        )
        return decision._get_records_action(name=self.env._("Decision"))

    def _get_problem(self):
        application = self.application_id
        if self.result == "granted":
            return self.decision_id._get_anew_problem(self.effective_on)
        if self.decision_id.superseded_by_ids:
            return self.env._("The decision is superseded already: open the last one.")
        if problem := self.decision_id._get_day_problem(self.effective_on):
            return problem
        if not self.refusal_ground:
            return self.env._("Choose one of the two grounds of item 7.")
        if self.decision_id.result == "refused":
            return self.env._("The application is refused already.")
        return application._get_refusal_problem(
            self.refusal_ground, *self._get_findings()
        )

    def _get_findings(self):
        """Return the rows that turned out wrong and whether the applicant may not act,
        as far as the ground chosen is about them."""
        rows = self.void_document_ids._origin
        if self.refusal_ground != "documents":
            rows = rows.browse()
        if rows.application_id - self.application_id:
            raise UserError(self.env._("The document is of another application."))
        return rows, self.refusal_ground == "authority" and self.is_unauthorised
