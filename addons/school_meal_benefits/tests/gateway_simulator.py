"""A region's gateway to ЕГИССО, simulated: serves its WSDL and answers SOAP.

    python gateway_simulator.py [--port N] [--login L --secret S]

prints ``{"port": N}`` and serves on loopback until it is ended. It keeps packages,
checks them against the schema of the message, registers their facts and answers a
protocol. It imports nothing of the add-ons.

``POST /control`` (JSON) tells it how to behave:

* ``behaviours``: what happens at the next calls, one after the other; each
  ``[operation or "*", behaviour]`` with a behaviour of BEHAVIOURS
* ``refusals``: {uuid of a fact: [code, text]}, refused when the package is processed
* ``pending``: how many times a result is asked before it is there

``GET /state`` (JSON) says what it has: {"packages": {uuid: times accepted},
"sends": {uuid: times handed in}, "facts": {uuid: times registered}, "calls": [...]}.
"""

import argparse
import base64
import contextlib
import hmac
import json
import socket
import sys
import threading
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lxml import etree

DATA = Path(__file__).parents[1] / "data" / "egisso"
WSDL = DATA / "gateway.wsdl"
SCHEMA = DATA / "10.06.S-1.1.0.xsd"
SERVICE = "urn:school-meal:egisso-gateway:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMES = {
    "p": "urn://egisso-ru/types/package-protocol/2.3.0",
    "r": "urn://egisso-ru/types/package-result/2.3.0",
    "e": "urn://egisso-ru/types/record-result/2.3.0",
}
#: fault, refuse, drop and hang: the call is not carried out. after_*: it is, and then
#: the answer is lost or wrong. twice: the answer comes two times. garbage: a page.
#: other: the answer is about another package.
BEHAVIOURS = (
    "fault", "refuse", "drop", "hang", "after_fault", "after_drop", "after_hang",
    "twice", "garbage", "other",
)  # fmt: skip
HANG = 60  # seconds


class Refusal(Exception):
    """A fault of the client: sending it again is of no use."""


class Register:
    """What the gateway and the register behind it remember."""

    def __init__(self):
        self.lock = threading.Lock()
        self.schema = etree.XMLSchema(etree.parse(SCHEMA))
        self.contents, self.protocols = {}, {}
        self.accepted, self.sends, self.facts = Counter(), Counter(), Counter()
        self.asked, self.calls = Counter(), []
        self.behaviours, self.refusals, self.pending = deque(), {}, 0

    def control(self, behaviours=(), refusals=None, pending=None):
        """Give orders; those about behaviour replace what is left of earlier ones."""
        with self.lock:
            self.behaviours = deque(map(tuple, behaviours))
            self.refusals.update(refusals or {})
            if pending is not None:
                self.pending = pending

    def state(self):
        with self.lock:
            return {
                "packages": dict(self.accepted),
                "sends": dict(self.sends),
                "facts": dict(self.facts),
                "calls": list(self.calls),
            }

    def next_behaviour(self, operation):
        with self.lock:
            self.calls.append(operation)
            if self.behaviours and self.behaviours[0][0] in ("*", operation):
                return self.behaviours.popleft()[1]
            return None

    # === OPERATIONS === #

    def call(self, operation, values):
        with self.lock:
            method = {"sendPackage": self._send, "getResult": self._result}
            return method[operation](values)

    def _send(self, values):
        key = values["packageId"].lower()
        data = base64.b64decode(values["content"])
        self.sends[key] += 1
        if key in self.contents:
            if self.contents[key] != data:
                raise Refusal("Another package has this UUID")
            return {"packageId": key, "status": "repeated"}
        root = etree.fromstring(data)
        if values["messageVersion"] != "1.1.0" or not self.schema.validate(root):
            raise Refusal("The package does not follow the schema")
        self.contents[key] = data
        self.accepted[key] += 1
        self.protocols[key] = self._process(key, root)
        return {"packageId": key, "status": "accepted"}

    def _result(self, values):
        key = values["packageId"].lower()
        if key not in self.contents:
            return {"packageId": key, "status": "unknown"}
        self.asked[key] += 1
        if self.asked[key] <= self.pending:
            return {"packageId": key, "status": "processing"}
        protocol = base64.b64encode(self.protocols[key]).decode()
        return {"packageId": key, "status": "processed", "protocol": protocol}

    # === PROCESSING === #

    def _process(self, key, root):
        """Register the elements of a package; return the protocol."""
        [elements] = root.iter("{*}elements")
        errors = []
        for element in elements:
            uuid = element.findtext("{*}uuid").lower()
            fact = element.findtext("{*}assignmentFactUuid")
            error = self._get_error(uuid, fact and fact.lower())
            if error:
                errors.append((uuid, *error))
            else:
                self.facts[uuid] += 1
        return write_protocol(key, len(elements), errors)

    def _get_error(self, uuid, fact):
        if uuid in self.refusals:
            return self.refusals.pop(uuid)
        if uuid in self.facts:
            return "101", "Факт уже зарегистрирован"
        if fact and fact not in self.facts:
            return "102", "Факт назначения не найден"
        return None


def write_protocol(key, count, errors):
    """Return a protocol after package-protocol-2.3.0.

    :param errors: (uuid of the element, code, text)
    """
    root = etree.Element(f"{{{NAMES['p']}}}protocol", nsmap=NAMES)
    result = _add(root, "p:packageResult")
    _add(result, "r:packageId", key)
    _add(result, "r:packageType", "10.06.S")
    _add(result, "r:packageStatus", "3")
    _add(result, "r:receivingTime", "2026-09-14T10:00:00+03:00")
    if count:
        _add(result, "r:recordNum", str(count))
    if count > len(errors):
        _add(result, "r:recordNumSuccess", str(count - len(errors)))
    if errors:
        records = _add(result, "p:errorRecords")
        for uuid, code, text in errors:
            record = _add(records, "e:recordResult")
            _add(record, "e:recId", uuid)
            _add(record, "e:recordOK", "false")
            messages = _add(record, "e:messages")
            _add(messages, "e:messageType", "1")
            _add(messages, "e:ruleCode", code)
            _add(messages, "e:report", text)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(parent, name, text=None):
    prefix, _colon, tag = name.partition(":")
    element = etree.SubElement(parent, f"{{{NAMES[prefix]}}}{tag}")
    element.text = text
    return element


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """Nothing: people's data could be in it."""

    def do_GET(self):
        if self.path == "/state":
            self._answer(json.dumps(self.server.register.state()), "application/json")
        elif self._is_allowed():
            address = f"http://127.0.0.1:{self.server.server_port}/egisso"
            text = WSDL.read_text(encoding="utf-8")
            self._answer(text.replace("http://127.0.0.1/egisso", address))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            self.server.register.control(**json.loads(body))
            self._answer("{}", "application/json")
        elif self._is_allowed():
            self._soap(body)

    def _is_allowed(self):
        given = self.headers.get("Authorization", "")
        if self.server.token is None or hmac.compare_digest(given, self.server.token):
            return True
        self._answer("", status=401)
        return False

    def _soap(self, body):
        envelope = etree.fromstring(body)
        request = envelope.find(f"{{{SOAP}}}Body")[0]
        operation = etree.QName(request).localname
        values = {etree.QName(child).localname: child.text or "" for child in request}
        behaviour = self.server.register.next_behaviour(operation) or ""
        if behaviour == "fault":
            return self._fault("Server", "Out of order")
        if behaviour == "refuse":
            return self._fault("Client", "Not wanted")
        if behaviour in ("drop", "hang"):
            return self._lose(behaviour)
        if behaviour == "garbage":
            return self._answer("<html><body>Nginx<br></body></html>", "text/html")
        try:
            answer = self.server.register.call(operation, values)
        except Refusal as refusal:
            return self._fault("Client", str(refusal))
        if behaviour == "after_fault":
            return self._fault("Server", "Out of order")
        if behaviour in ("after_drop", "after_hang"):
            return self._lose(behaviour)
        if behaviour == "other":
            answer["packageId"] = "00000000-0000-0000-0000-00000000dead"
        content = self._envelope(
            f'<g:{operation}Response xmlns:g="{SERVICE}">'
            + "".join(f"<g:{name}>{text}</g:{name}>" for name, text in answer.items())
            + f"</g:{operation}Response>"
        )
        for _number in range(2 if behaviour == "twice" else 1):
            self._answer(content)

    def _fault(self, code, text):
        self._answer(
            self._envelope(
                f"<s:Fault><faultcode>s:{code}</faultcode>"
                f"<faultstring>{text}</faultstring></s:Fault>"
            ),
            status=500,
        )

    def _envelope(self, content):
        return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{content}</s:Body></s:Envelope>'

    def _lose(self, behaviour):
        """No answer: the connection hangs or breaks."""
        if behaviour.endswith("hang"):
            self.server.stopping.wait(HANG)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, text, content_type="text/xml; charset=utf-8", status=200):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Simulator(ThreadingHTTPServer):
    """The gateway on a free port of loopback; `register` is its memory."""

    daemon_threads = True

    def __init__(self, port=0, login=None, secret=""):
        super().__init__(("127.0.0.1", port), Handler)
        self.register = Register()
        self.stopping = threading.Event()
        credentials = base64.b64encode(f"{login}:{secret}".encode()).decode()
        self.token = f"Basic {credentials}" if login else None

    @property
    def wsdl_url(self):
        return f"http://127.0.0.1:{self.server_port}/egisso?wsdl"

    def handle_error(self, request, client_address):
        """A client that went away is no news."""

    def start(self):
        """Serve in a thread of this process."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.stopping.set()
        self.shutdown()
        self.server_close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login")
    parser.add_argument("--secret", default="")
    arguments = parser.parse_args()
    simulator = Simulator(arguments.port, arguments.login, arguments.secret)
    sys.stdout.write(json.dumps({"port": simulator.server_port}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        simulator.serve_forever()


if __name__ == "__main__":
    main()
