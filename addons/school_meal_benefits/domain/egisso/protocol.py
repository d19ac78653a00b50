"""The protocol of processing that the register answers to a package.

Read after package-protocol-2.3.0 but tolerantly: any namespace and version, any wrapper
around it, codes and messages as ``ruleCode``/``report`` or ``code``/``message``. A
record that the protocol does not name was accepted once the package is processed.
"""

from typing import NamedTuple

from . import safe_xml

#: Status of a package (packageStatus).
RECEIVED, PROCESSING, PROCESSED = "1", "2", "3"
WARNING = "2"
_PLACES = ("packageResult", "messageResult", "protocol")


class ProtocolError(ValueError):
    """It is no protocol; `args[0]`: "protocol" or a code of :class:`XmlError`."""


class Message(NamedTuple):
    code: str
    text: str
    is_warning: bool = False


class Record(NamedTuple):
    """What was said of one element; `is_ok` although there may be warnings."""

    uuid: str
    is_ok: bool
    messages: tuple


class Protocol(NamedTuple):
    """An answer.

    :param package_uuid: "" when the whole message was refused
    :param status: RECEIVED, PROCESSING, PROCESSED or ""
    :param errors: messages about the package as a whole
    """

    package_uuid: str
    status: str
    accepted: int | None
    errors: tuple
    records: tuple

    @property
    def is_final(self):
        return bool(self.errors) or self.status == PROCESSED


def read(data):
    """Return the :class:`Protocol` in the bytes of an XML file.

    >>> answer = read(
    ...     b"<x><packageResult><packageId>AB</packageId>"
    ...     b"<packageStatus>3</packageStatus><recordNumSuccess>7</recordNumSuccess>"
    ...     b"<errorRecords><recordResult><recId>F1</recId><recordOK>false</recordOK>"
    ...     b"<messages><messageType>1</messageType><ruleCode>101</ruleCode>"
    ...     b"<report>No such person</report></messages></recordResult></errorRecords>"
    ...     b"</packageResult></x>")
    >>> answer.package_uuid, answer.status, answer.accepted, answer.is_final
    ('ab', '3', 7, True)
    >>> answer.records[0].uuid, answer.records[0].messages[0].code
    ('f1', '101')
    >>> read(b"<messageResult><errors><error><message>x</message></error></errors>"
    ...      b"</messageResult>").errors
    (Message(code='', text='x', is_warning=False),)
    >>> read(b"<html/>")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_benefits.domain.egisso.protocol.ProtocolError: protocol
    """
    try:
        root = safe_xml.parse(data)
    except safe_xml.XmlError as error:
        raise ProtocolError(error.args[0]) from error
    result = _find(root)
    if result is None:
        raise ProtocolError("protocol")
    accepted = _text(result, "recordNumSuccess")
    return Protocol(
        _text(result, "packageId").lower(),
        _text(result, "packageStatus"),
        int(accepted) if accepted.isdecimal() else None,
        tuple(
            _message(error)
            for error in _direct(result, "errors", "error")
        ),
        tuple(map(_record, _direct(result, "errorRecords", "recordResult"))),
    )  # fmt: skip


def _find(root):
    """Return the element of the result, wherever it stands."""
    for place in _PLACES:
        for element in root.iter("{*}" + place):
            return element
    return None


def _direct(parent, box_name, name):
    for box in parent.iterchildren("{*}" + box_name):
        yield from box.iterchildren("{*}" + name)


def _record(element):
    messages = tuple(map(_message, element.iterchildren("{*}messages")))
    messages += tuple(map(_message, _direct(element, "errors", "error")))
    is_ok = _text(element, "recordOK") in ("true", "1")
    return Record(_text(element, "recId").lower(), is_ok, messages)


def _message(element):
    return Message(
        _text(element, "ruleCode") or _text(element, "code"),
        _text(element, "report") or _text(element, "message"),
        _text(element, "messageType") == WARNING,
    )


def _text(parent, name):
    return (parent.findtext("{*}" + name) or "").strip()
