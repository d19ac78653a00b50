from odoo import api, fields, models

from ..const import ALLOW, HOLD
from ..domain import edge_message

#: Questions of one call that are looked at: children who wait at the doors of a school.
MAX_QUESTIONS = 100
_VERDICTS = {ALLOW: "granted", HOLD: "held"}


class AccessEdgeQuestion(models.AbstractModel):
    """Taps behind a gateway that need somebody's yes (`access.verification`)."""

    _name = "access.edge.question"
    _description = "Questions of gateways"

    @api.model
    def _take(self, device, items):
        """Ask what was not asked yet, however often it is told.

        :param list items: [key (uuid), controller id, card, direction, whether the
            gateway has let the default of the point count meanwhile]
        :return: [key, verdict]: "granted" (an order to open is among the commands),
            "held" (it follows if the answer is yes), or why not
        """
        own = self.env["access.edge.api"]._get_controller_ids(device)
        answers = []
        for item in items[:MAX_QUESTIONS] if isinstance(items, list) else ():
            question = edge_message.read_question(item, own)
            if question:
                verdict = self._answer(*question)
                answers.append([item[0], verdict])
        return answers

    @api.model
    def _answer(self, key, controller_id, card, direction, is_over):
        # sudo: the device has no rights to records; the controller is its own
        known = self.env["access.verification"].sudo().search([("uuid", "=", key)])
        if known and known.controller_id.id != controller_id:
            return "not_verified"
        if is_over:
            known._settle_at_gateway()
        if known:
            return _VERDICTS.get(known._as_answer(), "not_verified")
        return (
            "not_verified"
            if is_over
            else self._ask(key, controller_id, card, direction)
        )

    @api.model
    def _ask(self, key, controller_id, card, direction):
        """Decide here as well: the gateway may not know yet that a card is blocked."""
        now = fields.Datetime.now()
        decision = self.env["access.entry"]._decide(controller_id, card, direction, now)
        if not decision.is_granted:
            return decision.verdict
        # sudo: as above
        controller = self.env["access.controller"].sudo().browse(controller_id)
        person = self.env["access.person"].sudo().browse(decision.person_id)
        reply = controller.point_id._ask_verification(
            controller, person, direction, key
        )
        if reply == ALLOW:
            controller._open_by_order(direction)
        return _VERDICTS.get(reply, "not_verified")
