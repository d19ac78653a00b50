"""What a section of an auditor's pack is made of: text, facts, tables."""

from typing import NamedTuple


class Text(NamedTuple):
    """A paragraph; `style` is a name of `school_meal_base.report.pdf.styles`."""

    text: str
    style: str = "body"


class Facts(NamedTuple):
    """Pairs (label, value) in two columns; empty values are left out."""

    pairs: tuple


class Grid(NamedTuple):
    """A table. `widths` are shares; a `dense` one has no wrapping and is drawn fast."""

    head: tuple
    rows: tuple
    widths: tuple
    aligns: str = ""
    title: str = ""
    dense: bool = False


class Section(NamedTuple):
    """`blocks` of a child under a `title` that is in the table of contents."""

    title: str
    blocks: tuple


class Child(NamedTuple):
    """All sections of a child; `name` is the entry of the table of contents."""

    name: str
    facts: tuple
    sections: tuple
