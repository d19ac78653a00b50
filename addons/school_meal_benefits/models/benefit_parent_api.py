import binascii
from base64 import b64decode

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.school_meal_base.domain import snils

#: Scans: what a parent may send, and how much of it.
SIGNATURES = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}
MAX_BYTES = 10 * 1024 * 1024
MAX_SCANS = 20
#: Applications that a person may send within a day, and drafts that may wait.
PER_DAY = 10
PER_CHILD = 5
TEXT_LIMIT = 100


class MealParentApi(models.AbstractModel):
    """Applications for benefits by the child's legal representatives.

    The same manner as the meals: everything is private, routes call it for the user who
    has signed in, and a child is reached by a row of ``school.guardian`` only.
    """

    _inherit = "meal.parent.api"

    # === READING === #

    @api.model
    def _get_benefit_categories(self, student_id):
        """Return the categories that fit the child today, with their documents."""
        student = self._get_represented(student_id)
        draft = self._new_draft(student, fields.Date.context_today(self))
        return [
            {
                "id": category.id,
                "name": category.name,
                "item": category.article_id.number or "",
                "kind": category.kind,
                "documents": [
                    {
                        "id": requirement.id,
                        "name": requirement.name,
                        "from_parent": requirement.provider == "parent",
                        "may_be_held": requirement.may_be_held,
                        "only_if": requirement.condition or "",
                        "kinds": [
                            {"id": kind.id, "name": kind.name}
                            for kind in requirement.document_type_ids
                        ],
                    }
                    for requirement in category.requirement_ids
                ],
            }
            for category in draft.allowed_category_ids._origin
        ]

    @api.model
    def _get_benefit_applications(self, student_id):
        """Return the applications that the user made for the child, newest first."""
        student = self._get_represented(student_id)
        applications = self._own_applications(student)
        states = dict(
            self.env["benefit.application"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        return [self._prepare_application(one, states) for one in applications]

    @api.model
    def _prepare_application(self, application, states):
        decision = application.decision_ids.filtered(
            lambda one: not one.superseded_by_ids
        )[:1]
        return {
            "id": application.id,
            "number": application.number or None,
            "submitted_on": str(application.submitted_on),
            "category": application.category_id.name,
            "state": application.state,
            "state_name": states[application.state],
            "decide_by": str(application.decide_by),
            "decided_on": str(decision.date) if decision else None,
            "explanation": decision.explanation or "",
            "documents": [
                {
                    "name": row.requirement_id.name,
                    "state": row.state,
                    "problem": row.problem or "",
                    "scans": len(row.attachment_ids),
                }
                for row in application.document_ids
            ],
        }

    # === WRITING === #

    @api.model
    def _create_benefit_application(
        self, student_id, category_id, applicant_snils, documents
    ):
        """Send an application to the school, where the clerk registers it.

        :param category_id: one of :meth:`_get_benefit_categories`
        :param applicant_snils: of the parent, dashes or not
        :param documents: [{"id": of the requirement, "kind": of the document, "number",
            "scans": [{"name", "content": base64}]}]
        :return: the application, as :meth:`_get_benefit_applications` has it
        """
        student = self._get_represented(student_id)
        self._check_benefit_rate(student)
        today = self.env["school.calendar"]._local_date(student.school_id)
        draft = self._new_draft(student, today)
        category = draft.allowed_category_ids._origin.filtered(
            lambda one: type(category_id) is int and one.id == category_id
        )
        if not category:
            raise UserError(
                self.env._(
                    "This benefit is not meant for the child. Open the page again."
                )
            )
        papers = self._read_papers(category, documents)
        # sudo: a parent has no rights over applications; what is asked was checked
        application = (
            self.env["benefit.application"]
            .sudo()
            .create(
                {
                    "student_id": student.id,
                    "category_id": category.id,
                    "submitted_on": today,
                    "origin": "parent",
                    "applicant_id": self._get_own_row(student).id,
                    "applicant_snils": self._read_snils(applicant_snils),
                }
            )
        )
        for row in application.document_ids:
            if paper := papers.get(row.requirement_id.id):
                row.write(paper)
        states = dict(application._fields["state"]._description_selection(self.env))
        return self._prepare_application(application, states)

    # === HELPERS === #

    @api.model
    def _get_own_row(self, student):
        rows = self._get_guardians()
        return rows.filtered(lambda row: row.student_id == student and row.is_legal)[:1]

    @api.model
    def _get_represented(self, student_id):
        """Return a child whose legal representative the user is, in sudo."""
        student = self._get_child(student_id)
        if not self._get_own_row(student):
            raise AccessError(
                self.env._(
                    "Only a parent or another legal representative applies for"
                    " benefits."
                )
            )
        return student

    @api.model
    def _new_draft(self, student, day):
        # sudo: only asked which categories fit, not saved
        return (
            self.env["benefit.application"]
            .sudo()
            .new({"student_id": student.id, "submitted_on": day})
        )

    @api.model
    def _own_applications(self, student):
        # sudo: of the child that was checked, and the user's own
        return (
            self.env["benefit.application"]
            .sudo()
            .search(
                [
                    ("student_id", "=", student.id),
                    ("applicant_id", "=", self._get_own_row(student).id),
                ]
            )
        )

    @api.model
    def _check_benefit_rate(self, student):
        """Refuse more than a family needs: each application carries large files."""
        # sudo: only counted
        applications = self.env["benefit.application"].sudo()
        mine = [("create_uid", "=", self.env.uid), ("origin", "=", "parent")]
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        today = applications.search_count([*mine, ("create_date", ">=", yesterday)])
        waiting = applications.search_count(
            [("student_id", "=", student.id), ("state", "=", "draft")]
        )
        if today >= PER_DAY or waiting >= PER_CHILD:
            raise UserError(
                self.env._(
                    "You have sent several applications already. Wait until the school"
                    " has looked at them."
                )
            )

    @api.model
    def _read_snils(self, text):
        reason = snils.problem(text if isinstance(text, str) else "")
        if reason:
            raise UserError(self.env["school.student"]._get_snils_message(reason))
        return snils.digits(text)

    @api.model
    def _read_papers(self, category, documents):
        """Return {requirement id: values of the row} of what a parent sends."""
        requirements = {one.id: one for one in category.requirement_ids}
        papers, count = {}, 0
        for paper in documents if isinstance(documents, list) else []:
            requirement = (
                requirements.get(paper.get("id")) if isinstance(paper, dict) else None
            )
            scans = paper.get("scans") if requirement else None
            if not requirement or not isinstance(scans, list):
                raise UserError(
                    self.env._("This document is not asked for. Open the page again.")
                )
            count += len(scans)
            if count > MAX_SCANS:
                raise UserError(self.env._("Send at most %s files.", MAX_SCANS))
            papers[requirement.id] = self._read_paper(requirement, paper, scans)
        return papers

    @api.model
    def _read_paper(self, requirement, paper, scans):
        kinds = requirement.document_type_ids
        kind = kinds.filtered(lambda one: one.id == paper.get("kind"))
        kind = kind or (kinds if len(kinds) == 1 else kinds.browse())
        number = paper.get("number")
        vals = (
            {"number": number.strip()[:TEXT_LIMIT]} if isinstance(number, str) else {}
        )
        if not scans:
            return {**vals, "document_type_id": kind.id}
        if not kind:
            raise UserError(self.env._("Say which document “%s” is.", requirement.name))
        return {
            **vals,
            "document_type_id": kind.id,
            "state": "provided",
            "attachment_ids": [
                Command.create(self._read_scan(scan, place, requirement))
                for place, scan in enumerate(scans, 1)
            ],
        }

    @api.model
    def _read_scan(self, scan, place, requirement):
        """Return values of a file; what it is is told by its first bytes."""
        content = scan.get("content") if isinstance(scan, dict) else None
        if not isinstance(content, str) or len(content) > MAX_BYTES * 4 // 3 + 4:
            raise UserError(self._get_scan_message())
        try:
            raw = b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self._get_scan_message()) from error
        found = next(
            (kind for start, kind in SIGNATURES.items() if raw.startswith(start)), None
        )
        if not found:
            raise UserError(self._get_scan_message())
        mimetype, extension = found
        # a name of our own: theirs may be anything
        return {
            "name": f"{requirement.code}-{place}.{extension}",
            "raw": raw,
            "mimetype": mimetype,
        }

    @api.model
    def _get_scan_message(self):
        return self.env._(
            "A file must be a PDF, JPEG or PNG of at most %s MB.",
            MAX_BYTES // 1024 // 1024,
        )
