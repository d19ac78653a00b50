import json
from datetime import UTC, datetime

from odoo import api, models
from odoo.tools import SQL

from .. import const
from ..exceptions import LedgerRefusal

#: Refusals with a status of their own; the others are 422.
HTTP_STATUS = {
    const.UUID_CONFLICT: 409,
    const.HOLD_RESOLVED: 409,
    const.UNKNOWN_ACCOUNT: 404,
    const.HOLD_NOT_FOUND: 404,
    const.BAD_REQUEST: 400,
}

#: A device never sends more than this, in bytes.
MAX_BODY = 16_384


class SchoolDeviceApi(models.AbstractModel):
    """What a device may ask of the ledger, for accounts of its own company only.

    Request bodies are JSON objects. Authorise: `uuid`, `amount`, `account` (number) or
    `card` (canonical UID), `products` (optional list of product ids for bans),
    `occurred_at` (optional, UTC, ISO). Capture: `uuid`, `hold`, `amount` (optional).
    Void: `uuid`, `hold`.
    """

    _name = "school.device.api"
    _description = "Device Interface"

    @api.model
    def _run(self, operation, body):
        """Run one call; return the JSON-ready answer or raise LedgerRefusal."""
        request = self._parse(body)
        ledger = self.env["meal.ledger"]
        ledger._begin_read_committed()
        arguments = {
            "uuid": request.get("uuid"),
            "device": self.env.context["school_device"],
            "occurred_at": self._parse_time(request.get("occurred_at")),
        }
        if operation == "_authorise":
            account_id = self._account_id(request)
            self._check_bans(account_id, request.get("products"))
            positional = (account_id, request.get("amount"))
            arguments["school"] = self.env.context["school_device_school"]
        else:
            self._check_own_hold(request.get("hold"))
            positional = (request.get("hold"),)
            if operation == "_capture":
                positional += (request.get("amount"),)
        result = getattr(ledger, operation)(*positional, **arguments)
        return {
            "status": result.status,
            "transfer": result.transfer_id,
            "available": max(result.available or 0, 0),
        }

    def _parse(self, body):
        if len(body) <= MAX_BODY:
            try:
                request = json.loads(body)
            except (ValueError, RecursionError):
                request = None
            if isinstance(request, dict) and isinstance(request.get("uuid"), str):
                return request
        raise self._bad_request()

    def _parse_time(self, text):
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise self._bad_request() from None
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment

    def _account_id(self, request):
        """Find the account by card or number among those of the device's company."""
        company_id = self.env.context["school_device_company"]
        number, card = request.get("account"), request.get("card")
        if isinstance(card, str):
            query = SQL(
                """
                SELECT a.id FROM school_card c
                  JOIN meal_account a ON a.student_id = c.student_id
                 WHERE c.uid = %s AND c.state = 'active' AND a.company_id = %s
                """,
                card.upper(),
                company_id,
            )
        elif isinstance(number, str):
            query = SQL(
                "SELECT id FROM meal_account WHERE number = %s AND company_id = %s",
                number,
                company_id,
            )
        else:
            raise self._bad_request()
        rows = self.env.execute_query(query)
        if not rows:
            raise self.env["meal.ledger"]._refusal(const.UNKNOWN_ACCOUNT)
        return rows[0][0]

    def _check_bans(self, account_id, product_ids):
        if not product_ids:
            return
        if not isinstance(product_ids, list) or not all(
            isinstance(product_id, int) for product_id in product_ids
        ):
            raise self._bad_request()
        if self.env["meal.ban"]._is_banned(account_id, product_ids):
            raise self.env["meal.ledger"]._refusal(const.PRODUCT_BANNED)

    def _check_own_hold(self, uuid):
        """A device resolves the holds of its own company only."""
        if not isinstance(uuid, str):
            raise self._bad_request()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM meal_transfer WHERE uuid = %s AND device_id = %s",
                uuid,
                self.env.context["school_device"],
            )
        )
        if not rows:
            raise self.env["meal.ledger"]._refusal(const.HOLD_NOT_FOUND)

    def _bad_request(self):
        return LedgerRefusal(
            const.BAD_REQUEST,
            self.env._(
                "The request is not understood: send a JSON object with the fields of"
                " the description."
            ),
        )
