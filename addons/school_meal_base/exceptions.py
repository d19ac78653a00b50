"""Errors of the ledger that callers tell apart by code, users by the sentence."""

from odoo.exceptions import UserError


class LedgerRefusal(UserError):
    """The ledger did not record an operation; nothing was written.

    :ivar str code: one of the refusal codes of :mod:`.const`
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
