"""A simulator of another system that confirms passages, over a real socket."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo.addons.school_access.domain.webhook_signature import (
    ANSWER,
    NONCE,
    sign,
    verify,
)


class OtherSystem:
    """Listens on a port of its own; ``mode`` says how it behaves.

    answers, slow (by `delay` seconds), cut (closes without a word), wrong_signature,
    redirect, long, rubbish
    """

    def __init__(self):
        self.secret, self.mode, self.answer = None, "answers", {"verdict": "allow"}
        self.delay = 0
        self.questions, self.problems = [], []
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 - name of the library's hook
                system.handle(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/confirm"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, call):
        body = call.rfile.read(int(call.headers["Content-Length"]))
        if not verify(self.secret, call.path, body, call.headers, now=time.time()):
            self.problems.append("not signed")
        self.questions.append(json.loads(body))
        if self.mode == "cut":
            call.connection.close()
            return
        if self.mode == "slow":
            time.sleep(self.delay)
        content = json.dumps(self.answer).encode()
        if self.mode == "long":
            content = b"{" + b" " * 10_000 + content[1:]
        if self.mode == "rubbish":
            content = b"[1, 2"
        secret = "guessed" if self.mode == "wrong_signature" else self.secret
        nonce = call.headers[NONCE]
        headers = sign(secret, ANSWER, content, nonce=nonce, now=time.time())
        call.send_response(302 if self.mode == "redirect" else 200)
        if self.mode == "redirect":
            call.send_header("Location", self.url)
        for name, value in headers.items():
            call.send_header(name, value)
        call.send_header("Content-Length", str(len(content)))
        call.end_headers()
        call.wfile.write(content)
