from odoo import fields, models


class MealDayPart(models.Model):
    """What one source pays of a frozen portion, and its entry in the ledger.

    ``transfer_uuid`` is the key of the ledger's transfer, which makes the booking
    repeatable: a part is paid once, whatever happens in between.
    """

    _name = "meal.day.part"
    _description = "Part of a Portion's Price"
    _order = "line_id, id"
    _log_access = False

    line_id = fields.Many2one(
        "meal.day.line", required=True, index=True, readonly=True, ondelete="restrict"
    )
    source_id = fields.Many2one(
        "meal.funding.source", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    transfer_uuid = fields.Char(required=True, readonly=True)

    _source_uniq = models.Constraint(
        "UNIQUE (line_id, source_id)", "A source pays a portion once."
    )
    _transfer_uniq = models.Constraint(
        "UNIQUE (transfer_uuid)", "An entry pays one part."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0 AND min_scale(amount) <= 2)",
        "A part is positive and in whole kopecks.",
    )
