import json
import logging
from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
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
#: Longest number of an operation, an account or a card; most products of a purchase.
MAX_TEXT = 64
MAX_PRODUCTS = 200

#: How far a device's clock may be from the server's. A hold is asked for now; how it
#: ended may be told when the network is back. Beyond that the server's time counts: a
#: wrong clock gives nobody another day's limit and dates nothing into the future.
CLOCK_AHEAD = timedelta(minutes=10)
CLOCK_BEHIND = {
    "_authorise": timedelta(minutes=10),
    "_capture": timedelta(days=3),
    "_void": timedelta(days=3),
}
#: A wrong clock is noted on the device at most once in so much time.
CLOCK_NOTED_EVERY = timedelta(hours=1)

_logger = logging.getLogger(__name__)


class SchoolDeviceApi(models.AbstractModel):
    """What a device may ask of the ledger, for accounts of its own company only.

    Request bodies are JSON objects. Authorise: `uuid`, `amount`, `account` (number) or
    `card` (canonical UID), `products` (list of product ids: bans of the parents and
    allergens are checked for these only). Capture: `uuid`, `hold`, `amount` (optional).
    Void: `uuid`, `hold`. All: `occurred_at` (optional, UTC, ISO).
    """

    _name = "school.device.api"
    _description = "Device Interface"

    @api.model
    def _run(self, operation, body):
        """Run one call; return the JSON-ready answer or raise LedgerRefusal."""
        request = self._parse(body)
        return self.env["meal.ledger"]._run_autocommit(
            lambda ledger: self.with_env(ledger.env)._perform(operation, request)
        )

    def _perform(self, operation, request):
        ledger = self.env["meal.ledger"]
        arguments = {
            "uuid": request["uuid"],
            "device": self.env.context["school_device"],
            "occurred_at": self._occurred_at(operation, request.get("occurred_at")),
        }
        if operation == "_authorise":
            account = self._account(request)
            self._check_products(account, request.get("products"))
            positional = (account, request.get("amount"))
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
            if isinstance(request, dict) and self._is_text(request.get("uuid")):
                return request
        raise self._bad_request()

    def _is_text(self, value):
        """Tell whether this is a short text that the database can store (no NUL, no
        half of a surrogate pair)."""
        return (
            isinstance(value, str)
            and 0 < len(value) <= MAX_TEXT
            and value.isprintable()
        )

    def _occurred_at(self, operation, text):
        """Return the device's time as naive UTC, None where the server's counts."""
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo:
                moment = moment.astimezone(UTC).replace(tzinfo=None)
        except (TypeError, ValueError, OverflowError):
            raise self._bad_request() from None
        drift = moment - fields.Datetime.now()
        if -CLOCK_BEHIND[operation] <= drift <= CLOCK_AHEAD:
            return moment
        self._note_wrong_clock(drift)
        return None

    def _note_wrong_clock(self, drift):
        device_id = self.env.context["school_device"]
        minutes = max(-(2**31), min(2**31 - 1, drift // timedelta(minutes=1)))
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE school_device SET clock_drift = %s, clock_wrong_at = %s
                 WHERE id = %s
                   AND (clock_wrong_at IS NULL OR clock_wrong_at < %s)
                """,
                minutes,
                now,
                device_id,
                now - CLOCK_NOTED_EVERY,
            )
        )
        if self.env.cr.rowcount:
            _logger.warning(
                "Device %s: its clock is wrong by %s minutes", device_id, minutes
            )

    def _account(self, request):
        """Return the query for the account of a card or a number, among those of the
        device's company: the ledger asks it in the round trip of the operation."""
        company_id = self.env.context["school_device_company"]
        number, card = request.get("account"), request.get("card")
        if self._is_text(card):
            return SQL(
                """(
                SELECT a.id FROM school_card c
                  JOIN meal_account a ON a.student_id = c.student_id
                 WHERE c.uid = %s AND c.state = 'active' AND a.company_id = %s
                )""",
                card.upper(),
                company_id,
            )
        if card is None and self._is_text(number):
            return SQL(
                "(SELECT id FROM meal_account WHERE number = %s AND company_id = %s)",
                number,
                company_id,
            )
        raise self._bad_request()

    def _check_products(self, account, product_ids):
        """Refuse what the parents or the student's diet do not allow. A machine has
        nobody who could answer for an exception."""
        if product_ids is None:
            return
        if (
            not isinstance(product_ids, list)
            or len(product_ids) > MAX_PRODUCTS
            or not all(self._is_id(product_id) for product_id in product_ids)
        ):
            raise self._bad_request()
        if not product_ids:
            return
        ledger = self.env["meal.ledger"]
        [(account_id,)] = self.env.execute_query(SQL("SELECT %s", account))
        if not account_id:
            raise ledger._refusal(const.UNKNOWN_ACCOUNT)
        if self.env["meal.ban"]._is_banned(account_id, product_ids):
            raise ledger._refusal(const.PRODUCT_BANNED)
        if self._has_allergen(account_id, product_ids):
            raise ledger._refusal(const.ALLERGEN)

    def _is_id(self, value):
        return type(value) is int and 0 < value < 2**31

    def _has_allergen(self, account_id, product_ids):
        student = self.env["school.student"]._fields["allergen_ids"]
        product = self.env["product.template"]._fields["allergen_ids"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 1
                  FROM meal_account a
                  JOIN %(student_rel)s sa ON sa.%(student)s = a.student_id
                  JOIN %(product_rel)s pa
                    ON pa.%(product_allergen)s = sa.%(student_allergen)s
                  JOIN product_product p ON p.product_tmpl_id = pa.%(product)s
                 WHERE a.id = %(account)s AND p.id = ANY(%(products)s)
                 LIMIT 1
                """,
                account=account_id,
                products=product_ids,
                student_rel=SQL.identifier(student.relation),
                student=SQL.identifier(student.column1),
                student_allergen=SQL.identifier(student.column2),
                product_rel=SQL.identifier(product.relation),
                product=SQL.identifier(product.column1),
                product_allergen=SQL.identifier(product.column2),
            )
        )
        return bool(rows)

    def _check_own_hold(self, uuid):
        """A device resolves the holds of its own company only."""
        if not self._is_text(uuid):
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
