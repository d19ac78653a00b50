from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import DOCUMENT_STATES
from ..domain import checklist
from .benefit_words import in_language_of

# The body's answer is written by the request, never by hand.
REQUEST_STATES = {"requested", "negative"}
# What makes a row what it is.
IDENTITY_FIELDS = {"application_id", "requirement_id", "held_document_id"}
MODEL = "benefit.application.document"
# The code of the application itself among the documents that an item lists.
ITSELF = "application"


class BenefitApplicationDocument(models.Model):
    """A row of the checklist: a required document and what became of it.

    Scans belong to the row: who may not read it may not read them.
    """

    _name = "benefit.application.document"
    _description = "Document of an Application"
    _order = "application_id, sequence, id"
    _rec_name = "requirement_id"

    application_id = fields.Many2one(
        "benefit.application", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        related="application_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="application_id.company_id", store=True)
    student_id = fields.Many2one(
        related="application_id.student_id", store=True, index=True
    )
    requirement_id = fields.Many2one(
        "benefit.requirement", "Required", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    provider = fields.Selection(related="requirement_id.provider")
    may_be_held = fields.Boolean(related="requirement_id.may_be_held")
    allowed_type_ids = fields.Many2many(related="requirement_id.document_type_ids")
    document_type_id = fields.Many2one(
        "benefit.document.type",
        "Document",
        ondelete="restrict",
        domain="[('id', 'in', allowed_type_ids)]",
    )
    is_health = fields.Boolean(
        "Health data", related="document_type_id.is_health", store=True
    )
    state = fields.Selection(
        DOCUMENT_STATES, "Status", required=True, default="missing"
    )
    series = fields.Char()
    number = fields.Char()
    issued_on = fields.Date("Issued on")
    issuer = fields.Char("Issued by")
    valid_to = fields.Date("Valid to", index="btree_not_null")
    received_on = fields.Date(
        "Received on",
        help="When it came later than the application: the decision's term counts"
        " from it.",
    )
    held_place = fields.Char("Kept at", help="Room, folder, number of the file.")
    is_at_school = fields.Boolean(
        "The school has a copy",
        help="In the personal file, whether the row says so or not: its absence is no"
        " ground of refusal (item 7).",
    )
    held_document_id = fields.Many2one(
        "benefit.application.document",
        "Taken over from",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    problem = fields.Char("What is missing", compute="_compute_problem")
    note = fields.Char()

    _requirement_uniq = models.Constraint(
        "UNIQUE (application_id, requirement_id)",
        "The document is on the checklist already.",
    )
    _held_at_a_place = models.Constraint(
        "CHECK (state <> 'held' OR held_place IS NOT NULL)",
        "Say where the document is kept.",
    )

    # === CONSTRAINTS === #

    @api.constrains("requirement_id", "application_id")
    def _check_requirement(self):
        for row in self:
            if row.requirement_id.category_id != row.application_id.category_id:
                raise ValidationError(
                    self.env._(
                        "The category of the application does not ask for this"
                        " document."
                    )
                )

    @api.constrains("document_type_id", "requirement_id")
    def _check_document_type(self):
        for row in self.filtered("document_type_id"):
            if row.document_type_id not in row.requirement_id.document_type_ids:
                raise ValidationError(
                    self.env._(
                        "“%(document)s” is not what “%(requirement)s” asks for. Choose"
                        " one of: %(choice)s.",
                        document=row.document_type_id.name,
                        requirement=row.requirement_id.name,
                        choice=", ".join(
                            row.requirement_id.document_type_ids.mapped("name")
                        ),
                    )
                )

    @api.constrains("state", "requirement_id", "held_place")
    def _check_state(self):
        for row in self:
            requirement = row.requirement_id
            if row.state == "held" and not (row.held_place or "").strip():
                raise ValidationError(self.env._("Say where the document is kept."))
            if row.state == "held" and not requirement.may_be_held:
                raise ValidationError(
                    self.env._(
                        "“%s” has to be brought anew: the regulation does not let it be"
                        " marked as already held.",
                        requirement.name,
                    )
                )
            if row.state == "not_needed" and not requirement.is_optional:
                raise ValidationError(
                    self.env._(
                        "“%s” is asked of every applicant: it cannot be marked as not"
                        " needed.",
                        requirement.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("state", "held_place", "document_type_id", "valid_to")
    def _compute_problem(self):
        messages = self._get_problem_messages()
        for row in self:
            day = row.application_id.submitted_on
            code = checklist.row_problem(row._to_rule(), day)
            row.problem = messages[code] if code else False

    @api.model
    def _get_problem_messages(self):
        """Return {code of `checklist.row_problem`: words}."""
        _ = self.env._
        return {
            "missing": _("not brought"),
            "request": _("the school has to ask for it"),
            "waiting": _("no answer yet"),
            "negative": _("not confirmed by the body asked"),
            "not_held": _("has to be brought anew"),
            "place": _("where it is kept is not said"),
            "document": _("another document than the regulation names"),
            "expired": _("no longer valid"),
            "needed": _("is asked of everybody"),
        }

    def _to_rule(self):
        """Return the row as `domain.checklist` knows it."""
        self.ensure_one()
        requirement = self.requirement_id
        return checklist.Row(
            checklist.Requirement(
                requirement.code,
                requirement.article_id.number or "",
                requirement.provider,
                requirement.may_be_held,
                requirement.is_refusal_ground,
                requirement.is_birth_certificate,
                tuple(requirement.document_type_ids.mapped("code")),
                requirement.is_optional,
            ),
            self.state,
            self.document_type_id.code or "",
            self.held_place or "",
            self.valid_to or None,
            self.is_at_school,
        )

    def _get_void_state(self):
        """Return the state of a document that turned out to be wrong: not brought, or
        not confirmed by the body that was asked."""
        asked = self.provider == checklist.SCHOOL_REQUEST
        return checklist.NEGATIVE if asked else checklist.MISSING

    def _freeze(self):
        """Return the row as it is now, ready for JSON."""
        self.ensure_one()
        requirement = self.requirement_id
        return {
            "requirement": requirement.code,
            "name": requirement.name,
            "item": requirement.article_id.number or "",
            "document": self.document_type_id.name or "",
            "document_code": self.document_type_id.code or "",
            "state": self.state,
            "series": self.series or "",
            "number": self.number or "",
            "issued_on": str(self.issued_on) if self.issued_on else None,
            "issuer": self.issuer or "",
            "valid_to": str(self.valid_to) if self.valid_to else None,
            "place": self.held_place or "",
            # sudo: checksums of the files, to prove later what was seen
            "scans": self.sudo().attachment_ids.mapped("checksum"),
        }

    def _get_file_place(self):
        """Return where a document brought with an application is kept."""
        application = self.application_id
        return in_language_of(self, application.company_id).env._(
            "File of application No. %(number)s, %(year)s",
            number=application.number,
            year=f"{application.school_year_start}/{application.school_year_start + 1}",
        )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        # the application is brought with itself, each school year anew (item 5)
        rows.filtered(lambda row: row._is_itself() and row.state == "missing").write(
            {"state": "provided"}
        )
        rows.application_id._lock_papers()
        rows._check_open()
        rows._check_received_on()
        rows._settle_brought()
        rows._own_scans()
        return rows

    def write(self, vals):
        self.application_id._lock_papers()
        if not self.env.su:
            self._check_open()
            self._check_written_by_hand(vals)
        before = {row: row.state for row in self} if "state" in vals else {}
        result = super().write(vals)
        if "received_on" in vals:
            self._check_received_on()
        if "attachment_ids" in vals:
            self._own_scans()
        if before:
            self._settle_brought()
            self._note_changes(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_drafts_only(self):
        if any(row.application_id.state != "draft" for row in self):
            raise UserError(
                self.env._("A document of a registered application stays on record.")
            )
        if not self.env.su and any(
            row.requirement_id in row.application_id.category_id.requirement_ids
            for row in self
        ):
            raise UserError(
                self.env._(
                    "The category asks for this document: it stays on the checklist."
                )
            )

    def _check_open(self):
        """Refuse to change papers that a decision was made by."""
        for application in () if self.env.su else self.application_id:
            if application.state not in ("draft", "registered", "refused"):
                raise UserError(application._get_closed_message())
            if application.order_id.state == "checked":
                raise UserError(
                    self.env._(
                        "The application is on an order that was checked. Take it off"
                        " the order first."
                    )
                )

    def _check_written_by_hand(self, vals):
        for name in IDENTITY_FIELDS & vals.keys():
            if any(row[name].id != vals[name] for row in self):
                raise UserError(
                    self.env._("A row of the checklist is made by the category.")
                )
        if vals.get("state") in REQUEST_STATES:
            if any(row.state != vals["state"] for row in self):
                raise UserError(
                    self.env._("This is what the body answers: use the request to it.")
                )

    def _check_received_on(self):
        """The decision's term counts from this day: nobody moves it by typing."""
        calendar = self.env["school.calendar"]
        for row in () if self.env.su else self.filtered("received_on"):
            today = calendar._local_date(row.school_id)
            if not row.application_id.submitted_on <= row.received_on <= today:
                raise ValidationError(
                    self.env._(
                        "A document is received between the day the application was"
                        " handed in and today. Check its date."
                    )
                )

    def _is_itself(self):
        return self.requirement_id.code == ITSELF

    def _settle_brought(self):
        """Fill in the only kind of document there is, and when a late one came."""
        for row in self.filtered(lambda row: row.state == "provided"):
            if not row.document_type_id and len(row.allowed_type_ids) == 1:
                row.document_type_id = row.allowed_type_ids
            application = row.application_id
            if application.state == "registered" and not row.received_on:
                today = self.env["school.calendar"]._local_date(row.school_id)
                row.received_on = max(today, application.submitted_on)

    def _own_scans(self):
        """Let the scans be read by who may read the row, and by nobody else."""
        for row in self:
            # sudo: scans just sent belong to nobody or to the sender; those that are
            # another record's stay there
            scans = row.attachment_ids.sudo()
            foreign = scans.filtered(
                lambda scan, one=row: (
                    scan.res_id and (scan.res_model, scan.res_id) != (MODEL, one.id)
                )
            )
            if foreign:
                raise UserError(
                    self.env._("This file belongs to another record: attach it anew.")
                )
            unowned = scans.filtered(lambda scan: not scan.res_id)
            if not self.env.su and any(
                scan.create_uid != self.env.user for scan in unowned
            ):
                raise UserError(
                    self.env._("This file belongs to another record: attach it anew.")
                )
            unowned.write({"res_model": MODEL, "res_id": row.id, "public": False})

    def _note_changes(self, before):
        """Leave a line with the application: what was registered changes in the open.

        Messages name the item of the regulation, never a document of health.
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            old = before[row]
            if row.state == old or row.application_id.state == "draft":
                continue
            requirement = row.requirement_id
            row.application_id._message_log(
                body=self.env._(
                    "Document of item %(item)s: %(old)s → %(new)s",
                    item=requirement.article_id.number or requirement.code,
                    old=states[old],
                    new=states[row.state],
                )
            )
