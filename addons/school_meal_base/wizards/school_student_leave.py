from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.school_student_moves import KOPECKS


class SchoolStudentLeave(models.TransientModel):
    """Let students leave or graduate; say for each what happens to the money."""

    _name = "school.student.leave"
    _description = "Leave school"

    reason = fields.Selection(
        [("left", "Left"), ("graduated", "Graduated")], required=True, default="left"
    )
    date = fields.Date(
        "Last day", required=True, default=lambda self: self._default_date()
    )
    line_ids = fields.One2many(
        "school.student.leave.line",
        "wizard_id",
        "Students",
        default=lambda self: self._default_lines(),
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    total = fields.Monetary("Money of the leavers", compute="_compute_total")
    undecided_count = fields.Integer(compute="_compute_total")

    @api.model
    def _default_date(self):
        """Today at the students' school: the user may be in another time zone."""
        students = self.env["school.student"]
        if self.env.context.get("active_model") == "school.student":
            students = students.browse(self.env.context["active_ids"])
        return self.env["school.calendar"]._local_date(students.school_id[:1])

    @api.model
    def _default_lines(self):
        if self.env.context.get("active_model") != "school.student":
            return []
        students = self.env["school.student"].browse(self.env.context["active_ids"])
        return [(0, 0, {"student_id": student.id}) for student in students]

    @api.depends("line_ids.balance", "line_ids.disposition")
    def _compute_total(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.total = sum(lines.mapped("balance"))
            wizard.undecided_count = len(
                lines.filtered(lambda line: line.balance and not line.disposition)
            )

    def action_leave(self):
        """Let all students of the list leave, or none when one cannot."""
        self.ensure_one()
        undecided = self.line_ids.filtered(
            lambda line: line.balance and not line.disposition
        )
        if undecided:
            names = ", ".join(undecided.student_id.mapped("name")[:5])
            raise UserError(
                self.env._(
                    "There is money on the accounts of %s: choose what happens to"
                    " it in each line.",
                    names,
                )
            )
        refunded = moved = 0
        for line in self.line_ids:
            amount = line._leave()
            refunded += amount if line.disposition == "refund" else 0
            moved += amount if line.disposition == "sibling" else 0
        return self._get_notification(refunded / KOPECKS, moved / KOPECKS)

    def _get_notification(self, refunded, moved):
        currency = self.currency_id
        message = self.env._(
            "Students who left: %(count)s. To be paid out to families: %(refunded)s,"
            " moved to brothers and sisters: %(moved)s.",
            count=len(self.line_ids),
            refunded=currency.format(refunded),
            moved=currency.format(moved),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class SchoolStudentLeaveLine(models.TransientModel):
    """One leaver of the wizard, with the balance and the choice for it."""

    _name = "school.student.leave.line"
    _description = "Leaving student"

    wizard_id = fields.Many2one(
        "school.student.leave", required=True, ondelete="cascade", index=True
    )
    # made once a line, so that a repeated click cannot pay twice
    uuid = fields.Char(required=True, default=lambda self: str(uuid4()))
    student_id = fields.Many2one(
        "school.student", "Student", required=True, ondelete="cascade"
    )
    class_id = fields.Many2one(related="student_id.class_id")
    currency_id = fields.Many2one(related="student_id.currency_id")
    balance = fields.Monetary(related="student_id.balance")
    disposition = fields.Selection(
        [
            ("refund", "Pay out to the family"),
            ("sibling", "Move to a brother or sister"),
            ("keep", "Keep on the account"),
        ],
        "The money",
    )
    # The view asks for names with `school_siblings_of`: a domain of ids would make the
    # browser read students of other schools, which the user may not.
    sibling_id = fields.Many2one(
        "school.student",
        "To child",
        compute="_compute_sibling_id",
        store=True,
        readonly=False,
    )

    @api.depends("disposition", "student_id")
    def _compute_sibling_id(self):
        # nobody is chosen beforehand: the money of a child is a decision
        for line in self:
            siblings = line.student_id._get_siblings()
            if line.disposition != "sibling" or line.sibling_id not in siblings:
                line.sibling_id = False

    def _leave(self):
        self.ensure_one()
        wizard = self.wizard_id
        return self.student_id._leave(
            wizard.date,
            wizard.reason,
            self.disposition,
            self.sibling_id,
            uuid=self.uuid,
        )
