from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.school_meal_base.models.school_card import ACTIVE

from .access_pass import USABLE


class SchoolCard(models.Model):
    """Cards open doors too: a stopped one at no door from that very moment."""

    _inherit = "school.card"

    #: As a reader that sends the whole number shows it.
    _access_code_idx = models.Index('("right"(uid, 12)) WHERE uid IS NOT NULL')

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards.filtered(lambda card: card.state == ACTIVE)._follow_lists()
        return cards

    def write(self, vals):
        result = super().write(vals)
        if {"state", "uid", "student_id"} & vals.keys():
            stopped = self.filtered(
                lambda card: card.state != ACTIVE or "state" not in vals
            )
            if stopped:
                self.env["access.entry"]._stop(cards=stopped)
            self._follow_lists()
        return result

    def _follow_lists(self):
        self.env["access.site"]._mark_stale(self.school_id)

    def _check_enrolment(self, uid):
        """Override of `school_meal_base`: nor is it the pass of staff or a guest."""
        super()._check_enrolment(uid)
        passes = self.env["access.pass"]
        usable = [("state", "in", USABLE)]
        clash = passes._get_clash_among(passes, usable, uid, self.school_id)
        if clash:
            raise UserError(passes._get_messages()[clash])
