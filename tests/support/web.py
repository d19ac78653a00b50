"""A signed-in user of Odoo's web client, patient as the till's browser is."""

import json

from .canteen import PASSWORD
from .http_client import Client, Unanswered

RACES = {
    "psycopg2.errors.SerializationFailure",
    "psycopg2.errors.LockNotAvailable",
    "psycopg2.errors.DeadlockDetected",
}
SESSION_EXPIRED = "odoo.http.SessionExpiredException"


class Refused(Exception):
    """The server refused a call for good, with a sentence for the user.

    :param name: of the exception on the server
    """

    def __init__(self, name, message, debug=""):
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.debug = name, message, debug


class Web(Client):
    """Calls methods of models by `call_kw`; signs in again when it must."""

    def __init__(self, server, login, password=PASSWORD, **options):
        super().__init__(server, **options)
        self.database, self.login, self.password = server.database, login, password
        self.sign_ins = 0
        self.sign_in()

    def sign_in(self):
        params = {
            "db": self.database,
            "login": self.login,
            "password": self.password,
        }
        self.headers.pop("Cookie", None)
        recording, self.recording = self.recording, False
        self.insist(
            "sign_in",
            "/web/session/authenticate",
            {"jsonrpc": "2.0", "params": params},
            self._read_sign_in,
        )
        self.headers["Cookie"] = self.session
        self.recording = recording
        self.sign_ins += 1

    def call(self, model, method, *args, **kwargs):
        """Result of a method; a broken or postponed call is sent again.

        :raises Refused: with the server's sentence
        """
        return self._call(model, method, args, kwargs)

    def _call(self, model, method, args, kwargs=None, name=None, recover=None):
        """:param name: of the call while it is on its way; see `insist`"""
        params = {
            "model": model,
            "method": method,
            "args": args,
            "kwargs": kwargs or {},
        }
        return self.insist(
            name or method,
            f"/web/dataset/call_kw/{model}/{method}",
            {"jsonrpc": "2.0", "method": "call", "params": params},
            self._read,
            recover,
        )

    def post(self, path, body):
        status, headers, answer = super().post(path, body)
        if SESSION_EXPIRED.encode() in answer:
            self.sign_in()
            status, headers, answer = super().post(path, body)
        for cookie in headers.get_all("Set-Cookie", ()):
            if cookie.startswith("session_id="):
                self.session = cookie.partition(";")[0]
        return status, headers, answer

    def _read(self, status, body):
        answer = self._parse(status, body)
        if "error" not in answer:
            return answer.get("result")  # a method without answer has none
        error = answer["error"]["data"]
        if error["name"].startswith("psycopg2."):  # a race or no database: not a no
            raise Unanswered(error["name"], is_race=error["name"] in RACES)
        raise Refused(error["name"], error["message"], error["debug"])

    def _read_sign_in(self, status, body):
        answer = self._parse(status, body)
        if "error" in answer or not answer["result"]["uid"]:
            raise Unanswered("not signed in")
        self.context = answer["result"]["user_context"]

    def _parse(self, status, body):
        try:
            return json.loads(body)
        except ValueError:  # a page: the server has no database at the moment
            raise Unanswered(f"HTTP {status}") from None
