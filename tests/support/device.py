"""A device as the server sees one: HTTP with keep-alive, a token, patience."""

import http.client
import json
import time


class Device:
    """Calls `/school_meal/v1/*` and repeats a call until the server answers it."""

    def __init__(self, server, token, patience=60.0):
        self.address = ("127.0.0.1", server.port)
        self.headers = {
            "Authorization": f"Device {token}",
            "Content-Type": "application/json",
            "X-Odoo-Database": server.database,
        }
        self.patience = patience  # seconds
        self.connection = None

    def call(self, operation, **payload):
        """Return (status, answer); the same payload is sent again after a failure."""
        body = json.dumps(payload)
        deadline = time.monotonic() + self.patience
        while True:
            try:
                status, answer = self._once(operation, body)
                if status < 500:
                    return status, answer
            except (OSError, http.client.HTTPException, ValueError):
                self.connection = None
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to {operation}")
            time.sleep(0.1)

    def _once(self, operation, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(*self.address, timeout=15)
        self.connection.request(
            "POST", f"/school_meal/v1/{operation}", body, self.headers
        )
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())
