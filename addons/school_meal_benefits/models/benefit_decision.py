from odoo import fields, models

from ..const import REFUSAL_GROUNDS, RESULTS


class BenefitDecision(models.Model):
    """What the head decided on an application: never edited, superseded by another.

    `checklist` and `facts` are what was known then (JSON): the auditors see the papers
    as they lay on the table, whatever happened to the records since.
    """

    _name = "benefit.decision"
    _description = "Decision on a Benefit"
    _inherit = ["meal.frozen.mixin"]
    _order = "id desc"

    application_id = fields.Many2one(
        "benefit.application",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict", readonly=True
    )
    # where it was decided, wherever the student is now
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict", readonly=True
    )
    category_id = fields.Many2one(
        "benefit.category", required=True, ondelete="restrict", readonly=True
    )
    result = fields.Selection(RESULTS, required=True, readonly=True)
    date = fields.Date("Decided on", required=True, readonly=True)
    effective_on = fields.Date(
        "With effect from",
        readonly=True,
        help="When it differs from what the start rule gives, with the reason.",
    )
    refusal_ground = fields.Selection(REFUSAL_GROUNDS, readonly=True)
    explanation = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Decided by", required=True, readonly=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "benefit.order", index="btree_not_null", ondelete="restrict", readonly=True
    )
    supersedes_id = fields.Many2one(
        "benefit.decision",
        "Supersedes",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    superseded_by_ids = fields.One2many("benefit.decision", "supersedes_id")
    entitlement_ids = fields.One2many("benefit.entitlement", "decision_id")
    notice_ids = fields.One2many("benefit.notice", "decision_id")
    checklist = fields.Json(readonly=True)
    facts = fields.Json(readonly=True)

    _refusal_with_ground = models.Constraint(
        "CHECK ((result = 'refused') = (refusal_ground IS NOT NULL))",
        "A refusal names its ground, and only a refusal does.",
    )
    _granted_by_order = models.Constraint(
        "CHECK (result <> 'granted' OR order_id IS NOT NULL)",
        "A benefit is granted by an order.",
    )
    _first_uniq = models.UniqueIndex(
        "(application_id) WHERE supersedes_id IS NULL",
        "The application is decided: supersede its decision.",
    )
    _superseded_once = models.UniqueIndex(
        "(supersedes_id) WHERE supersedes_id IS NOT NULL",
        "The decision is superseded already.",
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER benefit_decision_frozen
            BEFORE UPDATE OR DELETE ON benefit_decision
            FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
                'A decision is never changed: supersede it by another one.');
            CREATE OR REPLACE TRIGGER benefit_decision_kept
            BEFORE TRUNCATE ON benefit_decision
            FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
                'A decision is never changed: supersede it by another one.');
            """
        )

    def _frozen_message(self):
        return self.env._("A decision is never changed: supersede it by another one.")
