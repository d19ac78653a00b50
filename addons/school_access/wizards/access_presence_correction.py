from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CORRECTION_REASONS, IN, OUT


class AccessPresenceCorrection(models.TransientModel):
    """Somebody knows better where people are: an event of its own, never an edit."""

    _name = "access.presence.correction"
    _description = "Correction of presence"

    presence_ids = fields.Many2many(
        "access.presence", string="People", required=True, readonly=True
    )
    direction = fields.Selection(
        [(OUT, "They have left"), (IN, "They are inside")],
        "Where they are",
        required=True,
        default=OUT,
    )
    site_id = fields.Many2one(
        "access.site", compute="_compute_site_id", store=True, readonly=False
    )
    reason = fields.Selection(
        CORRECTION_REASONS, "How it is known", required=True, default="other_door"
    )

    @api.depends("presence_ids")
    def _compute_site_id(self):
        for wizard in self:
            sites = wizard.presence_ids.site_id
            if not sites:
                schools = wizard.presence_ids.school_id
                sites = self.env["access.site"].search(
                    [("school_id", "in", schools.ids)], limit=2
                )
            wizard.site_id = sites if len(sites) == 1 else False

    def action_save(self):
        """Record where the people are, now, by the user."""
        self.ensure_one()
        self.presence_ids._check_corrector()
        self.site_id.check_access("read")
        if not self.presence_ids or not self.site_id:
            raise UserError(
                self.env._("Choose the site and the people whose presence is wrong.")
            )
        now = fields.Datetime.now()
        # sudo: events are written by code only; who may correct is checked above.
        self.env["access.event"].sudo()._record(
            [
                {
                    "key": str(uuid4()),
                    "occurred_at": now,
                    "kind": "correction",
                    "site": self.site_id.id,
                    "person": presence.person_id.id,
                    "direction": self.direction,
                    "user": self.env.uid,
                    "reason": self.reason,
                }
                for presence in self.presence_ids
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
