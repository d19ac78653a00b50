from odoo import fields, models

from ..const import ORDER_KINDS, ORDER_STATES


class BenefitOrder(models.Model):
    """An order (приказ) of the head for one or many children.

    Signing it makes the decisions, all at once or none.
    """

    _name = "benefit.order"
    _description = "Order on Benefits"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "number"

    kind = fields.Selection(ORDER_KINDS, required=True, default="grant", readonly=True)
    number = fields.Char(readonly=True, copy=False)
    date = fields.Date("Dated", readonly=True, copy=False)
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    state = fields.Selection(
        ORDER_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    prepared_by_id = fields.Many2one(
        "res.users",
        "Prepared by",
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    checked_by_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, copy=False
    )
    signed_by_id = fields.Many2one("res.users", "Signed by", readonly=True, copy=False)
    signed_at = fields.Datetime(readonly=True, copy=False)
    application_ids = fields.One2many("benefit.application", "order_id", "Applications")
    decision_ids = fields.One2many("benefit.decision", "order_id", "Decisions")
    end_ids = fields.One2many("benefit.entitlement.end", "order_id", "Ends")
    note = fields.Text()

    _number_uniq = models.UniqueIndex(
        "(school_id, date_part('year', date), number) WHERE number IS NOT NULL",
        "The school already has an order with this number this year.",
    )
    _signed_complete = models.Constraint(
        "CHECK (state <> 'signed' OR (number IS NOT NULL AND date IS NOT NULL"
        " AND signed_by_id IS NOT NULL))",
        "A signed order has a number, a date and a signature.",
    )
