"""HTTP clients of the benchmarks: a device with a token, a cashier with a session."""

import http.client
import json


class Client:
    """One connection, kept alive; not shared between threads."""

    def __init__(self, server, **headers):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.port, timeout=60
        )
        self.headers = {"Content-Type": "application/json", **headers}

    def post(self, path, payload):
        """Return (status, headers, body)."""
        self.connection.request("POST", path, json.dumps(payload), self.headers)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()

    def close(self):
        self.connection.close()


class Device(Client):
    """A vending machine or terminal with its token."""

    def __init__(self, server, token):
        # The header spares the server the search for the database.
        headers = {"X-Odoo-Database": server.database}
        super().__init__(server, Authorization=f"Device {token}", **headers)

    def call(self, operation, payload):
        """Answer of `/school_meal/v1/<operation>`; a refusal is an error."""
        status, _headers, body = self.post(f"/school_meal/v1/{operation}", payload)
        if status != 200:
            raise AssertionError(f"{operation}: {status} {body[:300]}")
        return json.loads(body)


class Cashier(Client):
    """A signed-in user of Odoo's web client."""

    def __init__(self, server, login, password):
        super().__init__(server)
        params = {"db": server.database, "login": login, "password": password}
        status, headers, body = self.post(
            "/web/session/authenticate", {"jsonrpc": "2.0", "params": params}
        )
        assert status == 200 and b'"error"' not in body, body[:300]
        for cookie in headers.get_all("Set-Cookie", ()):
            if cookie.startswith("session_id="):
                self.headers["Cookie"] = cookie.partition(";")[0]

    def call_raw(self, model, method, *args, **kwargs):
        """Body of the answer of one method."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        status, _headers, body = self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"jsonrpc": "2.0", "method": "call", "params": params},
        )
        assert status == 200, body[:300]
        return body

    def call(self, model, method, *args, **kwargs):
        answer = json.loads(self.call_raw(model, method, *args, **kwargs))
        if "error" in answer:
            raise AssertionError(json.dumps(answer["error"])[:2000])
        return answer["result"]
