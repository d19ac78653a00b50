"""A mail server that keeps what it is sent, or refuses addresses it was told of."""

import email
import email.policy
import socketserver
import threading
import time


class MailStandIn:
    """Use as a context manager; `sent` holds (address, subject, text, time.time())."""

    def __init__(self):
        self.sent = []
        self.unknown = set()
        stand_in = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                stand_in._talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, read, write):
        def say(text):
            write.write(f"{text}\r\n".encode())

        say("220 stand-in")
        address = ""
        while line := read.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                say("550 no such user" if address in self.unknown else "250 ok")
            elif verb == b"DATA":
                say("354 go on")
                self._keep(address, read)
                say("250 taken")
            elif verb == b"QUIT":
                return say("221 bye")
            else:
                say("250 ok")
        return None

    def _keep(self, address, read):
        lines = []
        while (line := read.readline()) not in (b".\r\n", b""):
            lines.append(line)
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        text = letter.get_body(("plain",)).get_content()
        self.sent.append((address, letter["Subject"], text, time.time()))
