"""A till as the server sees one: what the browser of a cashier sends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from .web import Web

CREATE = 0  # first element of an x2many command


class Till(Web):
    """The cashier's calls for one session; orders are built as the till builds them.

    :param dict scene: of the canteen, see `canteen.py`
    :param int number: of the till
    :param chance: `random.Random`, the source of operation numbers
    """

    def __init__(self, server, scene, number, chance, **options):
        self.scene, self.facts = scene, scene["tills"][number]
        self.chance = chance
        super().__init__(server, self.facts["login"], **options)

    def new_uuid(self):
        return str(UUID(int=self.chance.getrandbits(128)))

    # === CALLS === #

    def authorise(self, person, amount, uuid, dishes=(), **more):
        request = {
            "uuid": uuid,
            "student_id": person["student"],
            "card_id": person["card"],
            "amount": amount,
            "products": [dish["id"] for dish in dishes],
            **more,
        }
        return self.ask("school_authorise", request)

    def void(self, payment_uuid):
        return self.ask("school_void", payment_uuid)

    def refund_check(self, order_uuid, amount):
        return self.ask("school_refund_check", order_uuid, amount)

    def ask(self, method, *args):
        """Call a method of this till's session."""
        return self.call("pos.session", method, [self.facts["session"]], *args)

    def sync(self, *orders):
        """Deliver orders; return what the server says of orders, lines and payments."""
        is_refund = any(order["amount_total"] < 0 for order in orders)
        name = "refund" if is_refund else "order"
        return self._call("pos.order", "sync_from_ui", [list(orders)], name=name)

    # === DOCUMENTS === #

    def order(self, lines, payments, **more):
        total = sum(line["price_subtotal_incl"] for line in lines)
        return {
            "uuid": self.new_uuid(),
            "name": "Order",
            "session_id": self.facts["session"],
            "user_id": self.facts["user"],
            "state": "paid",
            "date_order": self.now(),
            "amount_total": total,
            "amount_paid": total,
            "amount_tax": 0,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "lines": [[CREATE, 0, line] for line in lines],
            "payment_ids": [[CREATE, 0, payment] for payment in payments],
            **more,
        }

    def line(self, dish, qty=1, refunds=None):
        """:param refunds: id of the sold line that is given back (with `qty` < 0)"""
        subtotal = dish["price"] * qty
        return {
            "uuid": self.new_uuid(),
            "product_id": dish["id"],
            "qty": qty,
            "price_unit": dish["price"],
            "price_subtotal": subtotal,
            "price_subtotal_incl": subtotal,
            "tax_ids": [[6, 0, []]],
            **({"refunded_orderline_id": refunds} if refunds else {}),
        }

    def account_payment(self, person, amount, uuid, **more):
        return {
            "payment_method_id": self.facts["account"],
            "amount": amount,
            "uuid": uuid,
            "meal_student_ref": person["student"],
            "meal_card_ref": person["card"],
            **more,
        }

    def offline_payment(self, person, amount, uuid, minutes=3):
        return self.account_payment(
            person,
            amount,
            uuid,
            meal_is_offline=True,
            meal_occurred_at=self.now(-minutes),
        )

    def cash_payment(self, amount):
        return {
            "payment_method_id": self.facts["cash"],
            "amount": amount,
            "uuid": self.new_uuid(),
        }

    @staticmethod
    def now(minutes=0):
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        return moment.strftime("%Y-%m-%d %H:%M:%S")
