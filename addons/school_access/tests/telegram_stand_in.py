"""A Telegram that answers over a real socket: tests of this add-on and the black box.

It knows getMe, sendMessage and getUpdates, keeps what it was sent, and can be told to
refuse: `answers` maps a chat to a status or a list of statuses, used up in order.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "123456:" + "A" * 35
BOT = "school_24_bot"


class TelegramStandIn:
    """Use as a context manager; `url` is the base address for Odoo."""

    def __init__(self, delay=0):
        self.sent = []  # (chat, text, time.time())
        self.answers = {}
        self.updates = []
        self.delay = delay
        self.retry_after = 7
        self._lock = threading.Lock()
        self._next = 1
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                stand_in._handle(self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    def write(self, chat, text, kind="private"):
        """A person writes to the bot."""
        with self._lock:
            message = {"chat": {"id": chat, "type": kind}, "text": text}
            self.updates.append({"update_id": self._next, "message": message})
            self._next += 1

    def texts_for(self, chat):
        return [text for to, text, _at in self.sent if to == str(chat)]

    # === ANSWERS === #

    def _handle(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        params = json.loads(request.rfile.read(length) or b"{}")
        prefix, __, method = request.path.strip("/").rpartition("/")
        if prefix != f"bot{TOKEN}":
            return self._write(request, 401, {"ok": False, "error_code": 401})
        answer = getattr(self, f"_on_{method}")(params)
        return self._write(request, *answer)

    @staticmethod
    def _write(request, status, body):
        if status == "cut":  # the line breaks after the message was taken
            request.connection.close()
            return
        data = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    @staticmethod
    def _on_getMe(params):
        return 200, {"ok": True, "result": {"id": 1, "username": BOT}}

    def _on_getUpdates(self, params):
        offset = int(params.get("offset") or 0)
        with self._lock:
            self.updates = [one for one in self.updates if one["update_id"] >= offset]
            found = list(self.updates)
        if not found:
            time.sleep(min(params.get("timeout") or 0, 2))
        return 200, {"ok": True, "result": found}

    def _on_sendMessage(self, params):
        chat = str(params["chat_id"])
        status = self.answers.get(chat, 200)
        if isinstance(status, list):
            status = status.pop(0) if status else 200
        if status in (200, "cut"):
            with self._lock:
                self.sent.append((chat, params["text"], time.time()))
            time.sleep(self.delay)
            return status, {"ok": True, "result": {"message_id": 1}}
        body = {"ok": False, "error_code": status, "description": "refused"}
        if status == 429:
            body["parameters"] = {"retry_after": self.retry_after}
        return status, body
