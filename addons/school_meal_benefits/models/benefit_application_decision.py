from odoo import models
from odoo.exceptions import UserError


class BenefitApplication(models.Model):
    """What the head decides beside orders: refusals, and decisions anew."""

    _inherit = "benefit.application"

    def _refuse(self, ground, explanation=False):
        """Refuse one application on a ground of item 7; return the decision.

        The letter to the applicant is made with it (item 10).
        """
        self.ensure_one()
        self._check_decider()
        self._lock()
        if self.state != "registered":
            raise UserError(
                self.env._("Only a registered application can be decided on.")
            )
        if problem := self._get_refusal_problem(ground):
            raise UserError(problem)
        self.action_take_off_order()
        missing = self._get_missing_names() if ground == "documents" else []
        day = self.env["school.calendar"]._local_date(self.school_id)
        decision = self.env["benefit.decision"]._decide(
            self,
            "refused",
            day,
            refusal_ground=ground,
            explanation="\n".join(filter(None, [*missing, explanation])) or False,
        )
        self.env["benefit.notice"]._create_for_decisions(decision)
        self.request_ids.filtered(lambda one: one.state in ("draft", "sent"))._cancel()
        self._close_deadlines("register", "decide", "order")
        return decision

    def _record_findings(self, void_rows, is_unauthorised):
        """Write what turned out to be wrong after the decision, in the open.

        The decision that stood until now keeps the papers as they were then.
        """
        # sudo: the papers of a decided application change with its next decision only
        for row in void_rows.sudo():
            row.state = row._get_void_state()
        if is_unauthorised:
            self.sudo().write({"authority": "none", "authority_basis": False})

    def _decide_anew(
        self,
        superseded,
        result,
        explanation,
        *,
        ground=False,
        effective_on=False,
        order_number=False,
        order=None,
    ):
        """Supersede a decision by another; what was given follows.

        :param superseded: benefit.decision that stood until now
        :param order: the signed benefit.order that grants, None: one is made
        """
        self.ensure_one()
        self._lock()
        day = self.env["school.calendar"]._local_date(self.school_id)
        orders = order or self.env["benefit.order"]
        if result == "granted" and not orders:
            orders = orders._sign_anew(self._get_deciding_school(), day, order_number)
        decision = self.env["benefit.decision"]._decide(
            self,
            result,
            day,
            supersedes_id=superseded.id,
            refusal_ground=ground,
            explanation=explanation,
            effective_on=effective_on,
            order_id=orders.id,
        )
        # what the old decision gave ends before the new one gives anything
        self.env["benefit.entitlement"]._follow_superseded(decision)
        if result == "granted":
            decision._grant()
        else:
            self.env["benefit.notice"]._create_for_decisions(decision)
        return decision
