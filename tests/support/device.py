"""A device as the server sees one: HTTP, a token, patience."""

import json

from .http_client import Client, Unanswered


class Device(Client):
    """Calls `/school_meal/v1/*`."""

    def __init__(self, server, token, **options):
        headers = {
            "Authorization": f"Device {token}",
            "X-Odoo-Database": server.database,
        }
        super().__init__(server, headers, **options)

    def call(self, operation, **payload):
        """Return (status, answer); the same payload is sent again after a failure."""
        return self.insist(
            operation, f"/school_meal/v1/{operation}", payload, self._read
        )

    def _read(self, status, body):
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        # An answer that is not JSON comes from a server without its database.
        if status >= 500 or answer is None:
            raise Unanswered(f"HTTP {status}")
        return status, answer
