from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MILK_KINDS, MILK_STATES
from ..domain import milk
from ..report import milk_pdf

#: The longest period of one list.
LONGEST = 62


class BenefitMilkIssue(models.Model):
    """Milk of a school in a period: drunk in class, or given to parents (35-38).

    Drunk at school follows from attendance: who is entitled and was present on a school
    day. Days at home, remote or of a class taught remotely are for the parents, who
    sign for them. A day of a child is in one list only.
    """

    _name = "benefit.milk.issue"
    _description = "Issue of Milk"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "date_from desc, school_id, id desc"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["school.class"]._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(MILK_KINDS, required=True, default="parents")
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('school_id', '=', school_id)]",
        help="Empty: all classes.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(day=31),
    )
    state = fields.Selection(
        MILK_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("benefit.milk.issue.line", "issue_id", "Children")
    child_count = fields.Integer("Number of children", compute="_compute_totals")
    day_count = fields.Integer("Days of children", compute="_compute_totals")
    quantity_text = fields.Char("Quantity", compute="_compute_totals")
    uncollected_count = fields.Integer("Not collected", compute="_compute_totals")
    problems = fields.Text(readonly=True, copy=False)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A period cannot end before it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date_from", "date_to", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for issue in self:
            issue.display_name = self.env._(
                "%(kind)s: %(school)s, %(from)s - %(to)s",
                kind=kinds.get(issue.kind, ""),
                school=issue.school_id.short_name or "",
                **{
                    "from": f"{issue.date_from:%d.%m.%Y}" if issue.date_from else "",
                    "to": f"{issue.date_to:%d.%m.%Y}" if issue.date_to else "",
                },
            )

    @api.depends("line_ids.quantity", "line_ids.is_issued")
    def _compute_totals(self):
        units = dict(
            self.env["benefit.milk.norm"]
            ._fields["unit"]
            ._description_selection(self.env)
        )
        for issue in self:
            lines = issue.line_ids
            issue.child_count = len(lines)
            issue.day_count = sum(lines.mapped("day_count"))
            issue.quantity_text = ", ".join(
                f"{sum(own.mapped('quantity'))} {units.get(unit, '')}"
                for unit, own in lines.grouped("unit").items()
            )
            issue.uncollected_count = (
                len(lines.filtered(lambda line: not line.is_issued))
                if issue.kind == "parents"
                else 0
            )

    # === CRUD === #

    def write(self, vals):
        chatter = set(self.env["mail.thread"]._fields)
        if not self.env.su and vals.keys() - chatter - {"line_ids"}:
            if "state" in vals:
                raise UserError(self.env._("The list is changed by its buttons only."))
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        self._check_draft()

    # === ACTIONS === #

    def action_fill(self):
        """Work out who has milk on which days (button)."""
        self.check_access("write")
        for issue in self.sudo():  # sudo: lines are worked out here only
            issue._check_draft()
            issue._fill()

    def action_open(self):
        """Begin to give the milk out (button)."""
        self.check_access("write")
        for issue in self:
            issue._check_draft()
            if not issue.line_ids:
                raise UserError(self.env._("Nobody is on the list: fill it first."))
            issue.sudo().state = "open"  # sudo: the state changes by buttons only

    def action_close(self):
        """Give nothing more out; what was not collected stays on record (button)."""
        self.check_access("write")
        for issue in self:
            if issue.state == "closed" or not issue.line_ids:
                raise UserError(self.env._("Fill the list before it is closed."))
            issue.sudo().state = "closed"  # sudo: as above

    def action_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/milk/{self.id}.pdf",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _check_draft(self):
        if self.filtered(lambda issue: issue.state != "draft"):
            raise UserError(
                self.env._(
                    "The list is being given out or closed: it is not changed any more."
                )
            )

    def _fill(self):
        self.ensure_one()
        self.line_ids.unlink()
        norms = self.env["benefit.milk.norm"]
        if (self.date_to - self.date_from).days > LONGEST:
            raise UserError(self.env._("Choose a period of two months at most."))
        if not norms._get_norm(self.company_id, self.date_to):
            raise UserError(
                self.env._(
                    "The municipality has no norm of milk: ask the department to enter"
                    " it."
                )
            )
        facts = self.env["benefit.milk.facts"]._load(self)
        taken = self._get_taken_days()
        rows, unknown = [], set()
        for student, student_facts in facts.items():
            days, missing = milk.days_of(self.kind, student_facts)
            unknown |= missing
            days = [day for day in days if (student.id, day) not in taken]
            if days:
                rows.append(self._prepare_line(student, days))
        self.env["benefit.milk.issue.line"].create(rows)
        self.problems = self._get_problems(unknown)

    def _get_taken_days(self):
        """Return {(student id, day)} of other lists of the same days."""
        lines = self.env["benefit.milk.issue.line"].search(
            [
                ("issue_id", "!=", self.id),
                ("school_id", "=", self.school_id.id),
                ("issue_id.date_from", "<=", self.date_to),
                ("issue_id.date_to", ">=", self.date_from),
            ]
        )
        return {
            (line.student_id.id, fields.Date.to_date(day))
            for line in lines
            for day in line.days or ()
        }

    def _prepare_line(self, student, days):
        norms = [
            self.env["benefit.milk.norm"]._get_norm(self.company_id, day)
            for day in days
        ]
        return {
            "issue_id": self.id,
            "student_id": student.id,
            "class_id": student.class_id.id,
            "school_id": self.school_id.id,
            "days": [str(day) for day in days],
            "day_count": len(days),
            "quantity": sum(norm.quantity for norm in norms),
            "unit": norms[-1].unit,
            "cost": self.currency_id.round(sum(norm.price for norm in norms)),
        }

    def _get_problems(self, unknown):
        if not unknown:
            return False
        return self.env._(
            "Attendance is not known on %s: the class teachers have to confirm it, then"
            " fill the list again.",
            ", ".join(f"{day:%d.%m}" for day in sorted(unknown)),
        )

    # === THE LIST ON PAPER === #

    def _render_pdf(self):
        return milk_pdf.render(self._get_content())

    def _get_content(self):
        self.ensure_one()
        norm = self.env["benefit.milk.norm"]._get_norm(self.company_id, self.date_to)
        return {
            "kind": self.kind,
            "school": self.school_id.name,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "product": norm.product_name or "",
            "rows": [
                {
                    "student": line.student_id.name,
                    "class": line.class_id.name or "",
                    "days": line.day_count,
                    "quantity": line.quantity,
                    "unit": line.unit,
                    "receiver": line.receiver_id.name or "",
                    "issued": f"{line.issued_on:%d.%m.%Y}" if line.issued_on else "",
                }
                for line in self.line_ids.sorted(
                    lambda line: (line.class_id.name or "", line.student_id.name)
                )
            ],
        }
