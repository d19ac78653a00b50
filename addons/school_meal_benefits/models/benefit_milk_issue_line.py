from odoo import fields, models
from odoo.exceptions import UserError

from ..const import MILK_UNITS


class BenefitMilkIssueLine(models.Model):
    """Milk of one child in a period: how many days, how much, and who took it."""

    _name = "benefit.milk.issue.line"
    _description = "Milk of a Child"
    _order = "issue_id, class_id, student_id"
    _rec_name = "student_id"

    issue_id = fields.Many2one(
        "benefit.milk.issue", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(related="issue_id.kind", store=True)
    date_from = fields.Date(related="issue_id.date_from", store=True)
    state = fields.Selection(related="issue_id.state", string="Status of the issue")
    student_id = fields.Many2one(
        "school.student", required=True, index=True, readonly=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", readonly=True)
    school_id = fields.Many2one(
        "school.school", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="issue_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    days = fields.Json("Dates", readonly=True, help="As texts.")
    day_count = fields.Integer("Days", readonly=True)
    quantity = fields.Integer(readonly=True)
    unit = fields.Selection(MILK_UNITS, readonly=True)
    cost = fields.Monetary(readonly=True)
    is_issued = fields.Boolean("Given out", readonly=True)
    issued_on = fields.Date(readonly=True)
    receiver_id = fields.Many2one(
        "school.guardian",
        "Received by",
        domain="[('student_id', '=', student_id)]",
        ondelete="restrict",
    )

    _issue_student_uniq = models.Constraint(
        "UNIQUE (issue_id, student_id)", "The child is on the list once."
    )

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"receiver_id"}:
                raise UserError(
                    self.env._("Milk is marked as given out by the button only.")
                )
            self._check_open()
        return super().write(vals)

    # === ACTIONS === #

    def action_issued(self):
        """Mark as given out today to the chosen parent, or else the first (button)."""
        self.check_access("write")
        self._check_open()
        for line in self.filtered(lambda line: not line.is_issued):
            receiver = (
                line.receiver_id
                or line.student_id.guardian_ids.filtered("is_legal")[:1]
            )
            if not receiver:
                raise UserError(
                    self.env._(
                        "%s has no legal representative on record: enter who received"
                        " the milk.",
                        line.student_id.name,
                    )
                )
            # sudo: the marks are written here only
            line.sudo().write(
                {
                    "is_issued": True,
                    "issued_on": self.env["school.calendar"]._local_date(
                        line.school_id
                    ),
                    "receiver_id": receiver.id,
                }
            )

    def action_not_issued(self):
        """Take a mark back (button)."""
        self.check_access("write")
        self._check_open()
        # sudo: as above
        self.sudo().write({"is_issued": False, "issued_on": False})

    def _check_open(self):
        if self.filtered(lambda line: line.issue_id.state != "open"):
            raise UserError(
                self.env._("Marks are made while the milk is being given out.")
            )
