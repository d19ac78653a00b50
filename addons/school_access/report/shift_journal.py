"""The journal of one shift of a guard, A4 landscape."""

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from odoo.addons.school_meal_base.report.pdf import build_document, paragraph, table

WIDTHS = [32 * mm, 48 * mm, 38 * mm, 52 * mm, 62 * mm, 35 * mm]


def draw(content, labels):
    """Return the bytes of the journal.

    :param dict content: of ``access.shift._get_content()``
    :param dict labels: of ``access.shift._get_print_labels()``
    """
    ended = content["ended"] or labels["going_on"]
    story = [
        paragraph(labels["title"], "title"),
        paragraph(f"{content['school']}, {content['site']}", "subtitle"),
        paragraph(f"{labels['guard']}: {content['guard']}"),
        paragraph(
            f"{labels['began']}: {content['began']}   {labels['ended']}: {ended}"
        ),
        Spacer(1, 3 * mm),
        _lines(content["lines"], labels),
    ]
    if content["handover"]:
        story.append(paragraph(labels["handover"], "heading"))
        story.append(paragraph(content["handover"]))
    story.append(_signatures(labels))
    return build_document(
        story, title=labels["title"], footer=labels["footer"], landscape=True
    )


def _lines(lines, labels):
    if not lines:
        return paragraph(labels["nothing"])
    columns = ("time", "what", "where", "who", "text", "by")
    rows = [[line[column] for column in columns] for line in lines]
    return table([labels["head"], *rows], WIDTHS)


def _signatures(labels):
    line = "_" * 24
    text = "      ".join(
        f"{labels[who]} {line} / {line} /" for who in ("handed", "taken")
    )
    return KeepTogether([Spacer(1, 10 * mm), paragraph(text)])
