from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.school_meal_base.const import HOLD_NOT_FOUND
from odoo.addons.school_meal_base.exceptions import LedgerRefusal

from .. import const


class PosSession(models.Model):
    """Questions of a school's till. All are for its own school only, answer in kopecks
    and return a refusal as ``{"code", "message"}``: the till shows it, nobody reports
    an error."""

    _inherit = "pos.session"

    # === ACCOUNTING === #

    def _get_receivable_account(self, payment_method):
        """Sales from students' accounts reduce what is owed to families."""
        if payment_method.use_payment_terminal != const.TERMINAL:
            return super()._get_receivable_account(payment_method)
        account = self.company_id.meal_control_account_id
        if not account:
            raise UserError(
                self.env._(
                    "Set the control account of personal accounts for %s in the"
                    " settings of school meals, then close the register.",
                    self.company_id.name,
                )
            )
        return account

    # === TILL: CARDS === #

    def school_roster(self, since=None, student_ids=None, device=None):
        """Answer the cards of the school, or what changed since a version.

        :param str since: `version` of the last answer; None for all of the school
        :param list student_ids: only these students
        :param list device: who asks and how far it has counted its orders
        """
        school = self._check_school_till()
        answer = self.env["school.till.roster"]._get(school, since, student_ids)
        if answer["full"]:
            answer["reader"] = self.config_id._school_reader_options()
        if device:
            identifier, number = device
            answer["number"] = self.env["school.till.device"]._note(
                self.config_id, str(identifier)[:64], int(number)
            )
        return answer

    def school_find_card(self, uid, keys):
        """Answer the roster row of a card that the till does not know yet."""
        school = self._check_school_till()
        return self.env["school.till.roster"]._find(school, uid, keys)

    # === TILL: MONEY === #

    def school_authorise(self, request):
        """Hold the amount of one payment; it is captured with the order.

        :param dict request: `uuid` (of the payment), `student_id`, `card_id`, `amount`
            (kopecks), `products` (ids in the cart), `allergens_confirmed`
        """
        school = self._check_school_till()
        return self.env["school.till.sale"]._authorise(school, request)

    def school_void(self, payment_uuid):
        """Release the hold of a payment that was cancelled at the till."""
        school = self._check_school_till()
        uuid = self.env["pos.payment"]._meal_uuid(payment_uuid, "void")
        ledger = self.env["meal.ledger"]
        # sudo: a cashier has no access to the ledger's rows.
        hold = self.env["meal.transfer"].sudo().search([("uuid", "=", payment_uuid)])
        try:
            if hold.school_id != school:
                raise ledger._refusal(HOLD_NOT_FOUND)
            result = ledger._run_isolated("_void", payment_uuid, uuid=uuid)
        except LedgerRefusal as refusal:
            return {"code": refusal.code, "message": str(refusal)}
        return {"status": result.status, "available": max(result.available or 0, 0)}

    def school_refund_check(self, order_uuid, amount):
        """Tell whether an amount can go back to the account that paid an order."""
        self._check_school_till()
        order = self.env["pos.order"].search(
            [("uuid", "=", order_uuid), ("config_id.school_id", "!=", False)]
        )
        refundable = order._meal_refundable() if order_uuid else 0
        if amount <= refundable:
            payments = order.payment_ids._is_school_account()
            return {"status": "ok", "student_id": payments[:1].meal_student_ref}
        message = self.env._(
            "No more can be given back to the account than was paid from it: give the"
            " rest back the way it was paid."
        )
        return {"code": const.REFUND_WITHOUT_SALE, "message": message}

    # === HELPERS === #

    def _check_school_till(self):
        """Return the school of this till after checking that the user may work here."""
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers work with a till."))
        # sudo: a cashier has no access to the school's record, only to its id.
        school = self.config_id.sudo().school_id
        is_manager = self.env.user.has_group("school_meal_base.group_manager")
        # sudo: the same for the list of the user's own schools.
        if not school or not (is_manager or school in self.env.user.sudo().school_ids):
            raise AccessError(self.env._("This till belongs to another school."))
        if school.company_id != self.company_id:
            raise AccessError(self.env._("This till belongs to another municipality."))
        return school
