"""Thousands of random device operations at once, and what must hold afterwards."""

import random
import threading
import uuid
from dataclasses import dataclass, field

from .device import Device

MAX_AMOUNT = 9_000  # kopecks of one purchase


@dataclass
class Record:
    """What the server has acknowledged to one device."""

    acknowledged: dict = field(default_factory=dict)  # uuid -> (operation, kopecks)
    refused: set = field(default_factory=set)
    errors: list = field(default_factory=list)


class Storm:
    """Several devices that buy, repeat, cancel and forget, each in its own thread.

    :param rounds: purchases of each device
    """

    def __init__(self, server, tokens, accounts, *, rounds, seed):
        self.records = [Record() for _ in tokens]
        self.threads = [
            threading.Thread(
                target=self._run,
                args=(Device(server, token), accounts, rounds, f"{seed}-{n}", record),
            )
            for n, (token, record) in enumerate(zip(tokens, self.records, strict=True))
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        for thread in self.threads:
            thread.join()

    def done(self):
        return sum(len(r.acknowledged) + len(r.refused) for r in self.records)

    def _run(self, device, accounts, rounds, seed, record):
        chance = random.Random(seed)
        try:
            for _ in range(rounds):
                self._purchase(device, accounts, chance, record)
        except Exception as error:  # reported by the test, a thread cannot fail it
            record.errors.append(repr(error))

    def _purchase(self, device, accounts, chance, record):
        amount = chance.randint(1, MAX_AMOUNT)
        hold = str(uuid.UUID(int=chance.getrandbits(128)))
        held = self._call(
            device, chance, record, "authorise", hold, amount,
            account=chance.choice(accounts), amount=amount,
        )  # fmt: skip
        fate = chance.random()
        if not held or fate > 0.9:  # the last ones walk away and never come back
            return
        second = str(uuid.UUID(int=chance.getrandbits(128)))
        if fate < 0.7:
            paid = chance.choice((amount, chance.randint(1, amount)))
            self._call(
                device, chance, record, "capture", second, paid, hold=hold, amount=paid
            )
        else:
            self._call(device, chance, record, "void", second, amount, hold=hold)

    def _call(self, device, chance, record, operation, key, kopecks, **payload):
        answers = [
            device.call(operation, uuid=key, **payload)
            for _ in range(chance.choice((1, 1, 1, 2, 3)))
        ]
        statuses = {status for status, _answer in answers}
        if statuses == {200}:
            record.acknowledged[key] = (operation, kopecks)
        elif 200 in statuses:
            # A refused purchase may pass when repeated, never the other way round.
            if answers[-1][0] != 200:
                record.errors.append(f"{operation} was taken back: {answers}")
            record.acknowledged[key] = (operation, kopecks)
        else:
            record.refused.add(key)
        return 200 in statuses


PHASES = {"authorise": "pending", "capture": "post", "void": "void"}


def violations(server, storm, opening):
    """Compare the database with what was acknowledged; return sentences.

    :param opening: kopecks every account started with
    """
    found = [error for record in storm.records for error in record.errors]
    rows = {
        key: (phase, kopecks)
        for key, phase, kopecks in server.query(
            "SELECT uuid, phase, (amount * 100)::bigint FROM meal_transfer"
            " WHERE device_id IS NOT NULL"
        )
    }
    for record in storm.records:
        for key, (operation, kopecks) in record.acknowledged.items():
            if rows.get(key) != (PHASES[operation], kopecks):
                found.append(f"acknowledged {operation} {key}: stored {rows.get(key)}")
        found += [f"refused {key} is stored" for key in record.refused & rows.keys()]
    known = set().union(*(r.acknowledged.keys() | r.refused for r in storm.records))
    found += [f"nobody sent {key}" for key in rows.keys() - known]
    found += [
        f"account {account}: {row}"
        for account, *row in server.query(ACCOUNTS, {"opening": opening})
    ]
    return found


#: Accounts whose stored balance is not the sum of their facts, or below zero.
ACCOUNTS = """
    WITH facts AS (
        SELECT a.id,
               COALESCE(SUM(t.amount) FILTER (WHERE t.phase IN ('single', 'post')
                        AND t.credit_account_id = a.id), 0)
             - COALESCE(SUM(t.amount) FILTER (WHERE t.phase IN ('single', 'post')
                        AND t.debit_account_id = a.id), 0) AS posted,
               COALESCE(SUM(t.amount) FILTER (WHERE t.phase = 'pending'
                        AND NOT EXISTS (SELECT FROM meal_transfer r
                                         WHERE r.pending_id = t.id)), 0) AS held
          FROM meal_account a
          JOIN meal_transfer t ON a.id IN (t.debit_account_id, t.credit_account_id)
         WHERE a.kind = 'student'
         GROUP BY a.id
    )
    SELECT a.number, a.posted, f.posted, a.held, f.held
      FROM meal_account a JOIN facts f USING (id)
     WHERE a.posted <> f.posted OR a.held <> f.held
        OR a.posted < 0 OR a.posted - a.held < 0 OR a.posted * 100 > %(opening)s
"""
