from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AUDIT_CHECKS, FINDING_STATES

#: Values of the details that are days.
DATES = {"due", "done", "until", "from", "enrolled", "left", "registered", "day"}
#: Days of portions that a sentence lists.
SHOWN_DAYS = 12


#: Model of what a finding is about: paths that say whether it is the child's health.
HEALTH_PATHS = {
    "benefit.application": ("category_id.is_health",),
    "benefit.application.document": (
        "is_health",
        "application_id.category_id.is_health",
    ),
    "benefit.request": (
        "application_id.category_id.is_health",
        "document_id.is_health",
    ),
    "benefit.decision": ("category_id.is_health",),
    "benefit.order": (
        "application_ids.category_id.is_health",
        "decision_ids.category_id.is_health",
        "end_ids.is_health",
    ),
    "benefit.notice": ("decision_id.category_id.is_health", "end_id.is_health"),
    "benefit.entitlement": ("is_health",),
    "benefit.entitlement.end": ("is_health",),
    "compensation.day": ("line_id.entitlement_id.is_health",),
}


class _Filled(dict):
    """Values of a sentence: what the details do not have is said as a dash."""

    def __missing__(self, name):
        return "—"


class BenefitAuditFinding(models.Model):
    """A violation of the procedure: whose, of which item, since when, and the answer.

    `details` is what the check found, `what` the sentence made of it. `key` says that
    two runs have found the same.
    """

    _name = "benefit.audit.finding"
    _description = "Violation of the Procedure"
    _inherit = ["school.access.log.mixin"]
    _order = "run_id desc, check_code, since, id"
    _rec_name = "what"

    run_id = fields.Many2one(
        "benefit.audit.run",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    check_code = fields.Selection(
        AUDIT_CHECKS, "Violation", required=True, readonly=True, index=True
    )
    item = fields.Char("Item", readonly=True, help="Of the regulation.")
    key = fields.Char(required=True, readonly=True)
    student_id = fields.Many2one(
        "school.student", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    class_id = fields.Many2one(related="student_id.class_id")
    school_id = fields.Many2one(
        "school.school", readonly=True, index=True, ondelete="restrict"
    )
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="model", readonly=True)
    is_health = fields.Boolean(
        "Health ground", compute="_compute_is_health", store=True, precompute=True
    )
    since = fields.Date(readonly=True)
    details = fields.Json(readonly=True)
    what = fields.Char("What is wrong", compute="_compute_what")
    state = fields.Selection(
        FINDING_STATES,
        "Status",
        required=True,
        readonly=True,
        default="new",
        index=True,
    )
    answer = fields.Text(help="What was done about it, or why it is no violation.")
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)

    _key_uniq = models.Constraint(
        "UNIQUE (run_id, key)", "A run finds a violation once."
    )

    # === COMPUTE METHODS === #

    @api.depends("model", "res_id")
    def _compute_is_health(self):
        for model, findings in self.grouped("model").items():
            known = set()
            if paths := HEALTH_PATHS.get(model):
                # sudo: a fact about the record, whoever looks for violations
                records = self.env[model].sudo().browse(findings.mapped("res_id"))
                known = {
                    record.id
                    for record in records.exists()
                    if any(any(record.mapped(path)) for path in paths)
                }
            for finding in findings:
                finding.is_health = finding.res_id in known

    @api.depends("check_code", "details")
    @api.depends_context("lang")
    def _compute_what(self):
        sentences = self._get_sentences()
        for finding in self:
            finding.what = finding._tell(sentences[finding.check_code])

    def _tell(self, sentence):
        details = self.details or {}
        values = {
            name: self._format(name, value)
            for name, value in details.items()
            if value is not None
        }
        missing = {"done": self.env._("not yet"), "first": "", "until": ""}
        return sentence % _Filled(missing | values)

    def _format(self, name, value):
        if name in DATES:
            return f"{fields.Date.to_date(value):%d.%m.%Y}"
        if name == "days":
            shown = [f"{fields.Date.to_date(day):%d.%m}" for day in value]
            return ", ".join(shown[:SHOWN_DAYS]) + ("…" if shown[SHOWN_DAYS:] else "")
        if name == "papers":
            return ", ".join(filter(None, value))
        if name == "amount":
            return self.env["meal.statement"]._format_price(float(value))
        words = self._get_words()
        if name == "reasons":
            return ", ".join(words.get(word, word) for word in value.split())
        if isinstance(value, dict):  # a name in several languages
            return value.get(self.env.lang) or value.get("en_US") or ""
        return words.get(value, value)

    @api.model
    def _get_words(self):
        """Return {code in the details: what people call it}."""
        _ = self.env._
        return {
            "grade": _("grade"),
            "study_form": _("form of study"),
            "school_kind": _("kind of school"),
            "hours": _("hours at school"),
            "bused": _("school bus"),
            "missing": _("missing"),
            "characters": _("wrong characters"),
            "length": _("wrong number of digits"),
            "check": _("wrong check digits"),
            "requested": _("asked for"),
            "negative": _("answered: not confirmed"),
            "documents": _("documents"),
            "authority": _("authority"),
        }

    @api.model
    def _get_sentences(self):
        _ = self.env._
        return {
            "registered_late": _("Due by %(due)s, registered: %(done)s"),
            "no_authority": _(
                "Granted, although it is not proven that the applicant may act for the"
                " child"
            ),
            "snils": _("Child: %(child)s; applicant: %(applicant)s"),
            "request_unanswered": _("%(body)s: answer due by %(due)s"),
            "decided_late": _("Due by %(due)s, decided: %(done)s"),
            "decided_unregistered": _(
                "Decided on %(done)s, registered: %(registered)s"
            ),
            "no_checklist": _("Granted without settled documents: %(papers)s"),
            "refusal_ground": _(
                "Refused for “%(ground)s”, but the papers of that day give no such"
                " ground"
            ),
            "order_late": _("Order No. %(number)s: due by %(due)s, signed %(done)s"),
            "four_eyes": _(
                "Order No. %(number)s was not checked by a second person, or signed by"
                " whom prepared it"
            ),
            "notice_not_sent": _("Due by %(due)s, not sent yet"),
            "notice_late": _("Due by %(due)s, sent %(done)s"),
            "document_missing": _("%(paper)s: %(state)s"),
            "document_expired": _("%(paper)s ended on %(until)s"),
            "held_no_place": _("%(paper)s: where it is kept is not said"),
            "held_source_gone": _(
                "%(paper)s: the file that it was taken over from has it no longer"
            ),
            "superseded_in_force": _("Another decision was made on %(done)s"),
            "before_enrolment": _("From %(from)s, enrolled: %(enrolled)s"),
            "after_leaving": _("Left on %(left)s, the benefit lasts until %(until)s"),
            "condition": _("Does not fit any more: %(reasons)s"),
            "service_late": _("Due by %(due)s, reported %(done)s"),
            "meal_before_decision": _(
                "%(count)s portions for %(amount)s before %(from)s: %(days)s"
            ),
            "meal_after_end": _(
                "%(count)s portions for %(amount)s after %(until)s: %(days)s"
            ),
            "meal_without_decision": _("%(count)s portions for %(amount)s: %(days)s"),
            "double_category": _("%(day)s: paid more than once"),
            "money_and_meal": _("%(day)s: %(amount)s paid out and a free meal"),
        }

    # === CRUD METHODS === #

    def write(self, vals):
        """Only the answer is written; it carries its author and time."""
        if not self.env.su:
            if vals.keys() - {"answer"}:
                raise UserError(
                    self.env._("A finding is answered with a note, not changed.")
                )
            if any(finding.state == "gone" for finding in self):
                raise UserError(self.env._("This violation is gone already."))
            self.check_access("write")
            vals = {
                "answer": (vals.get("answer") or "").strip() or False,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
            # sudo: author and time are not the user's to choose
            return super(BenefitAuditFinding, self.sudo()).write(vals)
        return super().write(vals)

    # === READING IS LOGGED === #

    def _get_restricted_names(self):
        return super()._get_restricted_names() | {"what", "details"}

    def _get_logged_readings(self, shown):
        return self.student_id, "benefit"

    # === ACTION METHODS === #

    def action_open(self):
        """Open what the finding is about (button)."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.model].browse(self.res_id).exists()
        if not record or not record.has_access("read"):
            raise AccessError(
                self.env._("What the finding is about is beyond your rights or gone.")
            )
        return record._get_records_action(target="current")

    # === BUSINESS METHODS === #

    def _get_answer(self):
        return {
            "answer": self.answer,
            "answered_by_id": self.answered_by_id.id,
            "answered_at": self.answered_at,
        }

    def _prepare_gone(self, run):
        return {
            "run_id": run.id,
            "check_code": self.check_code,
            "item": self.item,
            "key": self.key,
            "student_id": self.student_id.id,
            "school_id": self.school_id.id,
            "model": self.model,
            "res_id": self.res_id,
            "since": self.since,
            "details": self.details,
            "state": "gone",
            **self._get_answer(),
        }
