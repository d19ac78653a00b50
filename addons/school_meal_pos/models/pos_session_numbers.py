from odoo import fields, models
from odoo.exceptions import UserError

from .. import const


class PosSession(models.Model):
    """A register does not close over orders that were taken and have not arrived."""

    _inherit = "pos.session"

    meal_missing_count = fields.Integer(
        "Orders not arrived", compute="_compute_meal_missing_count"
    )

    def _compute_meal_missing_count(self):
        devices = self.env["school.till.device"]
        for session in self:
            missing = {}
            if session._counts_till_orders():
                missing = devices._missing(session.config_id)
            session.meal_missing_count = sum(map(len, missing.values()))

    def _counts_till_orders(self):
        # sudo: a cashier has no access to the school's record.
        has_school = bool(self.config_id.sudo().school_id)
        return has_school and not self.rescue and self.state != "closed"

    # === CLOSING === #

    def action_pos_session_closing_control(self, *args, **kwargs):
        is_accepted = self.env.context.get("school_close_incomplete")
        for session in self.filtered(lambda session: session._counts_till_orders()):
            if session.meal_missing_count and not is_accepted:
                raise UserError(
                    self.env._(
                        "%(count)s orders of %(till)s have not arrived: they are still"
                        " in the browser of a till. Open that till with the network on"
                        " and wait until they are sent. If the device is lost, press"
                        " “Close without missing orders”.",
                        count=session.meal_missing_count,
                        till=session.config_id.name,
                    )
                )
        return super().action_pos_session_closing_control(*args, **kwargs)

    def action_close_without_missing_orders(self):
        """Close although orders are missing; somebody has to look for them."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("point_of_sale.group_pos_manager"):
            raise UserError(
                self.env._("Only a manager closes a register without its orders.")
            )
        self._report_missing_orders()
        return self.with_context(
            school_close_incomplete=True
        ).action_pos_session_closing_control()

    def _report_missing_orders(self):
        missing = self.env["school.till.device"]._missing(self.config_id)
        if not missing:
            return
        numbers = {device.identifier: numbers for device, numbers in missing.items()}
        self.env["meal.incident"]._report(
            [
                {
                    "kind": const.INCIDENT_MISSING_ORDERS,
                    "key": f"session:{self.id}",
                    "company_id": self.company_id.id,
                    "school_id": self.config_id.school_id.id,
                    "summary": self.env._(
                        "%(session)s of %(till)s was closed by %(user)s although"
                        " %(count)s orders had not arrived.",
                        session=self.name,
                        till=self.config_id.name,
                        user=self.env.user.name,
                        count=self.meal_missing_count,
                    ),
                    "details": numbers,
                }
            ]
        )

    def _validate_session(self, *args, **kwargs):
        result = super()._validate_session(*args, **kwargs)
        for session in self.filtered(lambda session: session.state == "closed"):
            self.env["school.till.device"]._settle(session.config_id)
        return result
