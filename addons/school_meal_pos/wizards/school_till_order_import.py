import base64
import json

from odoo import fields, models
from odoo.exceptions import UserError


class SchoolTillOrderImport(models.TransientModel):
    """Orders that the server refused, taken from the file that their till has saved.

    Each on its own merits; what is here already is left alone, so a file can be loaded
    again. Payments from accounts are recorded as sales without network on demand: the
    food is gone, whatever became of the hold.
    """

    _name = "school.till.order.import"
    _description = "Orders from a File of a Till"

    config_id = fields.Many2one(
        "pos.config", "Till", required=True, domain=[("school_id", "!=", False)]
    )
    file = fields.Binary(required=True)
    file_name = fields.Char()
    as_is = fields.Boolean(
        "Record as sold without network",
        default=True,
        help="Payments from accounts are charged even when nothing was held for them or"
        " the money is not there: the food was given out.",
    )
    result = fields.Text(readonly=True)

    def action_import(self):
        self.ensure_one()
        orders = self._read_orders()
        self.result = "\n".join(self._take(order) for order in orders)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_orders(self):
        try:
            content = json.loads(base64.b64decode(self.file))
            orders = content["orders"]
            is_right = content["till"] == self.config_id.id and all(
                order["uuid"] and order["lines"] and order["session_id"]
                for order in orders
            )
        except (ValueError, KeyError, TypeError):
            raise UserError(
                self.env._("This file was not saved by a till. Choose another one.")
            ) from None
        sessions = self.env["pos.session"].browse(
            {order["session_id"] for order in orders}
        )
        if not is_right or sessions.exists().config_id != self.config_id:
            raise UserError(
                self.env._(
                    "This file is of another till than “%s”. Choose the right till.",
                    self.config_id.name,
                )
            )
        return orders

    def _take(self, order):
        """Record one order; return a line that says what became of it."""
        name = order.get("pos_reference") or order["uuid"]
        model = self.env["pos.order"]
        if model.search_count([("uuid", "=", order["uuid"])], limit=1):
            return self.env._("%s: was here already", name)
        if self.as_is:
            for command in order.get("payment_ids") or []:
                values = command[2]
                values["meal_is_offline"] = bool(values.get("meal_student_ref"))
        try:
            with self.env.cr.savepoint():
                model.sync_from_ui([order])
        except UserError as error:
            return self.env._("%(order)s: refused: %(why)s", order=name, why=error)
        return self.env._("%s: recorded", name)
