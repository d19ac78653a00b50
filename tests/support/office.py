"""The accountant as the server sees one: documents of the back office."""

from .web import Web


class Office(Web):
    """Top-ups, corrections and transfers between siblings.

    Nobody sends a document again whose answer was lost: the accountant looks whether it
    is there, and so does this client.
    """

    def adjust(self, person, operation, kopecks, note):
        """Record a top-up or correction; return its id.

        :param str operation: `topup`, `credit` or `debit`
        :param str note: a sentence that no other document has
        """
        values = {
            "account_id": person["account"],
            "operation": operation,
            "amount": kopecks / 100,
            "note": note,
        }
        look = ("meal.adjustment", "search", [["note", "=", note]])
        [adjustment] = self._call(
            "meal.adjustment",
            "create",
            [[values]],
            recover=lambda: self.call(*look) or None,
        )
        return adjustment

    def prepare_move(self, source, target, kopecks):
        """Fill the dialog of a transfer between siblings in; return (id, number)."""
        values = {
            "account_id": source["account"],
            "target_id": target["account"],
            "amount": kopecks / 100,
        }
        [dialog] = self.call("meal.sibling.transfer", "create", [values])
        [row] = self.call("meal.sibling.transfer", "read", [dialog], ["uuid"])
        return dialog, row["uuid"]

    def move(self, dialog):
        """Press the dialog's button; pressing again changes nothing."""
        self.call("meal.sibling.transfer", "action_transfer", [dialog])

    def block(self, person):
        self.call("meal.account", "action_block", [person["account"]])

    def unblock(self, person):
        self.call("meal.account", "action_unblock", [person["account"]])
