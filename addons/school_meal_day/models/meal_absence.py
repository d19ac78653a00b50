from odoo import fields, models

from ..const import ABSENCE_REASONS, ABSENCE_SOURCES


class MealAbsence(models.Model):
    """A student is not at school, as reported by somebody, for a span of days.

    What was reported stays: a mistake is withdrawn, never deleted.
    """

    _name = "meal.absence"
    _description = "Reported Absence"
    _order = "date_from desc, id desc"

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", index=True, ondelete="restrict")
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date("To", required=True, index=True)
    reason = fields.Selection(ABSENCE_REASONS, required=True, default="unknown")
    note = fields.Char("Basis", help="Number of the note or certificate.")
    source = fields.Selection(ABSENCE_SOURCES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Reported by", readonly=True)
    reported_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    withdrawn_at = fields.Datetime(readonly=True)
    withdrawn_by_id = fields.Many2one("res.users", "Withdrawn by", readonly=True)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "An absence cannot end before it begins."
    )
    _valid_idx = models.Index(
        "(school_id, date_from, date_to) WHERE withdrawn_at IS NULL"
    )
