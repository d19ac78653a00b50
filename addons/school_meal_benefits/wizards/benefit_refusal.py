from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import REFUSAL_GROUNDS


class BenefitRefusal(models.TransientModel):
    """The head refuses an application, on the grounds of item 7 and no others."""

    _name = "benefit.refusal"
    _description = "Refusal of an Application"

    application_id = fields.Many2one(
        "benefit.application", required=True, readonly=True
    )
    ground = fields.Selection(
        REFUSAL_GROUNDS,
        "Ground",
        required=True,
        compute="_compute_ground",
        store=True,
        readonly=False,
        precompute=True,
    )
    problem = fields.Text("Why it cannot be refused", compute="_compute_problem")
    missing = fields.Text("Documents not provided", compute="_compute_problem")
    explanation = fields.Text(help="Printed in the letter to the applicant.")

    @api.depends("application_id")
    def _compute_ground(self):
        for wizard in self:
            wizard.ground = wizard.application_id.proposal_ground or "documents"

    @api.depends("application_id", "ground")
    def _compute_problem(self):
        for wizard in self:
            application = wizard.application_id
            wizard.problem = application._get_refusal_problem(wizard.ground) or False
            wizard.missing = "\n".join(application._get_missing_names())

    def action_refuse(self):
        self.ensure_one()
        application = self.application_id
        application.check_access("write")
        decision = application._refuse(self.ground, self.explanation)
        return decision.notice_ids._get_records_action(
            name=self.env._("Notice of the refusal")
        )

    def action_propose(self):
        """The person responsible proposes the refusal to the head."""
        self.ensure_one()
        application = self.application_id
        if problem := application._get_refusal_problem(self.ground):
            raise UserError(problem)
        application.proposal_ground = self.ground
