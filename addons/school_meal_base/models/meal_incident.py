import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Activities go to at most so many accountants of a company.
MAX_ASSIGNEES = 5


class MealIncident(models.Model):
    """A broken invariant that a person has to look at; nothing heals itself.

    While open there is one incident per kind and key, however often it is found. A
    person resolves it with a note; found again later, the same incident reopens.
    """

    _name = "meal.incident"
    _description = "Ledger Incident"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, last_seen_at desc, id desc"
    _rec_name = "summary"

    kind = fields.Char(required=True, readonly=True)
    kind_name = fields.Char("Kind of incident", compute="_compute_kind_name")
    key = fields.Char(required=True, readonly=True)
    severity = fields.Selection(
        [("warning", "Warning"), ("error", "Error")],
        required=True,
        readonly=True,
        default="error",
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    school_id = fields.Many2one("school.school", readonly=True)
    summary = fields.Char(required=True, readonly=True)
    details = fields.Json("Details (data)", readonly=True)
    details_text = fields.Text("Details", compute="_compute_details_text")
    first_seen_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    last_seen_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    seen_count = fields.Integer("Times found", readonly=True, default=1)
    reopened_count = fields.Integer("Times reopened", readonly=True)
    resolution = fields.Text(help="What was wrong and what was done about it.")
    resolved_by_id = fields.Many2one("res.users", readonly=True)
    resolved_at = fields.Datetime(readonly=True)

    _open_key_uniq = models.UniqueIndex(
        "(kind, key) WHERE state = 'open'", "This incident is already open."
    )
    _key_index = models.Index("(kind, key)")

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_kind_name(self):
        names = self._kind_names()
        for incident in self:
            incident.kind_name = names.get(incident.kind, incident.kind)

    @api.depends("details")
    def _compute_details_text(self):
        for incident in self:
            incident.details_text = "\n".join(
                f"{name}: {_plain(value)}"
                for name, value in (incident.details or {}).items()
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """People add the note to an open incident; all else is done by the actions
        and by the audits."""
        if not self.env.su:
            allowed = {"resolution", *self._get_chatter_fields()}
            if vals.keys() - allowed:
                raise AccessError(
                    self.env._(
                        "An incident is changed by its buttons only. Write the note"
                        " and press “Resolved”."
                    )
                )
            if "resolution" in vals and self.filtered(
                lambda incident: incident.state != "open"
            ):
                raise UserError(
                    self.env._("Reopen the incident before you change its note.")
                )
        return super().write(vals)

    @api.model
    def _get_chatter_fields(self):
        mixins = ("mail.thread", "mail.activity.mixin")
        return {name for mixin in mixins for name in self.env[mixin]._fields}

    # === ACTION METHODS === #

    def action_resolve(self):
        self.check_access("write")
        for incident in self.filtered(lambda incident: incident.state == "open"):
            if not (incident.resolution or "").strip():
                raise UserError(
                    self.env._(
                        "Write down what was wrong and what was done about it before "
                        "resolving the incident."
                    )
                )
            # sudo: the state changes only here, with the note that was just checked.
            incident.sudo().write(
                {
                    "state": "resolved",
                    "resolved_by_id": self.env.uid,
                    "resolved_at": fields.Datetime.now(),
                }
            )
            incident.activity_feedback(
                ["mail.mail_activity_data_todo"], feedback=incident.resolution
            )

    def action_reopen(self):
        self.check_access("write")
        # sudo: as above.
        self.sudo().filtered(lambda incident: incident.state == "resolved")._reopen()

    # === BUSINESS METHODS === #

    @api.model
    def _kind_names(self):
        """Hook: {kind: what people read}, also the names of the audit's checks."""
        _ = self.env._
        return {
            "balance": _("Balances"),
            "hold": _("Holds"),
            "overdraft": _("Overdrafts"),
            "entry": _("Ledger entries"),
            "phase": _("Captures and releases"),
            "reversal": _("Reversals"),
            "posting": _("Postings"),
            "general_ledger": _("General ledger"),
            "payment": _("Payments of registries"),
            "suspense": _("Unidentified receipts"),
        }

    @api.model
    def _report(self, findings):
        """Open an incident for every finding, or note that it is still there.

        :param findings: dicts of `kind`, `key`, `summary` and optionally `severity`,
            `company_id`, `school_id` (ids), `details` (JSON)
        :return: the incidents opened or reopened now
        """
        # sudo: found by machines (audits, tills), read by accountants
        self = self.sudo()
        known = self._known({(found["kind"], found["key"]) for found in findings})
        new_values, fresh = [], self.browse()
        for found in findings:
            incident = known.get((found["kind"], found["key"]))
            if not incident:
                new_values.append(found)
                continue
            incident._see_again(found)
            if incident.state == "resolved":
                incident._reopen()
                fresh |= incident
        created = self.with_context(mail_create_nolog=True).create(new_values)
        created._assign()
        return fresh | created

    def _known(self, keys):
        """:return: {(kind, key): the open incident, else the one resolved last}"""
        incidents = self.search(
            [("key", "in", [key for _kind, key in keys])], order="state desc, id"
        )
        return {
            (incident.kind, incident.key): incident
            for incident in incidents
            if (incident.kind, incident.key) in keys
        }

    def _see_again(self, found):
        self.write(
            {
                "summary": found["summary"],
                "details": found.get("details"),
                "last_seen_at": fields.Datetime.now(),
                "seen_count": self.seen_count + 1,
            }
        )

    def _reopen(self):
        """Open again; the old note stays in the chatter, a new one is needed."""
        for incident in self:
            note = incident.resolution
            incident.write(
                {
                    "state": "open",
                    "resolution": False,
                    "reopened_count": incident.reopened_count + 1,
                    "resolved_by_id": False,
                    "resolved_at": False,
                }
            )
            body = self.env._("Opened again after it was resolved.")
            if note:
                body += " " + self.env._("The note was: %s", note)
            incident.message_post(body=body)
        self._assign()

    def _assign(self):
        """Give the accountants of the company something to do."""
        for incident in self:
            for user in incident._accountants():
                incident.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=incident.summary,
                    user_id=user.id,
                )

    def _accountants(self):
        group = self.env.ref("school_meal_base.group_accountant")
        domain = [("all_group_ids", "in", group.id), ("share", "=", False)]
        if self.company_id:
            domain.append(("company_ids", "in", self.company_id.id))
        users = self.env["res.users"].search(domain)
        # Administrators have every group; they step in where nobody else is there.
        manager = self.env.ref("school_meal_base.group_manager")
        accountants = users.filtered(lambda user: manager not in user.all_group_ids)
        return (accountants or users)[:MAX_ASSIGNEES]


def _plain(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
