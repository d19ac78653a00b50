from collections import defaultdict
from decimal import Decimal

from odoo import fields, models

from odoo.addons.school_meal_base.domain import person_name, snils

from ..domain.egisso import checks, facts

NO_MEASURE = checks.Problem("no_measure")
NO_PARENT = checks.Problem("no_parent")


class EgissoFact(models.Model):
    """Rows as plain values for the exporters, and what is wrong with them."""

    _inherit = "egisso.fact"

    # === CHECKS === #

    def _check(self):
        """Write what is wrong into the list of errors; move rows to ready or back.

        What the register has said of a row is taken as settled: it may go again.
        """
        self._fill_in()
        self = self.filtered(lambda row: row.state != "cancelled")
        if not self:
            return
        found = self._get_problems(self._to_elements())
        self.env["egisso.error"]._note_problems(found)
        wrong = self.filtered(lambda row: found[row])
        for rows, state in ((wrong, "to_check"), (self - wrong, "ready")):
            rows.filtered(lambda row, to=state: row.state != to).write({"state": state})

    def _fill_in(self):
        """Take over a measure, or its amount, that was entered after the decision."""
        lacking = self.filtered(lambda row: not row.measure_id)
        measures = self.env["egisso.measure"]._find_for(lacking.category_id)
        for measure, rows in lacking.grouped(
            lambda row: measures[row.category_id]
        ).items():
            if measure and not measure.is_reported:
                rows._cancel()
            elif measure:
                rows.write({"measure_id": measure.id})
                assignments = rows.filtered(lambda row: row.kind == facts.FACT)
                assignments.write({"quantity": measure.quantity})
        unplanned = self.filtered(
            lambda row: (
                row.kind == facts.FACT
                and not row.amount
                and row.measure_id.rate
                and row.state != "cancelled"
            )
        )
        plan = self._get_planner({row.category_id: row.measure_id for row in unplanned})
        for row in unplanned:
            row.amount = plan(row.entitlement_id, row.date_finish)

    def _get_problems(self, elements):
        """Return {row: list of problems} of the rows.

        :param elements: of :meth:`_to_elements`
        """
        today = fields.Date.context_today(self)
        found = {}
        for row in self:
            if not row.measure_id:
                found[row] = [NO_MEASURE]
            elif row.measure_id.receiver == "parent" and not row.guardian_id:
                found[row] = [NO_PARENT]
            else:
                found[row] = checks.problems(elements[row], today)
        return found

    # === VALUES === #

    def _to_elements(self):
        """Return {row: facts.Fact or facts.Event} of rows with a measure.

        Everything is read in batches: no query grows with the number of rows.
        """
        # sudo: the register gets СНИЛС, whoever sends them
        rows = self.sudo().filtered("measure_id")
        papers = rows._get_papers()
        elements = {}
        for row in rows:
            if row.kind == facts.FACT:
                elements[row] = row._to_fact(papers, row.uuid)
            else:
                elements[row] = row._to_event(papers)
        return {row.with_env(self.env): element for row, element in elements.items()}

    def _get_papers(self):
        """Return {application id: documents with a date and an issuer}."""
        applications = self.entitlement_id.decision_id.application_id
        documents = self.env["benefit.application.document"].search(
            [
                ("application_id", "in", applications.ids),
                ("state", "in", ("provided", "held")),
                ("issued_on", "!=", False),
                ("issuer", "!=", False),
            ]
        )
        papers = defaultdict(list)
        for document in documents:
            papers[document.application_id.id].append(document)
        return papers

    def _to_event(self, papers):
        is_end = self.kind in facts.TERMINATIONS
        has_finish = is_end or self.kind == "death_or_moving"
        has_amount = self.kind in ("recalculation", "death_or_moving")
        has_amount = has_amount or (is_end and self.amount)
        corrected = None
        if self.kind == "previous_errors":
            corrected = self._to_fact(papers, self.fact_id.uuid)
        return facts.Event(
            self.kind,
            self.uuid,
            self.fact_id.uuid,
            provider_code=self.measure_id.provider_code or "",
            date_finish=self.date_finish if has_finish and self.date_finish else None,
            amount=_money(self.amount) if has_amount else None,
            quantity=_number(self.quantity) if is_end and self.quantity else None,
            fact=corrected,
        )

    def _to_fact(self, papers, fact_uuid):
        measure, entitlement = self.measure_id, self.entitlement_id
        decision = entitlement.decision_id
        own = papers[decision.application_id.id]
        child = self._to_child(own)
        receiver, reasons = child, ()
        if measure.receiver == "parent" and self.guardian_id:
            receiver = self._to_parent(decision.application_id)
            reasons = (facts.BasisPerson(child, measure.kinship_code or ""),)
        criteria = measure._get_criteria()
        return facts.Fact(
            fact_uuid,
            decision.school_id.egisso_code or measure.osz_code or "",
            receiver,
            measure.lmsz_id or "",
            measure.local_category_id or "",
            decision.date,
            self.date_start,
            self._to_assignment(),
            date_finish=self.date_finish or None,
            reasons=reasons,
            lmsz_provider_code=measure.lmsz_provider_code or "",
            documents=self._to_documents(own) if measure.sends_documents else (),
            uses_criteria=bool(criteria),
            criteria=criteria,
        )

    def _to_assignment(self):
        measure, amount = self.measure_id, _money(self.amount)
        if measure.form == facts.MONETARY:
            return facts.Assignment(measure.form, amount)
        is_exemption = measure.form == facts.EXEMPTION
        okei = measure.okei_code or ""
        return facts.Assignment(
            measure.form,
            _number(self.quantity),
            unit="" if okei else measure.unit_code or "",
            okei=okei,
            content="" if is_exemption else measure.content or "",
            comment=measure.comment or "",
            monetization=is_exemption and measure.is_monetized,
            equivalent=amount,
        )

    def _to_child(self, papers):
        """Return the child; the certificate only if the register would take it.

        It is optional there, and papers of a decided application change no more.
        """
        student = self.student_id
        birth = next(
            (
                paper
                for paper in papers
                if paper.requirement_id.is_birth_certificate and paper.number
            ),
            None,
        )
        child = facts.Person(
            student.snils or "",
            student.last_name,
            student.first_name,
            student.middle_name or "",
            student.gender or "",
            student.birth_date or None,
            document=birth and _to_birth_certificate(birth),
        )
        today = fields.Date.context_today(self)
        if birth and any(checks.identity_problems(child, "receiver", today)):
            return child._replace(document=None)
        return child

    def _to_parent(self, application):
        guardian = self.guardian_id
        last, first, middle = person_name.split(guardian.name or "")
        number = guardian.snils
        if not number and application.applicant_id == guardian:
            number = application.applicant_snils
        return facts.Person(
            snils.digits(number),
            last or "",
            first or "",
            middle or "",
            guardian._get_gender(),
            guardian.birth_date or None,
        )

    def _to_documents(self, papers):
        """Return papers that give the right, without those on health; see _to_child."""
        today = fields.Date.context_today(self)
        documents = (
            facts.Document(
                paper.document_type_id.name or paper.requirement_id.name,
                paper.series or "",
                paper.number or "",
                paper.issued_on,
                paper.issuer,
                paper.issued_on,
                paper.valid_to or None,
            )
            for paper in papers
            if not paper.is_health and not paper.requirement_id.is_birth_certificate
        )
        return tuple(
            document
            for document in documents
            if not any(checks.document_problems(document, today))
        )


def _to_birth_certificate(paper):
    """Return the certificate, its series as the register writes it (``II-ИВ``)."""
    series = (paper.series or "").replace(" ", "").upper()
    return facts.IdentityDocument(
        "birth_certificate", series, paper.number.strip(), paper.issued_on, paper.issuer
    )


def _money(amount):
    return Decimal(f"{amount or 0:.2f}")


def _number(number):
    return Decimal(f"{number or 0:.3f}").normalize()
