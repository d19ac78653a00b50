import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..const import FREED_PORTION, LIVE_STATES
from ..domain import issue_event

_logger = logging.getLogger(__name__)


class MealServingApi(models.AbstractModel):
    """Freed portions that a tablet has given out: the order goes before the event.

    The tablet offers by what it knows; who gets the portion is decided here, when the
    event arrives. Where nothing is free any more the event is one without an order.
    """

    _inherit = "meal.serving.api"

    @api.model
    def _hand_over(self, device, events):
        """Pass on what new events gave out of freed portions.

        :param list events: as the tablet sent them
        :return: whether an order was passed on
        """
        done = self._get_orders()
        for event in self._parse_handed(device, events):
            done |= self._safely(lambda event=event: self._hand_over_one(device, event))
        return bool(done)

    def _hand_over_one(self, device, event):
        orders = self._get_orders()
        meal = orders.env["meal.type"].search([("code", "=", event["meal"])])
        student = orders.env["school.student"].search(
            [
                ("id", "=", event["student"]),
                ("school_id", "=", device.school_id.id),
            ]
        )
        if not (meal and student):
            return orders
        return orders._hand_over(
            device.school_id, event["date"], meal, student, event_key=event["key"]
        )

    @api.model
    def _take_back_handed(self, events, answers):
        """Free the portions again whose event was taken back by one of the events."""
        if not any(isinstance(raw, dict) and raw.get("undoes") for raw in events):
            return
        # What follows must see what was recorded.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self._free_handed(answers)

    @api.model
    def _free_handed(self, answers):
        """Free them once, though the event may come again: not what was passed on
        later."""
        orders = self._get_orders()
        found = orders.browse(
            order_id
            for (order_id,) in self.env.execute_query(
                SQL(
                    """
                    SELECT o.id
                      FROM meal_issue_event u
                      JOIN meal_issue_event g ON g.id = u.undoes_id
                      JOIN meal_order o ON o.id = g.order_id
                     CROSS JOIN LATERAL (
                           SELECT c.reason, c.at FROM meal_order_change c
                            WHERE c.order_id = o.id ORDER BY c.id DESC LIMIT 1) last
                     WHERE u.id = ANY(%s) AND u.action = 'undone'
                       AND g.reason = %s AND o.state = ANY(%s)
                       AND last.reason = 'passed_on' AND last.at <= g.received_at
                    """,
                    [answer["id"] for answer in answers if answer.get("id")],
                    FREED_PORTION,
                    list(LIVE_STATES),
                )
            )
        )
        if found:
            self._safely(found._take_back)

    # === HELPERS === #

    def _get_orders(self):
        # sudo: the device user has no rights; only of the device's school.
        return self.env["meal.order"].sudo()

    def _parse_handed(self, device, events):
        """Return the events that gave out a freed portion, that nobody has recorded yet
        and that the same delivery does not take back."""
        if not any(
            isinstance(raw, dict) and raw.get("reason") == FREED_PORTION
            for raw in events
        ):
            return []
        now, prefix = fields.Datetime.now(), f"d{device.id}:"
        found, undone = {}, set()
        for raw in events:
            try:
                event = issue_event.parse(raw, prefix, now)
            except issue_event.EventError:
                continue
            if event["action"] == "undone":
                undone.add(event["undoes"])
            elif event["action"] == "given" and event["reason"] == FREED_PORTION:
                found.setdefault(event["key"], event)
        known = self.env.execute_query(
            SQL(
                "SELECT event_key FROM meal_issue_event WHERE event_key = ANY(%s)",
                list(found),
            )
        )
        undone |= {key for (key,) in known}
        return [event for key, event in found.items() if key not in undone]

    def _safely(self, call):
        """Return the orders of a call; whatever is wrong with them, the event is
        recorded. Of two that take one portion the later is repeated by Odoo."""
        try:
            with self.env.cr.savepoint():
                return call()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("A freed portion could not be passed on")
            return self._get_orders()
