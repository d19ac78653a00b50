from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import peer_checks


class MealIncident(models.Model):
    """Findings of the checks that peers run are incidents, too, with their rows."""

    _inherit = "meal.incident"

    has_rows = fields.Boolean(compute="_compute_has_rows")

    # === COMPUTE METHODS === #

    @api.depends("details")
    def _compute_has_rows(self):
        for incident in self:
            incident.has_rows = bool((incident.details or {}).get("model"))

    # === ACTION METHODS === #

    def action_open_rows(self):
        """Show the records of the finding to those who may read them."""
        self.ensure_one()
        self.check_access("read")
        details = self.details or {}
        model = details.get("model")
        if not model or details.get("kind") not in peer_checks.KINDS:
            raise UserError(self.env._("This incident has no rows to show."))
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.summary,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": details["domain"],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _kind_names(self):
        """Override of `school_meal_base` to name the checks of the meal days."""
        _ = self.env._
        return {
            **super()._kind_names(),
            "orders": _("Meal orders"),
            peer_checks.OVER_PRESENT: _("More portions than children present"),
            peer_checks.FULL_ISSUE: _("Whole class fed on a day with absences"),
            peer_checks.DUPLICATE: _("Fed twice"),
            peer_checks.OUTSIDE_HOURS: _("Issued outside serving hours"),
            peer_checks.BACKDATED: _("Changed after the fact"),
            peer_checks.REFUNDS: _("Unusual refunds"),
            peer_checks.NOT_FED: _("Present and not fed"),
            "day_price": _("Closed days: parts and prices"),
            "day_entry": _("Closed days: ledger entries"),
            "day_stray": _("Closed days: entries without a portion"),
            "day_revision": _("Closed days: revisions"),
            "day_order": _("Closed days: orders changed afterwards"),
            "day_unfounded": _("Closed days: charges without a ground"),
            "day_tariff": _("Closed days: prices changed afterwards"),
            "day_late": _("Closed days: late events"),
            "day_issued": _("Closed days: issued without an order"),
        }
