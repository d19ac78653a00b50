"""XML from outside: no entities, no document types, nothing fetched."""

from functools import cache
from pathlib import Path

from lxml import etree

SCHEMAS = Path(__file__).parents[2] / "data" / "egisso"
#: A protocol of a thousand records is below one megabyte.
MAX_BYTES = 64 * 1024 * 1024


class XmlError(ValueError):
    """The text cannot be read; `args[0]` is a code: "size", "syntax" or "doctype"."""


def parse(data):
    """Return the root element of `data` (bytes).

    >>> parse(b"<a><b/></a>").tag
    'a'
    >>> parse(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_benefits.domain.egisso.safe_xml.XmlError: doctype
    >>> parse(b"<a>")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_benefits.domain.egisso.safe_xml.XmlError: syntax
    """
    if len(data) > MAX_BYTES:
        raise XmlError("size")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # the message of the parser may quote the text: people's data
        raise XmlError("syntax") from error
    if root.getroottree().docinfo.doctype:
        raise XmlError("doctype")
    return root


@cache
def load_schema(path):
    """Return the compiled schema of a file below SCHEMAS; it reads only that folder."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    return etree.XMLSchema(etree.parse(SCHEMAS / path, parser))


def schema_errors(root, path):
    """Return (line, place without values) of what a schema refuses, [] if nothing."""
    schema = load_schema(path)
    if schema.validate(root):
        return []
    return [(entry.line, entry.path or "") for entry in schema.error_log]


def local_name(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
