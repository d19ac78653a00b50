from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..domain import checklist

# What a document taken over from an earlier file keeps.
HELD_FIELDS = (
    "document_type_id",
    "series",
    "number",
    "issued_on",
    "issuer",
    "valid_to",
)


class BenefitApplication(models.Model):
    """The checklist: rows by the category, what the school holds, what is missing."""

    _inherit = "benefit.application"

    is_settled = fields.Boolean("Documents settled", compute="_compute_is_settled")
    checklist_problem = fields.Text("What is missing", compute="_compute_is_settled")
    has_held = fields.Boolean(compute="_compute_has_held")
    has_to_ask = fields.Boolean(compute="_compute_has_to_ask")

    # === COMPUTE METHODS === #

    @api.depends(
        "document_ids.state",
        "document_ids.held_place",
        "document_ids.document_type_id",
        "document_ids.valid_to",
        "authority",
        "authority_basis",
    )
    def _compute_is_settled(self):
        for application in self:
            problem = application._get_grant_problem()
            application.is_settled = not problem
            application.checklist_problem = problem or False

    @api.depends("document_ids.state", "student_id")
    def _compute_has_held(self):
        for application in self:
            open_states = application.state in ("draft", "registered")
            application.has_held = open_states and bool(application._find_held())

    @api.depends("document_ids.state")
    def _compute_has_to_ask(self):
        for application in self:
            application.has_to_ask = bool(application._get_rows_to_ask())

    @api.onchange("category_id", "student_id")
    def _onchange_category(self):
        """Show the checklist before the application is saved."""
        if self.document_ids.requirement_id != self.category_id.requirement_ids:
            self.document_ids = [
                Command.clear(),
                *(
                    Command.create({"requirement_id": requirement.id})
                    for requirement in self.category_id.requirement_ids
                ),
            ]

    # === ACTIONS === #

    def action_take_over(self):
        """Mark as held what an earlier application of the child brought already."""
        self.ensure_one()
        self.check_access("write")
        found = self._find_held()
        if not found:
            raise UserError(
                self.env._(
                    "No earlier application of the child has a document that may be"
                    " taken over and is still valid."
                )
            )
        for row, earlier in found.items():
            row.write(
                {
                    **{name: earlier[name] for name in HELD_FIELDS[1:]},
                    "document_type_id": earlier.document_type_id.id,
                    "held_place": earlier.held_place or earlier._get_file_place(),
                    "state": "held",
                }
            )
            row.sudo().held_document_id = earlier  # sudo: only this button says so

    def action_make_requests(self):
        """Prepare a request for every document that the school has to ask for."""
        rows = self._get_rows_to_ask()
        if not rows:
            raise UserError(
                self.env._("There is nothing that the school has to ask for.")
            )
        requests = self.env["benefit.request"].create(
            [
                {
                    "application_id": row.application_id.id,
                    "document_id": row.id,
                    "body": row.requirement_id.request_body
                    or self.env._("Social protection department"),
                }
                for row in rows
            ]
        )
        return requests._get_records_action(name=self.env._("Requests"))

    # === BUSINESS METHODS === #

    def _write_checklist(self):
        """Make the rows those of the category, one per required document."""
        for application in self:
            wanted = application.category_id.requirement_ids
            rows = application.document_ids
            stale = rows.filtered(lambda row, w=wanted: row.requirement_id not in w)
            kept = rows - stale
            stale.unlink()
            missing = wanted - kept.requirement_id
            if missing:
                rows.create(
                    [
                        {
                            "application_id": application.id,
                            "requirement_id": requirement.id,
                            # a default in the context is the application's
                            "state": "missing",
                        }
                        for requirement in missing
                    ]
                )
        self._mark_birth_certificates()

    def _mark_birth_certificates(self):
        """Note which birth certificates the school has from earlier applications."""
        rows = self.document_ids.filtered(
            lambda row: row.requirement_id.is_birth_certificate and not row.is_at_school
        )
        if not rows:
            return
        groups = self.env["benefit.application.document"]._read_group(
            [
                ("student_id", "in", rows.student_id.ids),
                ("requirement_id.is_birth_certificate", "=", True),
                ("state", "in", ["provided", "held"]),
                ("id", "not in", rows.ids),
            ],
            ["student_id"],
        )
        known = {student for (student,) in groups}
        # sudo: a fact of the school, whoever looks at the checklist
        rows.filtered(lambda row: row.student_id in known).sudo().is_at_school = True

    def _find_held(self):
        """Return {row of this checklist: row of an earlier one} that may be taken over.

        The latest valid document of a kind that the row asks for, of any earlier
        application of the child that was registered.
        """
        self.ensure_one()
        missing = self.document_ids.filtered(
            lambda row: (
                row.state == "missing" and row.may_be_held and not row._is_itself()
            )
        )
        day = self.submitted_on or fields.Date.context_today(self)
        if not missing or not isinstance(self.id, int):
            return {}
        earlier = self.env["benefit.application.document"].search(
            Domain("student_id", "=", self.student_id.id)
            & Domain("application_id", "!=", self.id)
            & Domain("application_id.number", ">", 0)
            & Domain("state", "in", ["provided", "held"])
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day)),
            order="application_id desc",
        )
        found = {}
        for row in missing:
            kinds = row.requirement_id.document_type_ids
            found[row] = next(
                (one for one in earlier if one.document_type_id in kinds), None
            )
        return {row: one for row, one in found.items() if one}

    def _get_rows_to_ask(self):
        """Return rows that the school asks another body for and has not yet."""
        return self.document_ids.filtered(
            lambda row: (
                row.state == "missing"
                and row.provider == checklist.SCHOOL_REQUEST
                and row.id not in row.application_id.request_ids.document_id.ids
            )
        )

    def _get_rules(self):
        return [row._to_rule() for row in self.document_ids]

    def _get_grant_problem(self):
        """Return why the application cannot be granted, a sentence, or None."""
        self.ensure_one()
        code = checklist.grant_problem(
            self._get_rules(), self._is_authorised(), self.submitted_on
        )
        _ = self.env._
        absent = self.category_id.requirement_ids - self.document_ids.requirement_id
        if code != "empty" and absent:
            return _(
                "The checklist does not list every document that the category asks"
                " for: %s. Add it to the documents of the application.",
                ", ".join(absent.mapped("name")),
            )
        if not code:
            return None
        if code == "documents":
            return _("Documents are not settled: %s.", self._list_problems())
        return {
            "empty": _(
                "The category asks for no documents at all: the regulation is not"
                " complete. Tell the education department."
            ),
            "authority": _(
                "It is not proven that the applicant may act for the child. Enter the"
                " proof of authority."
            ),
        }[code]

    def _list_problems(self):
        messages = self.document_ids._get_problem_messages()
        found = dict(checklist.problems(self._get_rules(), self.submitted_on))
        return "; ".join(
            f"{row.requirement_id.name} ({messages[found[row.requirement_id.code]]})"
            for row in self.document_ids
            if row.requirement_id.code in found
        )

    def _get_refusal_problem(self, ground, void_rows=(), is_unauthorised=False):
        """Return why a refusal on a ground is not possible, a sentence, or None.

        :param void_rows: rows of the checklist whose documents turned out to be wrong
        :param is_unauthorised: it turned out that the applicant may not act
        """
        self.ensure_one()
        self._mark_birth_certificates()
        rules = [
            row._to_rule()._replace(state=row._get_void_state())
            if row in void_rows
            else row._to_rule()
            for row in self.document_ids
        ]
        is_authorised = self._is_authorised() and not is_unauthorised
        code = checklist.refusal_problem(
            ground, rules, is_authorised, self.submitted_on
        )
        _ = self.env._
        messages = {
            "ground": _("Choose one of the two grounds of item 7."),
            "authorised": _(
                "The applicant may act for the child, so the papers cannot be refused"
                " for want of authority (item 7.2)."
            ),
            "settled": _(
                "All documents are there: the application has to be granted. Put it on"
                " an order."
            ),
            "held": _(
                "Only the birth certificate is missing, and the school has a copy. By"
                " item 7 this is no ground of refusal: mark it as already held, with"
                " the place."
            ),
            "request": _(
                "The school itself has to ask for what is missing (items 31 and 41)."
                " Send the request, or wait for its answer."
            ),
            "no_ground": _(
                "By the regulation, the documents that are missing are no ground of"
                " refusal."
            ),
        }
        return messages[code] if code else None

    def _get_missing_names(self):
        """Return names of the documents that a refusal may name."""
        codes = checklist.grounds(self._get_rules(), self.submitted_on)
        return [
            row.requirement_id.name
            for row in self.document_ids
            if row.requirement_id.code in codes
        ]

    def _freeze_checklist(self):
        """Return the checklist as it lies on the table, ready for JSON."""
        return [row._freeze() for row in self.document_ids]

    def _freeze_facts(self):
        self.ensure_one()
        return {
            "number": self.number,
            "submitted_on": str(self.submitted_on),
            "registered_at": fields.Datetime.to_string(self.registered_at),
            "school_year_start": self.school_year_start,
            "applicant": self.applicant_name,
            "authority": self.authority,
            "authority_basis": self.authority_basis or "",
            "class": self.class_name or "",
            "grade": self.grade,
            "study_form": self.study_form,
            "school_kind": self.school_kind,
            "hours_at_school": self.hours_at_school,
            "is_bused": self.is_bused,
            "remote_since": str(self.remote_since) if self.remote_since else None,
            "regulation": self.regulation_id.number,
            "regulation_version": self.regulation_id.version,
            "category": self.category_id.code,
            "item": self.category_id.article_id.number or "",
        }
