import hashlib
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import REPORT_STATES
from ..domain import deadlines

#: A head is told so many working days before the report is due.
REMIND_DAYS = 2
OPEN_STATES = ("draft", "returned")


class BenefitReport(models.Model):
    """A school's report of a period: computed, signed by the head, accepted (item 8).

    Signing freezes what was computed, with a digest; what the facts say otherwise since
    then is shown, and is reported by signing anew when the department returns it.
    """

    _name = "benefit.report"
    _description = "Report of a School"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "date_from desc, form_id, school_id"

    form_id = fields.Many2one(
        "benefit.report.form",
        "Form",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="school_id.company_id", store=True, precompute=True, index=True
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    due_on = fields.Date("Due", required=True, readonly=True, index=True)
    state = fields.Selection(
        REPORT_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        index=True,
    )
    content = fields.Json(readonly=True)
    digest = fields.Char(readonly=True, help="SHA-256 of what was signed.")
    signed_by_id = fields.Many2one("res.users", "Signed by", readonly=True)
    signed_at = fields.Datetime(readonly=True)
    accepted_by_id = fields.Many2one("res.users", "Accepted by", readonly=True)
    accepted_at = fields.Datetime(readonly=True)
    return_note = fields.Text("What is to be corrected", tracking=True)
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    differences = fields.Text(compute="_compute_preview")

    _form_school_uniq = models.Constraint(
        "UNIQUE (form_id, school_id, date_from)", "The school has this report already."
    )
    _signed_whole = models.Constraint(
        "CHECK (state IN ('draft', 'returned') OR (content IS NOT NULL"
        " AND digest IS NOT NULL AND signed_by_id IS NOT NULL))",
        "A signed report has its figures and a signature.",
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER benefit_report_frozen
            BEFORE UPDATE OF content, digest, signed_by_id, signed_at, school_id,
                             form_id, date_from, date_to ON benefit_report
            FOR EACH ROW WHEN (OLD.state IN ('signed', 'accepted'))
            EXECUTE FUNCTION meal_refuse_change(
                'A signed report is never changed: the department returns it.')
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("form_id", "school_id", "date_from")
    def _compute_display_name(self):
        for report in self:
            report.display_name = (
                f"{report.form_id.name}, {report.school_id.short_name},"
                f" {report.date_from:%d.%m.%Y} – {report.date_to:%d.%m.%Y}"
                if report.date_from
                else report.form_id.name
            )

    @api.depends("state", "due_on", "signed_at")
    def _compute_is_late(self):
        for report in self:
            report.is_late = bool(report.due_on) and report._is_late()

    def _is_late(self):
        if self.state in OPEN_STATES:
            return fields.Date.context_today(self) > self.due_on
        local = self.env["school.calendar"]._local_date(self.school_id, self.signed_at)
        return local > self.due_on

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = fields.Date.context_today(self)
        return [
            "&",
            ("state", "in", OPEN_STATES),
            ("due_on", "<", today),
        ]

    @api.depends("state", "form_id", "school_id", "date_from")
    def _compute_preview(self):
        for report in self:
            now = report._compute_content() if report.date_from else None
            shown = report.content if report.state not in OPEN_STATES else now
            report.preview = report._render_table(shown)
            is_frozen = report.state not in OPEN_STATES
            changes = report._compare(report.content, now) if is_frozen else []
            report.differences = "\n".join(changes)

    # === CRUD METHODS === #

    def write(self, vals):
        free = {"return_note", *self.env["mail.thread"]._fields}
        free |= set(self.env["mail.activity.mixin"]._fields)
        if not self.env.su and vals.keys() - free:
            raise UserError(
                self.env._("A report is computed and signed, nobody types it.")
            )
        if not self.env.su and "return_note" in vals:
            self.form_id._check_department()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_sign(self):
        """Freeze the figures under the name of the head (button)."""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "school_meal_base.group_head"
        ):
            raise AccessError(
                self.env._("A report is signed by the head of the school.")
            )
        for report in self:
            if report.state not in OPEN_STATES:
                raise UserError(self.env._("“%s” is signed.", report.display_name))
            if report.date_to >= fields.Date.context_today(report):
                raise UserError(self.env._("The period has not ended yet."))
            content = report._compute_content()
            # sudo: rights were checked; nobody writes figures by hand
            report.sudo().write(
                {
                    "state": "signed",
                    "content": content,
                    "digest": _digest(content),
                    "signed_by_id": self.env.uid,
                    "signed_at": fields.Datetime.now(),
                    "accepted_by_id": False,
                    "accepted_at": False,
                }
            )
            report.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_accept(self):
        """The department takes the report (button)."""
        self.check_access("write")
        self.form_id._check_department()
        if any(report.state != "signed" for report in self):
            raise UserError(self.env._("Only a signed report can be accepted."))
        # sudo: as above
        self.sudo().write(
            {
                "state": "accepted",
                "accepted_by_id": self.env.uid,
                "accepted_at": fields.Datetime.now(),
            }
        )
        return True

    def action_return(self):
        """The department sends it back with a note (button)."""
        self.check_access("write")
        self.form_id._check_department()
        for report in self:
            if report.state not in ("signed", "accepted"):
                raise UserError(self.env._("Only a signed report can be returned."))
            if not (report.return_note or "").strip():
                raise UserError(
                    self.env._("Write what is to be corrected, then return it.")
                )
        self.sudo().write({"state": "returned"})  # sudo: as above
        for report in self.sudo():
            report._schedule(self.env._("The report was returned"))
        return True

    def action_xlsx(self):
        return self._download("xlsx")

    def action_pdf(self):
        return self._download("pdf")

    def _download(self, extension):
        """Download this report, or all of the form and period that may be read."""
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/reports.{extension}?ids={ids}",
            "target": "download",
        }

    def action_consolidated(self):
        """Download the sum of all schools of this form and period (button)."""
        self.ensure_one()
        same = [("form_id", "=", self.form_id.id), ("date_from", "=", self.date_from)]
        return self.search(same)._download("xlsx")

    # === BUSINESS METHODS === #

    def _schedule(self, summary):
        self.ensure_one()
        if head := self.school_id.head_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=head.id,
                date_deadline=self.due_on,
                summary=summary,
            )

    @api.model
    def _remind(self, today):
        """Tell the heads of reports that are due in a few days or late, once."""
        limit = deadlines.due(today, REMIND_DAYS)
        reports = self.search([("state", "in", OPEN_STATES), ("due_on", "<=", limit)])
        for report in reports:
            if not report.activity_ids:
                report._schedule(self.env._("Sign the report to the department"))

    # === DIFFERENCES AND TABLE === #

    def _compare(self, old, new):
        """Return sentences on what the facts say otherwise than what was signed."""
        before = {row["code"]: row for row in (old or {}).get("rows", ())}
        after = {row["code"]: row for row in (new or {}).get("rows", ())}
        found = []
        for code in sorted(before.keys() | after.keys()):
            first, second = before.get(code, {}), after.get(code, {})
            names = self._get_figures(first) | self._get_figures(second)
            for name in names:
                was, now = self._figure(first, name), self._figure(second, name)
                if was != now:
                    found.append(
                        self.env._(
                            "%(category)s, %(figure)s: was %(was)s, is %(now)s",
                            category=(first or second)["name"],
                            figure=self._label(name),
                            was=self._show(name, was),
                            now=self._show(name, now),
                        )
                    )
        return found

    def _get_figures(self, row):
        """Return names of figures in their order, money by source among them."""
        names = [name for name in row if name not in ("code", "name", "money")]
        return dict.fromkeys(
            [*names, *(f"money {key}" for key in row.get("money", {}))]
        )

    def _figure(self, row, name):
        if name.startswith("money "):
            return row.get("money", {}).get(name[6:], 0)
        return row.get(name, 0)

    def _label(self, name):
        if name.startswith("money "):
            return name[6:]
        _ = self.env._
        return {
            "recipients": _("Recipients"),
            "days": _("Days fed"),
            "portions": _("Portions"),
            "compensation": _("Compensation, roubles"),
            "compensation_days": _("Days of compensation"),
            "milk": _("Milk, days"),
        }[name]

    def _show(self, name, value):
        if name == "compensation" or name.startswith("money "):
            return self.env["meal.statement"]._format_price(value / 100)
        return value

    def _get_table(self, content):
        """Return (names of figures, [(category, [value])], totals) of a content."""
        rows = (content or {}).get("rows", [])
        names = {}
        for row in rows:
            names |= self._get_figures(row)
        table = [
            (row["name"], [self._figure(row, name) for name in names]) for row in rows
        ]
        columns = zip(*(values for _name, values in table), strict=True)
        totals = [sum(column) for column in columns]
        return list(names), table, totals

    def _render_table(self, content):
        names, table, totals = self._get_table(content)
        if not table:
            return Markup("<p>{}</p>").format(self.env._("Nobody received anything."))

        def line(title, values, tag):
            cells = Markup("").join(
                Markup("<{0} class='text-end'>{1}</{0}>").format(Markup(tag), value)
                for value in values
            )
            return Markup("<tr><{0}>{1}</{0}>{2}</tr>").format(
                Markup(tag), title, cells
            )

        shown = [
            line(name, map(self._show, names, values), "td") for name, values in table
        ]
        return Markup(
            "<table class='table table-sm table-bordered'>{}{}{}</table>"
        ).format(
            line(self.env._("Category"), map(self._label, names), "th"),
            Markup("").join(shown),
            line(self.env._("Total"), map(self._show, names, totals), "th"),
        )


def _digest(content):
    """Return the SHA-256 of a content, the same whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
