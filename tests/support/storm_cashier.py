"""A cashier with a till in a storm."""

import threading
from dataclasses import dataclass

from .storm import NO_MONEY, Participant
from .till import Till
from .web import Refused


@dataclass
class Sale:
    """A delivered order that somebody may bring back.

    :param lines: [(id on the server, dish, quantity)]
    :param account: roubles of it paid from the account of `person`
    """

    uuid: str
    person: dict
    lines: list
    account: int
    returns: int = 0  # how often a till has tried to give back


class Cashier(Participant):
    """Sells, cancels, gives back; on line and off; each call once or several times.

    :param dict scene: of the canteen
    :param list sold: of `Sale`, shared by all tills: what one sold, another takes back
    """

    def __init__(self, client, scene, chance, sold):
        super().__init__(client, scene["people"], chance)
        self.scene, self.sold = scene, sold
        self.twin = None

    def work(self):
        [action] = self.chance.choices(
            (
                self._sell,
                self._sell_and_take_back,
                self._sell_partly_for_cash,
                self._sell_off_line,
                self._sell_after_a_lost_answer,
                self._cancel,
                self._cancel_and_sell_all_the_same,
                self._tap_and_walk_away,
                self._sell_without_tap,
                self._take_anything_back,
            ),
            weights=(30, 14, 6, 10, 4, 12, 3, 4, 4, 13),
        )
        action()

    # === STORIES === #

    def _sell(self):
        person, basket = self._customer()
        payment = self._tap(person, basket)
        if payment:
            order = self._order(person, basket, account=payment)
            return self._deliver_sales(person, [(order, basket)])

    def _sell_and_take_back(self):
        if self._sell():
            self._give_back(self.sold[-1])

    def _sell_partly_for_cash(self):
        person, basket = self._customer(least=2)
        cash = min(dish["price"] for dish in basket)
        payment = self._tap(person, basket, cash=cash)
        if payment:
            order = self._order(person, basket, account=payment, cash=cash)
            self._deliver_sales(person, [(order, basket)], cash=cash)

    def _sell_off_line(self):
        """One or two orders that were sold without network arrive together."""
        person, basket = self._customer()
        orders = []
        for _number in range(self.chance.choice((1, 1, 2))):
            order = self._order(person, basket[:1], offline=self.client.new_uuid())
            orders.append((order, basket[:1]))
        self._deliver_sales(person, orders)

    def _sell_after_a_lost_answer(self):
        """The hold was made, but the till did not hear of it and sold off line."""
        person, basket = self._customer()
        payment = self._tap(person, basket)
        if payment:
            order = self._order(person, basket, offline=payment)
            self._deliver_sales(person, [(order, basket)])

    def _cancel(self):
        person, basket = self._customer()
        payment = self._tap(person, basket)
        if payment:
            self._void(payment)
        return person, basket, payment

    def _cancel_and_sell_all_the_same(self):
        """Cancelled at one end, sold at the other: on line that may be refused."""
        person, basket, payment = self._cancel()
        if payment:
            way = self.chance.choice(("account", "offline"))
            order = self._order(person, basket, **{way: payment})
            self._deliver_sales(
                person, [(order, basket)], may_be_refused=lambda: way == "account"
            )

    def _tap_and_walk_away(self):
        self._tap(*self._customer())

    def _sell_without_tap(self):
        """An order nobody has paid for is refused while the till is on line."""
        person, basket = self._customer()
        order = self._order(person, basket, account=self.client.new_uuid())
        answers = self.several("order", lambda: self.client.sync(order))
        if not all(isinstance(answer, Refused) for answer in answers):
            self.complain(f"sold without a hold: {order['uuid']}")
        self.record.refused.add(order["uuid"])

    def _take_anything_back(self):
        """Two tills may take one sale back at the same time."""
        if self.sold:
            self._give_back(self.chance.choice(self.sold[-6:]))

    # === STEPS === #

    def _customer(self, least=1):
        basket = self.chance.choices(
            self.scene["dishes"], weights=(5, 3, 2), k=self.chance.randint(least, 3)
        )
        return self.chance.choice(self.people), basket

    def _tap(self, person, basket, cash=0):
        """Hold the price; return the payment's number if the server agreed."""
        payment = self.client.new_uuid()
        kopecks = (self._price(basket) - cash) * 100
        answers = self.several(
            "tap", lambda: self.client.authorise(person, kopecks, payment, basket)
        )
        for answer in answers:
            if isinstance(answer, Refused) or answer.get("code", "") not in (
                NO_MONEY | {""}
            ):
                self.complain(f"tap {payment}: {answer}")
        if self.settle("tap", answers, self._has_status):
            self.record.transfers[payment] = ("tap", kopecks)
            return payment
        self.record.refused.add(payment)
        return None

    def _void(self, payment):
        answers = self.several("void", lambda: self.client.void(payment))
        if all(map(self._has_status, answers)):
            self.record.released.add(payment)
        else:
            self.complain(f"void {payment}: {answers}")

    def _order(self, person, basket, account=None, offline=None, cash=0):
        roubles = self._price(basket) - cash
        pay = self.client.offline_payment if offline else self.client.account_payment
        payments = [pay(person, roubles, offline or account)]
        if cash:
            payments.append(self.client.cash_payment(cash))
        return self.client.order([self.client.line(dish) for dish in basket], payments)

    def _deliver_sales(self, person, orders, cash=0, **options):
        answer = self._deliver([order for order, _basket in orders], cash, **options)
        if not answer:
            return False
        ids = {row["uuid"]: row["id"] for row in answer["pos.order.line"]}
        for order, basket in orders:
            lines = [
                (ids[command[2]["uuid"]], dish, 1)
                for command, dish in zip(order["lines"], basket, strict=True)
            ]
            roubles = self._price(basket) - cash
            self.sold.append(Sale(order["uuid"], person, lines, roubles))
        return True

    def _deliver(self, orders, cash=0, may_be_refused=lambda: False):
        """Send orders until they are acknowledged; return the last answer."""
        name = "refund" if orders[0]["amount_total"] < 0 else "order"
        numbers = [order["uuid"] for order in orders]
        if self.chance.random() < 0.06:
            self._send_on_two_connections(orders)
        answers = self.several(name, lambda: self.client.sync(*orders))
        if not self.settle(name, answers, lambda a: not isinstance(a, Refused)):
            self.record.refused.update(numbers)
            if not may_be_refused():
                self.complain(f"{name} {numbers}: {answers}")
            return None
        if any(self._states(answer, numbers) != "paid" for answer in answers):
            self.complain(f"{name} {numbers} is not paid: {answers}")
        for order in orders:
            kopecks = order["amount_total"] * 100
            self.record.orders[order["uuid"]] = (kopecks, kopecks - cash * 100)
        return answers[-1]

    def _send_on_two_connections(self, orders):
        """The till believes its call lost and sends again while the first still runs.
        One of the two may be refused as a duplicate; the caller asks once more."""
        if not self.twin:
            number = self.scene["tills"].index(self.client.facts)
            self.twin = Till(self.client.server, self.scene, number, self.chance)
        name = "order at once"
        thread = threading.Thread(
            target=self._once, args=(name, lambda: self.twin.sync(*orders))
        )
        thread.start()
        self._once(name, lambda: self.client.sync(*orders))
        thread.join()

    def _give_back(self, sale):
        """Give some lines of a sale back to where they were paid from."""
        lines = self.chance.sample(sale.lines, self.chance.randint(1, len(sale.lines)))
        total = sum(dish["price"] * qty for _id, dish, qty in lines)
        account = min(total, sale.account)
        sale.returns += 1
        checks = self.several(
            "refund_check", lambda: self.client.refund_check(sale.uuid, account * 100)
        )
        payments = [
            self.client.account_payment(sale.person, -account, self.client.new_uuid())
        ]
        if total > account:
            payments.append(self.client.cash_payment(account - total))
        order = self.client.order(
            [self.client.line(dish, -qty, refunds=id_) for id_, dish, qty in lines],
            payments,
        )
        # Whoever is the second finds perhaps nothing left.
        self._deliver([order], account - total, lambda: sale.returns > 1)
        if sale.returns == 1 and not self._has_status(checks[0]):
            self.complain(f"refund of {sale.uuid} was not allowed: {checks}")

    @staticmethod
    def _price(basket):
        return sum(dish["price"] for dish in basket)

    @staticmethod
    def _states(answer, numbers):
        """The one state of all these orders, None if there are several."""
        if isinstance(answer, Refused):  # it was asked again afterwards
            return "paid"
        states = {row["state"] for row in answer["pos.order"] if row["uuid"] in numbers}
        return states.pop() if len(states) == 1 else None

    @staticmethod
    def _has_status(answer):
        return isinstance(answer, dict) and "status" in answer
