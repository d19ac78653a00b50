from odoo import fields, models

from .school_card import ACTIVE, HANDED, MADE

CARD_READERS = ",".join(
    [
        "school_meal_base.group_operator",
        "school_meal_base.group_head",
        "school_meal_base.group_accountant",
    ]
)


class SchoolStudent(models.Model):
    """The cards of a student."""

    _inherit = "school.student"

    card_count = fields.Integer(
        "Number of cards", compute="_compute_card_count", groups=CARD_READERS
    )

    def _compute_card_count(self):
        groups = self.env["school.card"]._read_group(
            [("student_id", "in", self.ids)], ["student_id"], ["__count"]
        )
        counts = {student.id: count for student, count in groups}
        for student in self:
            student.card_count = counts.get(student.id, 0)

    def action_open_cards(self):
        """Show the student's cards, replaced ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_card_action"
        )
        return {**action, "domain": [("student_id", "=", self.id)], "context": {}}

    def _follow_school(self, former):
        """Override of `school.student`: the cards must be told apart there, too."""
        super()._follow_school(former)
        # sudo: who moves a student need not be who keeps the cards.
        cards = self.sudo().card_ids
        cards.filtered(
            lambda card: card.state in (MADE, HANDED, ACTIVE)
        )._check_short_number()

    def _after_leave(self):
        """Override of `school.student`: a leaver's cards stop."""
        super()._after_leave()
        # sudo: who lets a student leave need not be who keeps the cards.
        cards = self.sudo().card_ids.filtered(
            lambda card: card.state in (MADE, HANDED, ACTIVE)
        )
        cards._block(self.env._("The student left the school"))
