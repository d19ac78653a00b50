"""A reader program as the till expects it: a WebSocket server on 127.0.0.1."""

import base64
import contextlib
import hashlib
import json
import socket
import struct
import threading

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT = 0x81  # the whole message in one text frame


class AgentServer:
    """Accepts any number of connections and sends each what it is told to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.clients = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _address = self.listener.accept()
                self._shake_hands(client)
                self.clients.append(client)

    def _shake_hands(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        headers = dict(
            line.split(b": ", 1) for line in request.split(b"\r\n") if b": " in line
        )
        lower = {name.lower(): value for name, value in headers.items()}
        digest = hashlib.sha1(lower[b"sec-websocket-key"] + GUID).digest()
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
            + base64.b64encode(digest)
            + b"\r\n\r\n"
        )

    def send(self, message):
        """Send a message (JSON, or a str as it is) to every till connected now."""
        text = message if isinstance(message, str) else json.dumps(message)
        data = text.encode()
        frame = struct.pack("!BB", TEXT, len(data)) + data  # up to 125 bytes
        for client in self.clients:
            client.sendall(frame)

    def drop(self):
        """Break all connections, as a crash of the program would."""
        while self.clients:
            client = self.clients.pop()
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()

    def close(self):
        self.drop()
        self.listener.close()
