"""Refusals of the meal day that devices get as an answer."""


class ServingRefusal(Exception):
    """A call of a tablet is refused; ``code`` names the case, the text explains it."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
