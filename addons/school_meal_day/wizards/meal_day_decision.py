from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import day_closing
from ..models.meal_day_exception import DECISIONS


class MealDayDecision(models.TransientModel):
    """A decision about exceptions with a note, or with the student behind a card."""

    _name = "meal.day.decision"
    _description = "Decision about Exceptions"

    exception_ids = fields.Many2many("meal.day.exception", readonly=True)
    outcome = fields.Selection(DECISIONS, "Decision")
    note = fields.Char()
    is_nameless = fields.Boolean(compute="_compute_is_nameless")
    school_id = fields.Many2one("school.school", compute="_compute_is_nameless")
    student_id = fields.Many2one(
        "school.student",
        domain="[('school_id', '=', school_id)]",
        help="Who took the portion: it is recorded as issued to this student.",
    )

    @api.depends("exception_ids")
    def _compute_is_nameless(self):
        for wizard in self:
            exceptions = wizard.exception_ids
            wizard.school_id = exceptions.school_id[:1]
            wizard.is_nameless = len(exceptions) == 1 and exceptions.kind in (
                day_closing.UNKNOWN_CARD,
                day_closing.GUEST,
            )

    def action_decide(self):
        self.ensure_one()
        if self.is_nameless and self.student_id:
            self.exception_ids._name_student(self.student_id)
        elif self.outcome:
            self.exception_ids._decide(self.outcome, self.note)
        else:
            raise UserError(self.env._("Choose a decision."))
        return {"type": "ir.actions.act_window_close"}
