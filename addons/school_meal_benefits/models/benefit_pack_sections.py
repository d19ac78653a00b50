from odoo import api, models

from ..report.pack_blocks import Child, Facts, Grid, Section, Text
from .benefit_pack_data import PackData


class BenefitPackSections(models.AbstractModel):
    """The sections of an auditor's pack, child by child.

    A section is a method that takes (data, student) and returns blocks; an add-on adds
    its own by overriding `_get_pack_sections`. All methods run as superuser: who may
    make the pack was checked before.
    """

    _name = "benefit.pack.sections"
    _description = "Sections of the Auditor's Pack"

    @api.model
    def _get_pack_sections(self):
        """Hook: return [(title, method)] in the order of the pack."""
        _ = self.env._
        return [
            (_("Applications, documents, decisions"), self._draw_applications),
            (_("Entitlements"), self._draw_entitlements),
            (_("Meals"), self._draw_meals),
            (_("Ledger"), self._draw_ledger),
            (_("Money compensation"), self._draw_compensation),
            (_("Milk"), self._draw_milk),
            (_("EGISSO"), self._draw_egisso),
            (_("Changes"), self._draw_changes),
        ]

    @api.model
    def _get_children(self, pack, user):
        """Return (PackData, [Child]) of a pack."""
        data = PackData(pack, user)
        sections = self._get_pack_sections()
        children = []
        for student in data.students:
            made = []
            for title, draw in sections:
                blocks = draw(data, student)
                if not blocks:
                    blocks = [Text(self.env._("Nothing on record."), "small")]
                made.append(Section(title, tuple(blocks)))
            children.append(
                Child(student.name, self._get_facts(data, student), tuple(made))
            )
        return data, children

    def _get_facts(self, data, student):
        _ = self.env._
        enrolments = [
            f"{row.school_id.short_name}, {row.class_name or '—'}:"
            f" {data.day(row.date_from)} – {data.day(row.date_to) or '…'}"
            for row in student.enrolment_ids.sorted("date_from")
        ]
        parents = [
            f"{row.name} ({data.label(row, 'relation')})"
            for row in student.guardian_ids
        ]
        return (
            (_("School"), student.school_id.name),
            (_("Class"), student.class_id.name or ""),
            (_("Date of birth"), data.day(student.birth_date)),
            (_("SNILS"), data.number(student.snils)),
            (_("Parents"), "; ".join(parents)),
            (_("Enrolments"), "\n".join(enrolments)),
        )

    # === APPLICATIONS === #

    def _draw_applications(self, data, student):
        rights = data.of(student, "benefit.entitlement")
        in_force = rights.filtered(
            lambda one: one.date_from <= data.last and one.date_end >= data.first
        )
        papers = data.of(student, "benefit.application", order="submitted_on, id")
        wanted = papers.filtered(
            lambda one: (
                data.first <= one.submitted_on <= data.last
                or one in in_force.decision_id.application_id
            )
        )
        blocks = []
        # a filter forgets with whom the records were read
        for paper in wanted.with_prefetch(papers._prefetch_ids):
            blocks += self._draw_application(data, paper)
        return blocks

    def _draw_application(self, data, paper):
        _ = self.env._
        title = _(
            "Application No. %(number)s of %(day)s: %(category)s",
            number=paper.number or "—",
            day=data.day(paper.submitted_on),
            category=paper.category_id.name,
        )
        facts = (
            (_("Journal"), self._tell_journal(data, paper)),
            (_("Item"), paper.category_id.article_id.number or ""),
            (_("Regulation"), paper.regulation_id.display_name),
            (_("Applicant"), paper.applicant_name or ""),
            (_("Applicant's SNILS"), data.number(paper.applicant_snils)),
            (_("Authority"), data.label(paper, "authority")),
            (_("Proof of authority"), paper.authority_basis or ""),
            (_("Origin"), data.label(paper, "origin")),
            (_("Status"), data.label(paper, "state")),
            (_("To be registered by"), data.day(paper.register_by)),
            (_("Decision and order by"), data.day(paper.order_by)),
            (_("Grade"), paper.grade or ""),
            (_("Form of study"), data.label(paper, "study_form")),
            (_("Hours at school"), paper.hours_at_school or ""),
            (_("School bus"), _("yes") if paper.is_bused else ""),
            (_("Made by"), paper.create_uid.name),
        )
        blocks = [Text(title, "cell_bold"), Facts(facts)]
        blocks += self._draw_documents(data, paper) + self._draw_requests(data, paper)
        decisions = paper.decision_ids
        for decision in decisions.sorted("id").with_prefetch(decisions._prefetch_ids):
            blocks += self._draw_decision(data, decision)
        return blocks

    def _tell_journal(self, data, paper):
        if not paper.registered_at:
            return self.env._("not registered")
        return self.env._(
            "No. %(number)s for %(year)s, %(at)s, %(user)s",
            number=paper.number,
            year=f"{paper.school_year_start}/{paper.school_year_start + 1}",
            at=data.moment(paper.registered_at, paper.school_id),
            user=paper.registered_by_id.name or "",
        )

    def _draw_documents(self, data, paper):
        _ = self.env._
        rows = []
        for row in paper.document_ids:
            number = " ".join(filter(None, (row.series, row.number)))
            place = row.held_place or ""
            if row.attachment_ids:
                names = ", ".join(row.attachment_ids.mapped("name"))
                place = "\n".join(filter(None, (place, _("Scans: %s", names))))
            if row.held_document_id:
                source = row.held_document_id.application_id
                place += "\n" + _("From application No. %s", source.number)
            rows.append(
                (
                    row.requirement_id.name,
                    row.requirement_id.article_id.number or "",
                    data.label(row, "state"),
                    "\n".join(filter(None, (row.document_type_id.name, number))),
                    data.day(row.valid_to),
                    place,
                )
            )
        head = (
            *(_("Required"), _("Item"), _("Status"), _("Document")),
            *(_("Valid to"), _("Kept at")),
        )
        return [Grid(head, tuple(rows), (26, 8, 14, 22, 11, 19), title=_("Checklist"))]

    def _draw_requests(self, data, paper):
        _ = self.env._
        rows = tuple(
            (
                request.body,
                request.number or "",
                data.day(request.sent_on),
                data.day(request.due_on),
                data.day(request.answered_on),
                data.label(request, "state"),
            )
            for request in paper.request_ids
        )
        head = (
            *(_("Asked from"), _("Number"), _("Sent on"), _("Answer by")),
            *(_("Answered on"), _("Status")),
        )
        grid = Grid(head, rows, (34, 12, 13, 13, 14, 14), title=_("Requests"))
        return [grid] if rows else []

    def _draw_decision(self, data, decision):
        _ = self.env._
        order = decision.order_id
        facts = [
            (_("Decided on"), data.day(decision.date)),
            (_("Decided by"), decision.user_id.name),
            (_("Result"), data.label(decision, "result")),
            (_("Ground of refusal"), data.label(decision, "refusal_ground")),
            (_("Explanation"), decision.explanation or ""),
            (_("With effect from"), data.day(decision.effective_on)),
            (_("Supersedes"), data.day(decision.supersedes_id.date)),
        ]
        if order:
            facts += self._get_order_facts(data, order)
        for notice in decision.notice_ids:
            facts.append((_("Notice"), self._tell_notice(data, notice)))
        frozen = decision.checklist if isinstance(decision.checklist, list) else []
        states = data.words("benefit.application.document", "state")
        rows = tuple(
            (
                str(row.get("name") or row.get("requirement") or ""),
                str(row.get("item") or ""),
                states.get(row.get("state"), str(row.get("state") or "")),
                " ".join(
                    str(row.get(key) or "") for key in ("document", "series", "number")
                ),
                str(row.get("place") or ""),
            )
            for row in frozen
        )
        head = (_("Required"), _("Item"), _("Status"), _("Document"), _("Kept at"))
        return [
            Text(_("Decision"), "cell_bold"),
            Facts(tuple(facts)),
            Grid(
                head,
                rows,
                (30, 8, 14, 26, 22),
                title=_("Checklist as it was on the day of the decision"),
            ),
        ]

    def _get_order_facts(self, data, order):
        _ = self.env._
        return [
            (
                _("Order"),
                _(
                    "No. %(number)s of %(day)s",
                    number=order.number or "—",
                    day=data.day(order.date),
                ),
            ),
            (_("Prepared by"), order.prepared_by_id.name or ""),
            (_("Checked by"), order.checked_by_id.name or ""),
            (
                _("Signed"),
                f"{order.signed_by_id.name or ''}"
                f" {data.moment(order.signed_at, order.school_id)}",
            ),
        ]

    def _tell_notice(self, data, notice):
        return self.env._(
            "%(kind)s of %(day)s, due by %(due)s, sent: %(sent)s",
            kind=data.label(notice, "kind"),
            day=data.day(notice.date),
            due=data.day(notice.due_on),
            sent=data.day(notice.sent_on) or self.env._("not yet"),
        )

    # === ENTITLEMENTS === #

    def _draw_entitlements(self, data, student):
        blocks = []
        for right in data.of(student, "benefit.entitlement", order="date_from, id"):
            if right.date_from <= data.last and right.date_to >= data.first:
                blocks += self._draw_entitlement(data, right)
        periods = data.of(student, "benefit.study.period", order="date_from")
        rows = tuple(
            (
                data.label(one, "form"),
                data.day(one.date_from),
                data.day(one.date_to),
                one.basis,
            )
            for one in periods
        )
        if rows:
            head = (
                *(self.env._("Form of study"), self.env._("From")),
                *(self.env._("To"), self.env._("Basis")),
            )
            blocks.append(Grid(head, rows, (25, 15, 15, 45)))
        return blocks

    def _draw_entitlement(self, data, right):
        _ = self.env._
        facts = [
            (_("From"), data.day(right.date_from)),
            (_("Until, as granted"), data.day(right.date_to)),
            (
                _("Last day"),
                _("never in force") if right.is_void else data.day(right.date_end),
            ),
            (_("Meals"), ", ".join(right.meal_type_ids.mapped("name"))),
            (_("How the dates came about"), right.why or ""),
        ]
        for end in right.end_ids.sorted("id"):
            text = _(
                "%(ground)s, last day %(last)s, reported %(reported)s (by %(due)s),"
                " %(user)s",
                ground=data.label(end, "ground"),
                last=data.day(end.last_day),
                reported=data.day(end.reported_on) or "—",
                due=data.day(end.report_by) or "—",
                user=end.user_id.name,
            )
            if end.revoked_at:
                text += " · " + _("revoked by %s", end.revoked_by_id.name)
            facts.append((_("End"), text))
        return [Text(right.category_id.name, "cell_bold"), Facts(tuple(facts))]

    # === CHANGES === #

    def _draw_changes(self, data, student):
        _ = self.env._
        changes = data.of(student, "benefit.change", order="id")
        rows = [
            (
                change.changed_at,
                change.user_id.name or "",
                f"{change.model_name} ({data.label(change, 'action')})",
                change.summary or "",
            )
            for change in changes
        ]
        rows += self._get_comments(data, student)
        head = (_("When"), _("Who"), _("What"), _("Changes"))
        shown = tuple(
            (data.moment(at, student.school_id), *rest)
            for at, *rest in sorted(rows, key=lambda row: row[0])
        )
        return [Grid(head, shown, (17, 20, 25, 38))] if shown else []

    def _get_comments(self, data, student):
        """Return what people and the system wrote on the child's applications."""
        messages = self._get_messages(data)
        rows = []
        for paper in data.of(student, "benefit.application"):
            for message in messages.get(paper.id, self.env["mail.message"]):
                text = message.preview
                if text:
                    rows.append(
                        (
                            message.date,
                            message.author_id.name or "",
                            paper._description,
                            text,
                        )
                    )
        return rows

    def _get_messages(self, data):
        if "messages" not in data._cache:
            papers = self.env["benefit.application"].union(
                *data.group("benefit.application", order="submitted_on, id").values()
            )
            found = self.env["mail.message"].search(
                [("model", "=", "benefit.application"), ("res_id", "in", papers.ids)]
            )
            data._cache["messages"] = found.grouped("res_id")
        return data._cache["messages"]
