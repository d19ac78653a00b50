"""An accountant in a storm."""

from .storm import Participant
from .web import Refused


class Accountant(Participant):
    """Tops accounts up, corrects them, moves money between siblings, locks some."""

    def __init__(self, client, people, chance):
        super().__init__(client, people, chance)
        self.documents = 0

    def work(self):
        [action] = self.chance.choices(
            (self._top_up, self._correct, self._move, self._lock),
            weights=(50, 20, 25, 5),
        )
        action()

    def _top_up(self):
        self._adjust("topup", self.chance.randint(2_000, 12_000))

    def _correct(self):
        operation = self.chance.choice(("credit", "debit"))
        self._adjust(operation, self.chance.randint(1, 9_999))

    def _adjust(self, operation, kopecks):
        self.documents += 1
        note = f"storm document {self.documents}"
        person = self.chance.choice(self.people)
        answer = self._once(
            operation, lambda: self.client.adjust(person, operation, kopecks, note)
        )
        if not isinstance(answer, Refused):
            self.record.adjustments[note] = kopecks
        else:
            self.record.refused.add(note)
            if operation != "debit" or not self._is_rule(answer):
                self.complain(f"{operation}: {answer!r}")

    def _move(self):
        kopecks = self.chance.randint(1, 20_000)
        source, target = self.chance.sample(self.people, 2)
        dialog, number = self.client.prepare_move(source, target, kopecks)
        number = f"sibling-{number}"
        answers = self.several("move", lambda: self.client.move(dialog))
        for answer in answers:
            if isinstance(answer, Refused) and not self._is_rule(answer):
                self.complain(f"move: {answer!r}")
        if self.settle("move", answers, lambda a: not isinstance(a, Refused)):
            self.record.transfers[number] = ("move", kopecks)
        else:
            self.record.refused.add(number)

    def _lock(self):
        person = self.chance.choice(self.people)
        self.several("block", lambda: self.client.block(person))
        self._top_up()
        self.several("unblock", lambda: self.client.unblock(person))

    @staticmethod
    def _is_rule(refusal):
        """Whether the ledger refused, and nothing else went wrong."""
        return refusal.name.endswith(".LedgerRefusal")
