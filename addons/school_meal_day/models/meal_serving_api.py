import json

from odoo import api, models

from ..domain.issue_event import MAX_EVENTS
from ..exceptions import ServingRefusal

#: A delivery is never larger than this, in bytes.
MAX_BODY = 1_048_576

FORBIDDEN = "forbidden"
BAD_REQUEST = "bad_request"
TOO_MANY = "too_many"
HTTP_STATUS = {FORBIDDEN: 403, BAD_REQUEST: 400, TOO_MANY: 413}


class MealServingApi(models.AbstractModel):
    """What a tablet at the serving hatch asks of the server, for its school only."""

    _name = "meal.serving.api"
    _description = "Serving Interface"

    # === EVENTS === #

    @api.model
    def _record_events(self, body):
        """Record a delivery of events; answer for each what became of it.

        They are committed on a connection of the ledger's own, before the answer: what
        fails afterwards undoes nothing, and a tablet repeats what it has no answer to.
        """
        device = self._get_device()
        events = self._parse_events(body)
        answers = self.env["meal.ledger"]._run_autocommit(
            lambda ledger: self._write_events(device.with_env(ledger.env), events)
        )
        self.env["meal.issue.event"]._report_conflicts(
            device.school_id, device, answers
        )
        return {"events": answers}

    def _write_events(self, device, events):
        school = device.env["school.school"].browse(
            device.env.context["school_device_school"]
        )
        return device.env["meal.issue.event"]._write_batch(school, events, device)

    def _parse_events(self, body):
        if len(body) > MAX_BODY:
            raise self._too_many()
        try:
            events = json.loads(body)
        except (ValueError, RecursionError):
            events = None
        if isinstance(events, dict):
            events = events.get("events")
        if not isinstance(events, list):
            raise ServingRefusal(
                BAD_REQUEST,
                self.env._(
                    "The request is not understood: send a JSON list of events."
                ),
            )
        if len(events) > MAX_EVENTS:
            raise self._too_many()
        return events

    def _too_many(self):
        return ServingRefusal(
            TOO_MANY,
            self.env._("Send at most %s events at a time.", MAX_EVENTS),
        )

    # === DEVICE === #

    def _get_device(self):
        """Return the calling tablet (sudo); other devices do not issue meals."""
        # sudo: the device user has no rights to records.
        device = (
            self.env["school.device"].sudo().browse(self.env.context["school_device"])
        )
        if device._get_kind(device.id) != "serving":
            raise ServingRefusal(
                FORBIDDEN,
                self.env._(
                    "This device is not a serving tablet: pair the tablet on its page."
                ),
            )
        return device
