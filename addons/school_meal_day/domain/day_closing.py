"""What a school's day comes to: order × presence × issue → portions and exceptions.

:func:`examine` says what a person has to decide, :func:`settle` what every portion is
once that is decided. Both know the facts of one school's day only and no database.
"""

from collections import defaultdict
from typing import NamedTuple

NOT_CLAIMED = "not_claimed"
NOT_ORDERED = "not_ordered"
ABSENT_ISSUED = "absent_issued"
SECOND = "second"
TAKEN_OFF_ISSUED = "taken_off_issued"
WRONG_SCHOOL = "wrong_school"
UNKNOWN_CARD = "unknown_card"
ALLERGEN = "allergen"
GUEST = "guest"
FREED = "freed"
NO_PRICE = "no_price"
NOT_TAUGHT = "not_taught"
LATE_EVENT = "late_event"

ISSUED_IN_FACT = "issued"
PAY = "pay"
CHARGE_PARENT = "charge_parent"
NO_CHARGE = "no_charge"
WRITE_OFF = "write_off"

#: What may be decided about an exception. A budget pays only for what was issued, once
#: per student and meal, on a day on which the class was taught.
ALLOWED = {
    NOT_CLAIMED: (ISSUED_IN_FACT, CHARGE_PARENT, NO_CHARGE, WRITE_OFF),
    NOT_ORDERED: (PAY, CHARGE_PARENT, NO_CHARGE),
    ABSENT_ISSUED: (PAY, NO_CHARGE),
    SECOND: (CHARGE_PARENT, NO_CHARGE),
    TAKEN_OFF_ISSUED: (PAY, CHARGE_PARENT, NO_CHARGE),
    WRONG_SCHOOL: (PAY, CHARGE_PARENT, NO_CHARGE),
    UNKNOWN_CARD: (NO_CHARGE,),  # or the student is named, which is an event
    ALLERGEN: (PAY, NO_CHARGE),
    GUEST: (NO_CHARGE,),
    FREED: (WRITE_OFF, CHARGE_PARENT),
    NO_PRICE: (NO_CHARGE,),
    NOT_TAUGHT: (NO_CHARGE,),
    LATE_EVENT: (NO_CHARGE,),
}
#: Decided with a sentence that says why.
NEED_NOTE = {ALLERGEN, LATE_EVENT}
#: What is usually decided; what is missing here is looked at one by one.
USUAL = {
    NOT_ORDERED: PAY,
    ABSENT_ISSUED: PAY,
    SECOND: NO_CHARGE,
    TAKEN_OFF_ISSUED: PAY,
    WRONG_SCHOOL: PAY,
    UNKNOWN_CARD: NO_CHARGE,
    GUEST: NO_CHARGE,
    FREED: WRITE_OFF,
    NOT_TAUGHT: NO_CHARGE,
}
#: The decision about a portion of several exceptions is the strictest of them.
STRICTNESS = {PAY: 0, CHARGE_PARENT: 1, NO_CHARGE: 2}

LIVE = {"ordered", "cooked"}


class Order(NamedTuple):
    """An order of the school for the day; `is_taught`: its class had lessons."""

    id: int
    student: int
    meal: int
    state: str
    is_taught: bool = True


class Event(NamedTuple):
    """A portion given and not taken back. No student: unknown card, or a guest.

    `is_taught` and `is_foreign` say that the student's class had lessons, and that the
    student is of another school.
    """

    id: int
    student: int | None
    meal: int
    verdict: str = "ok"
    is_taught: bool = True
    is_foreign: bool = False


class Finding(NamedTuple):
    """Something that a person has to decide, about an order or about an event."""

    kind: str
    student: int | None
    meal: int
    order: int | None
    event: int | None


class Portion(NamedTuple):
    """A portion and who pays: "rules", "parent" or nobody (None).

    `number` counts the portions of a student's meal; 1 is that of the order.
    """

    student: int
    meal: int
    number: int
    order: int | None
    event: int | None
    outcome: str
    payer: str | None


class Day:
    """The facts of a school's day.

    :param orders: all :class:`Order` of the school and day, whatever their state
    :param events: all :class:`Event` of the school and day, in the order of time
    :param absent: ids of students who are known to be absent
    :param fed_elsewhere: {(student, meal)} frozen as issued by another school
    :param unpriced: function (order or event) → whether the portion has no price

    >>> day = Day([Order(1, 10, 3, "cooked"), Order(2, 11, 3, "cooked")],
    ...           [Event(7, 10, 3), Event(8, 10, 3), Event(9, None, 3, "guest")])
    >>> [(found.kind, found.order, found.event) for found in day.examine()]
    [('second', None, 8), ('guest', None, 9), ('not_claimed', 2, None)]
    >>> [each[2:] for each in day.settle({
    ...     ("second", None, 8): "no_charge", ("guest", None, 9): "no_charge",
    ...     ("not_claimed", 2, None): "charge_parent"})]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(1, 1, 7, 'issued', 'rules'), (2, None, 8, 'not_payable', None),
     (1, 2, None, 'charged_unclaimed', 'parent')]
    """

    def __init__(
        self, orders, events, absent=(), fed_elsewhere=(), unpriced=lambda fact: False
    ):
        self.orders = list(orders)
        self.events = list(events)
        self.absent = set(absent)
        self.fed_elsewhere = set(fed_elsewhere)
        self.unpriced = unpriced
        self._order_of = {(order.student, order.meal): order for order in self.orders}
        self._events_of = defaultdict(list)
        for event in self.events:
            self._events_of[event.student, event.meal].append(event)

    def examine(self):
        """Return the list of :class:`Finding`, those of the events first."""
        findings = []
        for event in self.events:
            findings += self._examine_event(event)
        for order in self.orders:
            findings += self._examine_order(order)
        return findings

    def settle(self, decisions):
        """Return the :class:`Portion` of every order and event.

        :param decisions: {(kind, order, event): outcome} of all findings
        """
        portions = []
        for event in self.events:
            if event.student:
                portions.append(self._settle_event(event, decisions))
        for order in self.orders:
            if order.state != "cancelled" and not self._get_claim(order):
                portions.append(self._settle_order(order, decisions))
        return portions

    # === EVENTS === #

    def _get_claim(self, order):
        """Return the event with which the student collected the ordered portion.

        What went to another student, or was thrown away, cannot be collected.
        """
        if order.state in ("passed_on", "written_off", "cancelled"):
            return None
        events = self._events_of[order.student, order.meal]
        return events[0] if events else None

    def _examine_event(self, event):
        order = self._order_of.get((event.student, event.meal))
        is_claim = bool(order) and self._get_claim(order) == event
        return [
            Finding(kind, event.student, event.meal, None, event.id)
            for kind in self._get_kinds(event, order, is_claim)
        ]

    def _get_kinds(self, event, order, is_claim):
        if event.student is None:
            yield GUEST if event.verdict == "guest" else UNKNOWN_CARD
            return
        if not event.is_taught:
            yield NOT_TAUGHT
            return
        key = event.student, event.meal
        if self._events_of[key][0] != event or key in self.fed_elsewhere:
            yield SECOND
        elif order is None:
            yield WRONG_SCHOOL if event.is_foreign else NOT_ORDERED
        elif order.state not in LIVE:
            yield TAKEN_OFF_ISSUED
        elif event.student in self.absent:
            yield ABSENT_ISSUED
        if event.verdict == "allergen":
            yield ALLERGEN
        if self.unpriced(order if is_claim else event):
            yield NO_PRICE

    def _settle_event(self, event, decisions):
        order = self._order_of.get((event.student, event.meal))
        is_claim = bool(order) and self._get_claim(order) == event
        decided = [
            decisions[found.kind, found.order, found.event]
            for found in self._examine_event(event)
        ]
        strictest = max(decided, key=STRICTNESS.__getitem__, default=PAY)
        outcome, payer = {
            PAY: ("issued", "rules"),
            CHARGE_PARENT: ("issued", "parent"),
            NO_CHARGE: ("not_payable", None),
        }[strictest]
        number = 1 + self._events_of[event.student, event.meal].index(event)
        if order and not is_claim and not self._is_claimed(order):
            number += order.state != "cancelled"  # its own portion went elsewhere
        return Portion(
            event.student,
            event.meal,
            number,
            order.id if is_claim else None,
            event.id,
            outcome,
            payer,
        )

    def _is_claimed(self, order):
        return self._get_claim(order) is not None

    # === ORDERS === #

    def _examine_order(self, order):
        if self._is_claimed(order):
            return []
        if order.state in LIVE:
            kind = NOT_CLAIMED
        elif order.state == "freed":
            kind = FREED
        else:
            return []
        if not order.is_taught:
            kind = NOT_TAUGHT
        return [Finding(kind, order.student, order.meal, order.id, None)]

    def _settle_order(self, order, decisions):
        outcome, payer = order.state, None
        for found in self._examine_order(order):
            outcome, payer = {
                CHARGE_PARENT: ("charged_unclaimed", "parent"),
                NO_CHARGE: ("not_claimed", None),
                WRITE_OFF: ("written_off", None),
            }[decisions[found.kind, found.order, found.event]]
        return Portion(order.student, order.meal, 1, order.id, None, outcome, payer)


def usual_outcome(kind, is_entitled=False):
    """Return what is usually decided about an exception, None: look at it.

    A portion that was not taken off in time is paid for by the parents who ordered it;
    a budget pays for nothing that was not issued.

    >>> usual_outcome("not_claimed", True), usual_outcome("not_claimed", False)
    ('no_charge', 'charge_parent')
    >>> usual_outcome("allergen")
    """
    if kind == NOT_CLAIMED:
        return NO_CHARGE if is_entitled else CHARGE_PARENT
    return USUAL.get(kind)
