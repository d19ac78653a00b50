from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class MealGuardianInvitation(models.TransientModel):
    """Invite parents of the chosen students to the portal, after a look at the list."""

    _name = "meal.guardian.invitation"
    _description = "Invitation of Parents"

    student_ids = fields.Many2many("school.student", string="Students")
    line_ids = fields.One2many("meal.guardian.invitation.line", "wizard_id")
    include_invited = fields.Boolean("Send again to those who have not signed in")
    sent_count = fields.Integer(readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model == "school.student" and ids:
            students = self.env["school.student"].browse(ids)
            guardians = students.guardian_ids.filtered("active")
            seen, lines = set(), []
            for guardian in guardians:
                if guardian.partner_id not in seen:
                    seen.add(guardian.partner_id)
                    state = guardian._get_invitation_state()
                    lines.append({"guardian_id": guardian.id, "state": state})
            values["student_ids"] = [Command.set(ids)]
            values["line_ids"] = [Command.create(line) for line in lines]
        return values

    def action_send(self):
        """Send the invitations; whoever cannot be invited stays on the list."""
        self.ensure_one()
        states = ["ready"] + (["invited"] if self.include_invited else [])
        lines = self.line_ids.filtered(lambda line: line.state in states)
        if not lines:
            raise UserError(
                self.env._("There is nobody to invite: see the reason on each line.")
            )
        for line in lines:
            line.guardian_id._invite()
            line.state = "invited"
        self.sent_count = len(lines)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
