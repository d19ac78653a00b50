"""The list that the person responsible signs when receiving cards."""

from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from .pdf import build_document, paragraph, table

WIDTHS = [10 * mm, 84 * mm, 32 * mm, 20 * mm, 34 * mm]


class HandoverRow(NamedTuple):
    student: str
    account: str
    number_end: str


def draw_handover_list(groups, labels):
    """Return the bytes of the list.

    :param dict groups: class name → list of :class:`HandoverRow`
    :param dict labels: texts of the form
    """
    story = [
        paragraph(labels["title"], "title"),
        paragraph(labels["subtitle"], "subtitle"),
    ]
    for class_name, rows in groups.items():
        if class_name:
            story.append(paragraph(f"{labels['class']} {class_name}", "heading"))
        lines = [
            [number, row.student, row.account, row.number_end, ""]
            for number, row in enumerate(rows, 1)
        ]
        story.append(table([labels["columns"], *lines], WIDTHS, aligns="rlccl"))
    story.append(_signatures(labels))
    return build_document(story, title=labels["title"], footer=labels["footer"])


def _signatures(labels):
    line = "_" * 24
    return KeepTogether(
        [
            Spacer(1, 6 * mm),
            paragraph(labels["total"]),
            Spacer(1, 6 * mm),
            paragraph(f"{labels['giver']} {line} / {line} /"),
            Spacer(1, 4 * mm),
            paragraph(f"{labels['receiver']} {line} / {labels['receiver_name']} /"),
        ]
    )
