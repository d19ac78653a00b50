from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..const import END_GROUNDS

# In the context of the writes that this file makes. An object, because a remote caller
# can send any text but never this.
FACTS = object()


class BenefitEntitlementEnd(models.Model):
    """Why an entitlement ended before its time, who said so, and whether too late."""

    _name = "benefit.entitlement.end"
    _description = "End of an Entitlement"
    _order = "id desc"

    entitlement_id = fields.Many2one(
        "benefit.entitlement",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    student_id = fields.Many2one(
        related="entitlement_id.student_id", store=True, precompute=True, index=True
    )
    category_id = fields.Many2one(related="entitlement_id.category_id")
    is_health = fields.Boolean(
        related="entitlement_id.is_health", store=True, precompute=True
    )
    school_id = fields.Many2one(
        related="entitlement_id.school_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="entitlement_id.company_id", store=True, precompute=True
    )
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
    revoke_reason = fields.Char("Why revoked", readonly=True)

    _revoked_with_reason = models.Constraint(
        "CHECK (revoked_at IS NULL OR (revoked_by_id IS NOT NULL"
        " AND revoke_reason IS NOT NULL))",
        "Say why the end is revoked.",
    )

    # === COMPUTE METHODS === #

    @api.depends("ground", "last_day")
    def _compute_display_name(self):
        grounds = dict(self._fields["ground"]._description_selection(self.env))
        for end in self:
            end.display_name = f"{grounds.get(end.ground)}, {end.last_day:%d.%m.%Y}"

    # === CRUD METHODS === #

    def init(self):
        super().init()
        with file_open("school_meal_benefits/sql/entitlement.sql") as script:
            # A constant script of this add-on: no value is put into it.
            self.env.cr.execute(script.read())

    def write(self, vals):
        if self.env.context.get("benefit_end_write") is not FACTS:
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        raise UserError(
            self.env._("An end is never changed: revoke it and record another one.")
        )

    # === ACTION METHODS === #

    def action_make_order(self):
        """Put ends into orders for the head's signature, one per school (button)."""
        self.env["benefit.order"].check_access("create")
        self.check_access("read")
        free = self.filtered(lambda end: not end.order_id and not end.revoked_at)
        if not free:
            raise UserError(
                self.env._("These ends are in an order already, or revoked.")
            )
        orders = self.env["benefit.order"]
        for school, ends in free.grouped("school_id").items():
            order = orders.create({"kind": "end", "school_id": school.id})
            ends.sudo()._set_order(order)  # sudo: only this step puts them into one
            orders |= order
        return orders._get_records_action(name=self.env._("Orders"))

    def action_open_revoke(self):
        """Ask why the ends are revoked (button)."""
        self.env["benefit.entitlement"]._check_may_revoke()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke the end"),
            "res_model": "benefit.end.revoke",
            "view_mode": "form",
            "target": "new",
            "context": {"default_end_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _write_facts(self, vals):
        """Write what may still change of an end; see ``sql/entitlement.sql``."""
        self.with_context(benefit_end_write=FACTS).write(vals)

    def _set_order(self, order):
        """Put the ends into an order (приказ), or take them out of it again."""
        self._write_facts({"order_id": order.id})
