from odoo import api, fields, models
from odoo.exceptions import UserError

from ..report.handover_list import HandoverRow, draw_handover_list
from .school_card import MADE


class SchoolCardHandover(models.Model):
    """A handing-over of cards to the person responsible, with its printed list."""

    _name = "school.card.handover"
    _description = "Card Handover"
    _order = "id desc"

    name = fields.Char("Number", readonly=True, copy=False)
    date = fields.Date(required=True, default=fields.Date.context_today)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    receiver = fields.Char(
        "Received by", required=True, help="Who signs for the cards at the school."
    )
    card_ids = fields.Many2many("school.card", string="Cards", copy=False)
    card_count = fields.Integer(compute="_compute_card_count")
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Handed over")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )

    @api.depends("card_ids")
    def _compute_card_count(self):
        for handover in self:
            handover.card_count = len(handover.card_ids)

    @api.onchange("school_id")
    def _onchange_school_id(self):
        self.receiver = self.school_id.meals_responsible_id.name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(
                state="draft",
                name=self.env["ir.sequence"].next_by_code("school.card.handover"),
            )
        return super().create(vals_list)

    def write(self, vals):
        if any(handover.state == "done" for handover in self):
            raise UserError(
                self.env._("The cards were handed over; the list cannot be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(handover.state == "done" for handover in self):
            raise UserError(self.env._("The cards were handed over; the list is kept."))

    def action_hand_over(self):
        """Hand the cards over and offer the list to print."""
        self.check_access("write")
        for handover in self.filtered(lambda record: record.state == "draft"):
            handover._check_cards()
            handover.card_ids._hand_over(reason=handover.name)
            handover.state = "done"
        return self.action_print()

    def action_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/card_handover/{self.id}/list",
            "target": "download",
        }

    def _check_cards(self):
        if not self.card_ids:
            raise UserError(self.env._("Add the cards that are handed over."))
        strangers = self.card_ids.filtered(
            lambda card: card.school_id != self.school_id
        )
        if strangers:
            raise UserError(
                self.env._(
                    "The card of %(student)s belongs to another school. Remove it from"
                    " the list.",
                    student=strangers[0].student_id.display_name,
                )
            )

        others = self.card_ids.filtered(lambda card: card.state != MADE)
        if others:
            names = dict(others._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The card of %(student)s is “%(state)s” already. Remove it from the"
                    " list: only cards that were not given out yet are handed over.",
                    student=others[0].student_id.display_name,
                    state=names[others[0].state],
                )
            )

    def _list_pdf(self):
        """Return the PDF of the list, a table per class."""
        self.ensure_one()
        groups = {}
        for card in self.card_ids._by_class():
            student = card.student_id
            groups.setdefault(card.class_id.name or "", []).append(
                HandoverRow(
                    student=student.name or "",
                    account=student.account_id.number or "",
                    number_end=card.number_end or "",
                )
            )
        return draw_handover_list(groups, self._list_labels())

    def _list_labels(self):
        _ = self.env._
        date = self.date.strftime("%d.%m.%Y")
        return {
            "title": _("Card handover list No. %s", self.name),
            "subtitle": f"{self.school_id.name}, {date}",
            "class": _("Class"),
            "columns": [
                _("No."),
                _("Student"),
                _("Personal account"),
                _("Card"),
                _("Signature"),
            ],
            "total": _("Cards handed over: %s", len(self.card_ids)),
            "giver": _("Handed over by"),
            "receiver": _("Received by"),
            "receiver_name": self.receiver,
            "footer": f"{self.school_id.short_name}, {self.name}",
        }
