"""A vending machine in a storm."""

import uuid

from .storm import NO_MONEY, Participant

MAX_AMOUNT = 5_000  # kopecks of one purchase


class VendingMachine(Participant):
    """Holds, takes, releases and forgets; repeats each call; now and then confuses
    its own numbers."""

    def work(self):
        amount = self.chance.randint(1, MAX_AMOUNT)
        person = self.chance.choice(self.people)
        key = self.chance.choice(("number", "uid"))
        payer = {"account" if key == "number" else "card": person[key]}
        hold = self._number()
        if not self._call("authorise", hold, amount, amount=amount, **payer):
            return
        fate = self.chance.random()
        if fate < 0.65:
            paid = self.chance.choice((amount, self.chance.randint(1, amount)))
            self._call("capture", self._number(), paid, hold=hold, amount=paid)
        elif fate < 0.85:
            self._call("void", self._number(), amount, hold=hold)
        elif fate < 0.92:
            self._confuse(hold, amount, payer)
        # The others walk away and never come back.

    def _number(self):
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def _call(self, operation, number, kopecks, **payload):
        answers = self.several(
            operation, lambda: self.client.call(operation, uuid=number, **payload)
        )
        for status, answer in answers:
            if status != 200 and (
                operation != "authorise" or answer["error"] not in NO_MONEY
            ):
                self.complain(f"{operation} {number}: {status} {answer}")
        agreed = self.settle(operation, answers, lambda answer: answer[0] == 200)
        if agreed:
            self.record.transfers[number] = (operation, kopecks)
        else:
            self.record.refused.add(number)
        return agreed

    def _confuse(self, hold, amount, payer):
        """Use a number again for another amount."""
        self.record.done["confuse"] += 1
        status, answer = self.client.call(
            "authorise", uuid=hold, amount=amount + 1, **payer
        )
        if (status, answer.get("error")) != (409, "uuid_conflict"):
            self.complain(f"one number for two amounts: {status} {answer}")
