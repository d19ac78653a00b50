from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import ALLOW, ANSWERS, DENY


class AccessPoint(models.Model):
    _inherit = "access.point"

    webhook_id = fields.Many2one(
        "access.webhook", "Other system", ondelete="restrict", index="btree_not_null"
    )
    verification_seconds = fields.Integer(
        "Seconds to answer",
        default=30,
        required=True,
        help="Then the answer below counts, and a later one opens nothing.",
    )
    verification_default = fields.Selection(
        ANSWERS, "Without an answer", default=DENY, required=True
    )

    _verification_seconds_range = models.Constraint(
        "CHECK (verification_seconds BETWEEN 5 AND 300)",
        "Give the guard between 5 seconds and 5 minutes to answer.",
    )
    _verification_webhook = models.Constraint(
        "CHECK (verification <> 'webhook' OR webhook_id IS NOT NULL)",
        "Choose the other system that confirms passages at this point.",
    )

    @api.constrains("webhook_id", "site_id")
    def _check_webhook_school(self):
        for point in self.filtered("webhook_id"):
            if point.webhook_id.school_id != point.site_id.school_id:
                raise ValidationError(
                    self.env._("Choose another system that is set up for this school.")
                )

    def _ask_verification(self, controller, person, direction, key=None):
        """Ask whether a person whom the rules let through may pass here.

        :param controller: `access.controller` that asks, to open it later
        :param person: `access.person`
        :param str direction: "in" or "out"
        :param str key: the request's own number, if it has one: a repeat is the same
        :return: "allow"; "deny"; or "hold": do not open now, an ``open_door`` command
            follows if the answer is yes
        """
        self.ensure_one()
        if self.verification == "none":
            return ALLOW
        # sudo: asked by a controller, which is no user
        verifications = self.env["access.verification"].sudo()
        # sudo: as above
        return verifications._ask(self.sudo(), controller, person, direction, key)
