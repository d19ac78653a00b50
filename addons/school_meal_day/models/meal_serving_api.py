import json
from datetime import date

from odoo import api, models

from ..domain.issue_event import MAX_EVENTS
from ..exceptions import ServingRefusal

#: A delivery is never larger than this, in bytes.
MAX_BODY = 1_048_576
MAX_ASKED = 4_096
MAX_CARD = 64

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
        # sudo: as the device; known by the token, so that no tap reads its device
        school = (
            self.env["school.school"]
            .sudo()
            .browse(self.env.context["school_device_school"])
        )
        events = self._parse_events(body)
        if self._hand_over(device, events):
            # The connection below must see the orders of what was given out.
            self.env.cr.commit()  # pylint: disable=invalid-commit
        answers = self.env["meal.ledger"]._run_autocommit(
            lambda ledger: ledger.env["meal.issue.event"]._write_batch(
                school, events, device
            )
        )
        self.env["meal.issue.event"]._report_conflicts(school, device, answers)
        self._take_back_handed(events, answers)
        return {"events": answers}

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

    # === THE DAY === #

    @api.model
    def _get_day(self, body):
        """Return what the tablet does not know yet of a day (see ``meal.serving.day``).

        Body: ``date``, ``known`` (digests), ``parts``; all optional.
        """
        device = self._get_device()
        asked = self._parse_object(body)
        known, parts = asked.get("known"), asked.get("parts")
        return self.env["meal.serving.day"]._get(
            device,
            self._parse_date(asked.get("date")),
            known if isinstance(known, dict) else None,
            parts if isinstance(parts, list) else None,
        )

    @api.model
    def _find(self, body):
        """Say whose card this is, when it is of another school. Body: ``card``."""
        device = self._get_device()
        asked = self._parse_object(body)
        card = asked.get("card")
        if not isinstance(card, str) or not 0 < len(card) <= MAX_CARD:
            raise self._bad_request()
        if not card.isprintable():
            raise self._bad_request()
        return self.env["meal.serving.day"]._find(
            device, self._parse_date(asked.get("date")), card.upper()
        )

    @api.model
    def _get_photo(self, student_id, version=None):
        """Return a student (sudo) whose photo this tablet may show, or none: of its
        school, or eating there, or whose card was shown to it (see ``_find``)."""
        device = self._get_device()
        # sudo: the device user has no rights to records; only of its municipality.
        students = self.env["school.student"].sudo()
        student = students.search(
            [
                ("id", "=", min(student_id, 2**31 - 1)),
                ("company_id", "=", device.company_id.id),
            ]
        )
        day = self.env["meal.serving.day"]
        if day._is_at_school(device.school_id, student):
            return student
        return student if day._is_found(device, student, version) else students

    def _parse_object(self, body):
        try:
            asked = json.loads(body or b"{}") if len(body) <= MAX_ASKED else None
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            raise self._bad_request()
        return asked

    def _parse_date(self, text):
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except (TypeError, ValueError):
            raise self._bad_request() from None

    def _bad_request(self):
        return ServingRefusal(
            BAD_REQUEST,
            self.env._(
                "The request is not understood: send a JSON object with the fields of"
                " the description."
            ),
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
