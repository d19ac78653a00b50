"""What the parents have to bring for the new school year, class by class."""

from reportlab.lib.units import mm
from reportlab.platypus import PageBreak

from odoo.addons.school_meal_base.report import pdf

WIDTHS = [8 * mm, 55 * mm, 52 * mm, 65 * mm]


def make_pdf(campaign):
    """Return the bytes of the list; the user sees the classes of the own schools."""
    _ = campaign.env._
    lines = campaign.line_ids.filtered(
        lambda line: line.state == "waiting" and line.application_id
    )
    groups = lines.sorted(
        lambda line: (
            line.school_id.name,
            line.class_id.grade,
            line.class_id.name or "",
            line.student_id.name,
        )
    ).grouped(lambda line: (line.school_id, line.class_id))
    parts = []
    for (school, school_class), members in groups.items():
        if parts:
            parts.append(PageBreak())
        parts += _make_class(campaign, school, school_class, members)
    if not parts:
        parts = [pdf.paragraph(_("Everybody has answered: nothing is to be brought."))]
    title = _("Benefits: documents for the school year %s", campaign.school_year)
    return pdf.build_document(parts, title=title)


def _make_class(campaign, school, school_class, members):
    _ = campaign.env._
    title = _("Documents for benefits in the school year %s", campaign.school_year)
    place = _(
        "%(school)s, class %(class_name)s",
        school=school.short_name or school.name,
        class_name=school_class.name or "—",
    )
    head = [_("No."), _("Student"), _("Benefit"), _("To be brought")]
    rows = [
        [number, line.student_id.name, line.category_id.name, _tell(line)]
        for number, line in enumerate(members, 1)
    ]
    return [
        pdf.paragraph(title, "title"),
        pdf.paragraph(place, "subtitle"),
        pdf.table([head, *rows], WIDTHS, aligns="clll"),
    ]


def _tell(line):
    _ = line.env._
    text = line.to_bring or _("the application, everything else is at the school")
    if line.is_stage_change:
        text += "\n" + _("(new stage of schooling: check the papers)")
    return text
