from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.school_card import KINDS, USABLE_STATES


class SchoolCardJob(models.TransientModel):
    """Accounts and card jobs for a school's or a class's list, in one action."""

    _name = "school.card.job"
    _description = "Make Card Jobs"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.school"].search([], limit=1),
    )
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('school_id', '=', school_id)]",
        help="None chosen: the whole school.",
    )
    kind = fields.Selection(KINDS, required=True, default="mifare")
    student_count = fields.Integer("Students", compute="_compute_counts")
    missing_count = fields.Integer("Without a card", compute="_compute_counts")

    @api.depends("school_id", "class_ids")
    def _compute_counts(self):
        for job in self:
            students = job._get_students()
            cards = self.env["school.card"]._read_group(
                [("student_id", "in", students.ids), ("state", "in", USABLE_STATES)],
                aggregates=["student_id:count_distinct"],
            )
            job.student_count = len(students)
            job.missing_count = len(students) - cards[0][0]

    def action_make(self):
        """Make the jobs and show them."""
        self.ensure_one()
        cards = self.env["school.card"]._make_jobs(self._get_students(), self.kind)
        if not cards:
            raise UserError(
                self.env._("Every student of the list has a card or a card job.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_card_action"
        )
        return {**action, "domain": [("id", "in", cards.ids)], "context": {}}

    def _get_students(self):
        domain = [
            ("school_id", "=", self.school_id.id),
            ("state", "=", "enrolled"),
        ]
        if self.class_ids:
            domain.append(("class_id", "in", self.class_ids.ids))
        return self.env["school.student"].search(domain)
