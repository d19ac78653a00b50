"""HTTP as a patient client speaks it: the same request again until it is answered."""

import http.client
import json
import time
from collections import Counter


class Unanswered(Exception):
    """No answer that counts: the request is to be sent again.

    :param bool is_race: two transactions met, which is everyday life
    """

    def __init__(self, reason, is_race=False):
        super().__init__(reason)
        self.is_race = is_race


class Unsent(Exception):
    """There was nobody to send to."""


class Client:
    """One connection at a time; not shared between threads.

    `flight` is the name of the call that waits for its answer; `interrupted` counts by
    name how often the server went away meanwhile, `races` how often it asked to try
    again. With `recording`, `sent` keeps (name, path, body) of every request.

    :param patience: seconds until a call without answer fails the test
    """

    def __init__(self, server, headers=(), patience=120.0):
        self.server = server
        self.headers = {"Content-Type": "application/json", **dict(headers)}
        self.patience = patience
        self.connection = None
        self.flight = None
        self.interrupted, self.races = Counter(), Counter()
        self.recording, self.sent = False, []

    def post(self, path, body):
        """Send once; return (status, headers, bytes)."""
        if isinstance(body, str):
            body = body.encode()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.server.port, timeout=60
                )
            self.connection.request("POST", path, body, self.headers)
        except OSError as error:
            self.close()
            raise Unsent from error
        try:
            response = self.connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def insist(self, name, path, payload, read, recover=None):
        """Send the same payload until `read(status, body)` accepts an answer.

        :param name: of the call, for `flight` and the counters
        :param read: returns the answer, or raises `Unanswered` for another try
        :param recover: asked before another try; what it returns is the answer, None
            means that the lost one did nothing
        """
        body = json.dumps(payload)
        if self.recording:
            self.sent.append((name, path, body))
        deadline = time.monotonic() + self.patience
        while True:
            self.flight = name
            try:
                status, _headers, answer = self.post(path, body)
                return read(status, answer)
            except Unsent as error:
                reason = error.__cause__
            except (OSError, http.client.HTTPException) as error:
                self.interrupted[name] += 1
                reason = error
            except Unanswered as error:
                (self.races if error.is_race else self.interrupted)[name] += 1
                reason = error
            finally:
                self.flight = None
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to {name}: {reason!r}")
            time.sleep(0.1)
            found = recover() if recover else None
            if found is not None:
                return found

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None
