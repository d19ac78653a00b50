from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models


class MealDayUsual(models.TransientModel):
    """Shows what is usually decided about a day's exceptions, to be confirmed."""

    _name = "meal.day.usual"
    _description = "Usual Outcomes of a Day"

    day_id = fields.Many2one("meal.day", required=True, readonly=True)
    exception_ids = fields.Many2many(
        "meal.day.exception",
        default=lambda self: self._get_undecided(),
        help="What is confirmed is what was shown, not what came meanwhile.",
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    usual_count = fields.Integer(compute="_compute_summary")
    left_count = fields.Integer("To be decided one by one", compute="_compute_summary")

    @api.depends("exception_ids")
    def _compute_summary(self):
        Exception_ = self.env["meal.day.exception"]
        kinds = dict(Exception_._fields["kind"]._description_selection(self.env))
        outcomes = dict(Exception_._fields["outcome"]._description_selection(self.env))
        for wizard in self:
            undecided = wizard.exception_ids
            usual = undecided.filtered("usual_outcome")
            counts = Counter((each.kind, each.usual_outcome) for each in usual)
            wizard.usual_count = len(usual)
            wizard.left_count = len(undecided - usual)
            wizard.summary = Markup(
                '<table class="table table-sm"><tbody>%s</tbody></table>'
            ) % Markup("").join(
                Markup("<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>")
                % (kinds[kind], count, outcomes[outcome])
                for (kind, outcome), count in counts.items()
            )

    @api.model
    def _get_undecided(self):
        day = self.env["meal.day"].browse(self.env.context.get("default_day_id"))
        return day.exception_ids.filtered(lambda e: not e.outcome)

    def action_apply(self):
        """Decide what is shown (button)."""
        self.ensure_one()
        shown = self.exception_ids.exists().filtered(lambda e: not e.outcome)
        shown.filtered("usual_outcome").action_usual()
        return {"type": "ir.actions.act_window_close"}

    def action_apply_and_close(self):
        """Decide what is shown and close the day (button)."""
        self.action_apply()
        self.day_id._close()
        return {"type": "ir.actions.act_window_close"}
