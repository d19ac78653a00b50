"""The serving hatches of a city's breakfast over HTTP: one by one, and in batches.

Every school's tablet first sends some events singly, each beside a call of the empty
route, then the rest of its breakfast in one delivery. Of single events nine in ten are
taps of children who have a portion; the others want a second one or show a card that
nobody knows.
"""

import threading
import time

from .client import Device
from .ledger import median

EMPTY = "/school_meal/v1/ping"
EVENTS = "/school_meal/v1/serve/events"
#: Each has a connection and, of the server, a worker of its own.
CLIENTS = 2
#: Of each tablet.
SINGLES = 15
BATCH = 1_000
UNCLAIMED = 50  # one portion of so many

_CARDS = """
    SELECT o.school_id, array_agg(c.uid ORDER BY o.id)
      FROM meal_order o
      JOIN school_card c ON c.student_id = o.student_id AND c.state = 'active'
     WHERE o.date = %s AND o.school_id = ANY(%s) AND o.state = 'cooked'
       AND o.id %% %s <> 0
     GROUP BY o.school_id
"""


def measure(env, server, city, day):
    """Give out nearly every portion of a day.

    :return: median seconds of (empty route, single event), and seconds of one event
        of a batch
    """
    tablets = make_tablets(env, city, day)
    run(server, tablets[:CLIENTS], warm_up)
    pairs = run(server, tablets, send_singly)
    empty, single = (median(times) for times in zip(*pairs, strict=True))
    batches = run(server, tablets, send_batch)
    assert not any(tablet.cards for tablet in tablets)
    return empty, single, sum(batches) / len(batches) / BATCH


def make_tablets(env, city, day):
    schools = city["schools"].ids
    env.cr.execute(_CARDS, [day, schools, UNCLAIMED])
    cards = dict(env.cr.fetchall())
    env.cr.rollback()
    return [
        Tablet(token, cards[school], day, place)
        for place, (school, token) in enumerate(
            zip(schools, city["tokens"], strict=True)
        )
    ]


class Tablet:
    """What the tablet of a school has to tell of a day."""

    def __init__(self, token, cards, day, place):
        self.token, self.cards, self.day = token, cards, day
        self.strangers = place * 100_000
        self.singles = place * SINGLES
        # Numbers of a tablet go up from day to day.
        self.sequence = day.toordinal() % 1_000 * 100_000
        self.last = None

    def make_single(self):
        self.singles += 1
        if self.singles % 20 == 10:
            return self.make("unknown_card", self.make_stranger(), "refused")
        if self.singles % 20 == 0:
            return self.make("second", self.last)
        return self.make_portion()

    def make_portion(self):
        self.last = self.cards.pop()
        return self.make("ok", self.last)

    def make_batch(self):
        """The portions that are left; then children tap again and get nothing."""
        events = [self.make_portion() for _number in range(len(self.cards))]
        known = [event["card"] for event in events] or [self.last]
        while len(events) < BATCH:
            card = known[len(events) % len(known)]
            events.append(self.make("second", card, "refused"))
        return events

    def make_stranger(self):
        self.strangers += 1
        return f"A9{self.strangers:012X}"

    def make(self, verdict, card, action="given"):
        self.sequence += 1
        return {
            "sequence": self.sequence,
            "date": str(self.day),
            "meal": "breakfast",
            "card": card,
            "action": action,
            "verdict": verdict,
            "source": "tap",
            "occurred_at": f"{self.day}T06:40:00Z",
        }


def run(server, tablets, send):
    """What ``send`` returns for each tablet, of all clients together."""
    found, errors = [], []

    def client(place):
        try:
            for tablet in tablets[place::CLIENTS]:
                device = Device(server, tablet.token)
                # Without it, core reads three records to find a language.
                device.headers["Accept-Language"] = "ru-RU"
                found.extend(send(device, tablet))
                device.close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return found


def warm_up(device, tablet):
    """Load the workers and plan their statements, with what leaves no trace."""
    for _number in range(40):
        yield post(device, EMPTY, {})
        stranger = tablet.make("unknown_card", tablet.make_stranger(), "refused")
        yield post(device, EVENTS, [stranger])


def send_singly(device, tablet):
    for _number in range(SINGLES):
        if not tablet.cards:
            return  # the small schools of a scaled run
        event = tablet.make_single()
        yield post(device, EMPTY, {}), post(device, EVENTS, [event])


def send_batch(device, tablet):
    yield post(device, EVENTS, tablet.make_batch())


def post(device, path, payload):
    """Seconds of one call; what the tablet saw must be what the server says."""
    began = time.perf_counter()
    status, _headers, body = device.post(path, payload)
    took = time.perf_counter() - began
    assert status == 200, body[:300]
    if path == EVENTS:
        assert body.count(b'"created"') == len(payload), body[:300]
        for event in payload[:1]:
            assert f'"verdict": "{event["verdict"]}"'.encode() in body, body[:300]
    return took
