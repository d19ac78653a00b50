"""Which module writes which version of the message; the portal says which it takes."""

from . import xml_1_1_0

#: Version of the message 10.06.S → module with LIMIT, `write` and `validate`.
VERSIONS = {xml_1_1_0.VERSION: xml_1_1_0}
DEFAULT = xml_1_1_0.VERSION


def exporter(version):
    """Return the module of a version; KeyError for an unknown one.

    >>> exporter("1.1.0").LIMIT
    1000
    """
    return VERSIONS[version]
