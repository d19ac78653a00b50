from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.school_meal_base.domain import school_days

from ..const import AUDIT_ITEMS
from .benefit_audit_checks import Scope

#: Who checks: the department and the accountant everywhere, a head the own school.
AUDIT_GROUPS = ("department", "accountant", "head", "manager")
#: What only running it writes.
RUN_FIELDS = (
    *("state", "is_nightly", "made_at", "user_id", "previous_id", "finding_ids"),
)
#: Nightly runs are kept for so many days.
KEPT_DAYS = 60


class BenefitAuditRun(models.Model):
    """A check of the procedure over a school or a municipality and a period.

    A run is compared with the one before it over the same schools from the same day:
    findings are new, still there, or gone.
    """

    _name = "benefit.audit.run"
    _description = "Check of the Procedure"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "made_at desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    school_id = fields.Many2one(
        "school.school",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Empty: all schools of the municipality.",
        default=lambda self: self._default_school(),
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_from()
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    is_nightly = fields.Boolean("By itself, at night", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "To be run"), ("done", "Done")],
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    made_at = fields.Datetime("Run at", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", "Run by", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "benefit.audit.run",
        "Compared with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    finding_ids = fields.One2many(
        "benefit.audit.finding", "run_id", "Findings", readonly=True, copy=False
    )
    is_latest = fields.Boolean(
        "Newest of its school",
        compute="_compute_is_latest",
        search="_search_is_latest",
    )
    new_count = fields.Integer("New", compute="_compute_counts")
    same_count = fields.Integer("Still there", compute="_compute_counts")
    gone_count = fields.Integer("Gone", compute="_compute_counts")
    open_count = fields.Integer("Unanswered", compute="_compute_counts")

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The period cannot end before it begins."
    )

    # === DEFAULTS === #

    @api.model
    def _default_from(self):
        today = fields.Date.context_today(self)
        return today.replace(year=school_days.school_year_start(today), month=9, day=1)

    @api.model
    def _default_school(self):
        if self._sees_municipality():
            return self.env["school.school"]
        return self.env["school.class"]._default_school()

    @api.model
    def _sees_municipality(self):
        return self.env.su or any(
            self.env.user.has_group(f"school_meal_base.group_{role}")
            for role in ("department", "accountant", "manager")
        )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date_from", "date_to")
    def _compute_display_name(self):
        for run in self:
            place = run.school_id.short_name or run.company_id.name or ""
            run.display_name = (
                f"{place}, {run.date_from:%d.%m.%Y} – {run.date_to:%d.%m.%Y}"
                if run.date_from and run.date_to
                else place
            )

    @api.depends("finding_ids.state", "finding_ids.answer")
    def _compute_counts(self):
        # sudo: how many there are is for all who see the run
        groups = (
            self.env["benefit.audit.finding"]
            .sudo()
            ._read_group(
                [("run_id", "in", self.ids)],
                ["run_id", "state"],
                ["__count", "answer:count"],
            )
        )
        counts = {(run, state): some for run, state, *some in groups}
        for run in self:
            new, same, gone = (
                counts.get((run, state), (0, 0)) for state in ("new", "same", "gone")
            )
            run.new_count, run.same_count, run.gone_count = new[0], same[0], gone[0]
            run.open_count = new[0] - new[1] + same[0] - same[1]

    def _compute_is_latest(self):
        latest = self.search([("is_latest", "=", True)])
        for run in self:
            run.is_latest = run in latest

    def _search_is_latest(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        newest = SQL(
            """(
                SELECT DISTINCT ON (school_id) id FROM benefit_audit_run
                 WHERE state = 'done' AND school_id IS NOT NULL
                 ORDER BY school_id, id DESC
            )"""
        )
        return [("id", "in", newest)]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """A new check is to be run, whatever values and defaults were sent along."""
        self._check_steps(RUN_FIELDS, vals_list, self.env.context)
        return super().create(vals_list)

    def write(self, vals):
        self._check_steps(RUN_FIELDS, [vals])
        if not self.env.su and any(run.state == "done" for run in self):
            if vals.keys() - set(self.env["mail.thread"]._fields):
                raise UserError(
                    self.env._("A check that was run stays as it is: begin a new one.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if not self.env.su and any(run.state == "done" for run in self):
            raise UserError(
                self.env._("A check that was run stays as it is: begin a new one.")
            )

    # === ACTION METHODS === #

    def action_run(self):
        """Look for violations (button)."""
        self._check_may_run()
        for run in self:
            if run.state == "done":
                raise UserError(
                    self.env._("This check was run already: begin a new one.")
                )
            run._run()
        return True

    def action_again(self):
        """Make the same check once more, up to today (button)."""
        self.ensure_one()
        self._check_may_run()
        run = self.copy({"date_to": max(self.date_to, fields.Date.context_today(self))})
        run._run()
        return run._get_records_action(target="current")

    def action_open_findings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_benefits.benefit_audit_finding_action"
        )
        action["domain"] = [("run_id", "=", self.id)]
        action["context"] = {"search_default_by_check": 1}
        return action

    def action_xlsx(self):
        return self._download("xlsx")

    def action_pdf(self):
        return self._download("pdf")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/audit/run/{self.id}.{extension}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _check_steps(self, step_fields, vals_list, defaults=()):
        """Refuse what only a button writes, as a value or as a default."""
        given = set().union(*vals_list) | {
            name.removeprefix("default_") for name in defaults
        }
        if not self.env.su and given.intersection(step_fields):
            raise AccessError(
                self.env._("Status, author and result are written by the button only.")
            )

    def _check_may_run(self):
        self.check_access("write")
        if not self.env.su and not any(
            self.env.user.has_group(f"school_meal_base.group_{role}")
            for role in AUDIT_GROUPS
        ):
            raise AccessError(
                self.env._(
                    "The procedure is checked by the department, an accountant or the"
                    " head of the school."
                )
            )

    def _run(self):
        """Write the findings, compared with the run before."""
        self.ensure_one()
        # sudo: the rights of who runs it were checked; the facts are all of the place
        run = self.sudo()
        run.previous_id = run._find_previous()
        rows = run.env["benefit.audit.checks"]._find(run._get_scope())
        run._write_findings(rows)
        run.write(
            {
                "state": "done",
                "made_at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )

    def _get_scope(self):
        today = fields.Date.context_today(self)
        if self.school_id:
            today = self.env["school.calendar"]._local_date(self.school_id)
        return Scope(
            self.company_id, self.school_id, self.date_from, self.date_to, today
        )

    def _find_previous(self):
        return self.search(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("school_id", "=", self.school_id.id),
                ("date_from", "=", self.date_from),
                ("date_to", "<=", self.date_to),
                ("state", "=", "done"),
            ],
            order="id desc",
            limit=1,
        )

    def _write_findings(self, rows):
        known = {
            finding.key: finding
            for finding in self.previous_id.finding_ids
            if finding.state != "gone"
        }
        vals_list = []
        for row in rows:
            key = "|".join(
                str(row[name]) for name in ("code", "model", "res_id", "extra")
            )
            before = known.pop(key, None)
            vals_list.append(
                {
                    "run_id": self.id,
                    "check_code": row["code"],
                    "item": AUDIT_ITEMS.get(row["code"], ""),
                    "key": key,
                    "student_id": row["student_id"],
                    "school_id": row["school_id"],
                    "model": row["model"],
                    "res_id": row["res_id"],
                    "since": row["since"],
                    "details": row["details"],
                    "state": "same" if before else "new",
                    **(before._get_answer() if before else {}),
                }
            )
        vals_list += [finding._prepare_gone(self) for finding in known.values()]
        self.env["benefit.audit.finding"].create(vals_list)

    # === NIGHTLY === #

    @api.model
    def _cron_nightly(self):
        """Check every school from the beginning of the school year, one by one."""
        schools = self.env["school.school"].search(
            [("company_id", "in", self._get_governed_companies().ids)]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(schools))
        for school in schools:
            self._run_nightly(school)
            if not cron._commit_progress(1):
                return
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = [("is_nightly", "=", True), ("made_at", "<", limit)]
        self.search(old).unlink()

    @api.model
    def _get_governed_companies(self):
        regulations = self.env["benefit.regulation"].search(
            [("state", "=", "in_force")]
        )
        return regulations.company_id

    @api.model
    def _run_nightly(self, school):
        today = self.env["school.calendar"]._local_date(school)
        first = today.replace(year=school_days.school_year_start(today), month=9, day=1)
        run = self.create(
            {
                "company_id": school.company_id.id,
                "school_id": school.id,
                "date_from": first,
                "date_to": max(today, first),
                "is_nightly": True,
            }
        )
        run._run()
        run._remind()
        return run

    def _remind(self):
        """Tell those who answer for it, once for all that is new; without names."""
        if not self.new_count:
            return
        old = self.search(
            [("school_id", "=", self.school_id.id), ("id", "!=", self.id)]
        )
        old.activity_unlink(["mail.mail_activity_data_todo"])
        school = self.school_id
        for user in school.meals_responsible_id | school.head_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("New violations of the procedure"),
                note=self.env._(
                    "New: %(new)s, still there: %(same)s. Correct what can be corrected"
                    " and answer the others with a note.",
                    new=self.new_count,
                    same=self.same_count,
                ),
            )
