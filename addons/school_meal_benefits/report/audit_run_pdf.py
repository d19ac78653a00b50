"""A check of the procedure on paper: the sums first, then the violations by kind."""

from odoo.tools import format_datetime

from odoo.addons.school_meal_base.report import pdf

WIDTHS = (92, 62, 200, 52, 56, 300)


def render(run):
    """Return the bytes of the PDF of a `benefit.audit.run`."""
    _ = run.env._
    findings = run.finding_ids
    findings._log_reading({"what"})
    labels = dict(findings._fields["check_code"]._description_selection(run.env))
    story = [
        pdf.paragraph(_("Check of the procedure"), "title"),
        pdf.paragraph(run.display_name, "subtitle"),
        pdf.paragraph(_tell_run(run)),
    ]
    by_check = findings.grouped("check_code")
    order = [code for code in labels if code in by_check]
    story.append(_sums(run, by_check, order, labels))
    for code in order:
        rows = by_check[code]
        item = rows[0].item or ""
        story.append(
            pdf.paragraph(
                _("%(title)s (item %(item)s): %(count)s", title=labels[code], item=item,
                  count=len(rows)),
                "heading",
            )
        )  # fmt: skip
        story.append(_violations(rows))
    return pdf.build_document(
        story,
        title=_("Check of the procedure"),
        header=run.display_name,
        footer=_("Run No. %s", run.id),
        landscape=True,
    )


def _tell_run(run):
    _ = run.env._
    text = _(
        "Run on %(at)s by %(user)s. New: %(new)s, still there: %(same)s, gone:"
        " %(gone)s, unanswered: %(open)s.",
        at=format_datetime(run.env, run.made_at, dt_format="short"),
        user=run.user_id.name,
        new=run.new_count,
        same=run.same_count,
        gone=run.gone_count,
        open=run.open_count,
    )
    if run.previous_id:
        text += " " + _("Compared with run No. %s.", run.previous_id.id)
    return text


def _sums(run, by_check, order, labels):
    _ = run.env._
    rows = [[_("Violation"), _("Item"), _("New"), _("Still there"), _("Gone")]]
    for code in order:
        findings = by_check[code]
        states = findings.grouped("state")
        rows.append(
            [
                labels[code],
                findings[0].item or "",
                *(len(states.get(state, ())) for state in ("new", "same", "gone")),
            ]
        )
    if len(rows) == 1:
        return pdf.paragraph(_("No violation was found."), "heading")
    return pdf.table(rows, (400, 90, 70, 90, 70), aligns="lcrrr")


def _violations(findings):
    _ = findings.env._
    states = dict(findings._fields["state"]._description_selection(findings.env))
    rows = [
        [_("Child"), _("Class"), _("What is wrong"), _("Since"), _("Status"),
         _("Answer")]
    ]  # fmt: skip
    for finding in findings:
        answer = finding.answer or ""
        if finding.answered_at and answer:
            # sudo: who answered is a part of the answer
            who = finding.sudo().answered_by_id.name
            answer += f" ({who}, {finding.answered_at:%d.%m.%Y})"
        rows.append(
            [
                finding.student_id.name or "",
                finding.class_id.name or "",
                finding.what,
                f"{finding.since:%d.%m.%Y}",
                states[finding.state],
                answer,
            ]
        )
    return pdf.table(rows, WIDTHS, aligns="lclcll")
