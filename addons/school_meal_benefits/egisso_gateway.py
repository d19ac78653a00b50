"""Client of a region's gateway to ЕГИССО: SOAP after ``data/egisso/gateway.wsdl``.

Two kinds of failure matter to the caller. :class:`GatewayRefusal`: the gateway answered
no, sending the same again is of no use. :class:`GatewayUnclear`: nobody knows whether
the message arrived; ask with :meth:`Gateway.result` before sending again.
Texts of failures never hold what was sent.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

import requests
import zeep
from lxml import etree
from requests.auth import HTTPBasicAuth
from zeep import exceptions as zeep_exceptions
from zeep.transports import Transport

UNKNOWN, RECEIVED, PROCESSING, PROCESSED = (
    "unknown", "received", "processing", "processed",
)  # fmt: skip
KNOWN = (RECEIVED, PROCESSING, PROCESSED)
_CLIENT_FAULTS = ("Client", "Sender")
_UNCLEAR = (
    requests.RequestException,
    zeep_exceptions.Error,
    etree.XMLSyntaxError,
    OSError,
    ValueError,
)


class GatewayError(Exception):
    """`args[0]` is a word for the log: "timeout", "connection", "answer", "fault"."""


class GatewayRefusal(GatewayError):
    """The gateway said no; `text` are its words."""

    def __init__(self, text):
        super().__init__("refused")
        self.text = text


class GatewayUnclear(GatewayError):
    """No answer that counts."""


class Result(NamedTuple):
    """What the gateway knows of a package; `protocol` are bytes once processed."""

    status: str
    protocol: bytes | None


class Gateway:
    """One conversation; the WSDL is read at the first call.

    :param timeout: seconds to wait for an answer
    """

    def __init__(self, wsdl, login="", secret="", timeout=30):
        self.wsdl, self.timeout = wsdl, timeout
        self.session = requests.Session()
        # neither the machine's proxies nor its .netrc: they could leak the secret
        self.session.trust_env = False
        if login:
            self.session.auth = HTTPBasicAuth(login.encode(), (secret or "").encode())
        self._service = None

    def send(self, package_uuid, version, data):
        """Hand in a package; True if the gateway had it already."""
        answer = self._call(
            "sendPackage",
            packageId=package_uuid,
            messageVersion=version,
            content=data,
        )
        self._check_echo(answer, package_uuid)
        if answer.status not in ("accepted", "repeated"):
            raise GatewayUnclear("answer")
        return answer.status == "repeated"

    def result(self, package_uuid):
        """Ask what became of a package."""
        answer = self._call("getResult", packageId=package_uuid)
        self._check_echo(answer, package_uuid)
        if answer.status not in (UNKNOWN, *KNOWN):
            raise GatewayUnclear("answer")
        return Result(answer.status, answer.protocol or None)

    def _check_echo(self, answer, package_uuid):
        """An answer to another question is no answer."""
        if (getattr(answer, "packageId", None) or "").lower() != package_uuid.lower():
            raise GatewayUnclear("answer")

    def _call(self, operation, **values):
        try:
            return getattr(self._get_service(), operation)(**values)
        except zeep_exceptions.Fault as fault:
            code = (fault.code or "").rpartition(":")[2]
            if code in _CLIENT_FAULTS:
                raise GatewayRefusal((fault.message or "")[:500]) from fault
            raise GatewayUnclear("fault") from fault
        except requests.Timeout as error:
            raise GatewayUnclear("timeout") from error
        except zeep_exceptions.TransportError as error:
            if error.status_code in (401, 403):
                raise GatewayRefusal(f"HTTP {error.status_code}") from error
            raise GatewayUnclear("answer") from error
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in (401, 403):
                raise GatewayRefusal(f"HTTP {error.response.status_code}") from error
            raise GatewayUnclear("connection") from error
        except requests.ConnectionError as error:
            raise GatewayUnclear("connection") from error
        except _UNCLEAR as error:
            raise GatewayUnclear("answer") from error

    def _get_service(self):
        if self._service is None:
            client = zeep.Client(
                self.wsdl,
                transport=Transport(
                    session=self.session,
                    timeout=self.timeout,
                    operation_timeout=self.timeout,
                ),
                settings=zeep.Settings(forbid_dtd=True, forbid_entities=True),
            )
            service = client.service
            self._check_address(service._binding_options["address"])
            self._service = service
        return self._service

    def _check_address(self, address):
        """The password goes where the WSDL came from, nowhere else."""
        if urlsplit(address)[:2] != urlsplit(self.wsdl)[:2]:
            raise GatewayRefusal("WSDL: soap:address")
