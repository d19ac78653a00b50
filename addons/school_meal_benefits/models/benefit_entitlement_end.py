from odoo import fields, models

from ..const import END_GROUNDS


class BenefitEntitlementEnd(models.Model):
    """Why an entitlement ended before its time, who said so, and whether too late."""

    _name = "benefit.entitlement.end"
    _description = "End of an Entitlement"
    _order = "id desc"
    _rec_name = "ground"

    entitlement_id = fields.Many2one(
        "benefit.entitlement",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    student_id = fields.Many2one(
        related="entitlement_id.student_id", store=True, index=True
    )
    school_id = fields.Many2one(
        related="entitlement_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="entitlement_id.company_id", store=True)
    ground = fields.Selection(END_GROUNDS, required=True, readonly=True)
    last_day = fields.Date("Last day", required=True, readonly=True)
    ground_on = fields.Date(
        "Since", help="The day the ground ceased: end of service, of the document."
    )
    report_by = fields.Date("To be reported by", readonly=True)
    reported_on = fields.Date("Reported on", readonly=True)
    is_late = fields.Boolean("Reported late", readonly=True)
    basis = fields.Char(readonly=True)
    order_id = fields.Many2one(
        "benefit.order", index="btree_not_null", ondelete="restrict", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    revoked_at = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one("res.users", "Revoked by", readonly=True)
