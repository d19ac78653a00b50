from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVERS = (
    "school_meal_base.group_head",
    "school_meal_base.group_department",
    "school_meal_base.group_manager",
)
#: Who may ask for a change of what was approved.
REOPENERS = (*APPROVERS, "school_meal_base.group_operator")
PROTECTED = frozenset({"state", "approved_by_id", "approved_at"})
BLANK = {"state": "draft", "approved_by_id": False, "approved_at": False}


class MealApprovalMixin(models.AbstractModel):
    """A document that somebody draws up and the head approves.

    Approved, it does not change: it is taken back to draft with a reason first, which
    stays in its history. Only the methods here change the status; code that runs as
    superuser answers for itself.
    """

    _name = "meal.approval.mixin"
    _description = "Document to Be Approved"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"

    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    approved_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False
    )
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{**vals, **BLANK} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if PROTECTED & vals.keys():
                raise AccessError(
                    self.env._("The status is changed with the button “Approve” only.")
                )
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_draft()

    # === ACTIONS === #

    def action_approve(self):
        """Approve those that are still drafts; the others stay as they are."""
        self.check_access("read")
        if not self._has_any_group(APPROVERS):
            raise AccessError(
                self.env._(
                    "Only the head of the school or the education department"
                    " approves this."
                )
            )
        drafts = self.filtered(lambda record: record.state == "draft")
        drafts._check_approvable()
        # sudo: the approver reads these documents and changes nothing but the status
        drafts.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )
        return True

    def action_reopen(self):
        """Ask for the reason of taking it back to draft."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.approval.reopen",
            "name": self.env._("Back to draft"),
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ids": ",".join(map(str, self.ids)),
            },
        }

    # === BUSINESS METHODS === #

    def _take_back(self, reason):
        """Make drafts of approved documents; the reason stays in their history."""
        self.check_access("read")
        if not self._has_any_group(REOPENERS):
            raise AccessError(
                self.env._(
                    "Only the head of the school, the education department or the"
                    " person responsible for meals takes this back to draft."
                )
            )
        approved = self.filtered(lambda record: record.state == "approved")
        # sudo: as in action_approve
        for record in approved.sudo():
            record.write(BLANK)
            record.message_post(
                body=self.env._("Taken back to draft: %s", reason),
                author_id=self.env.user.partner_id.id,
            )

    def _check_approvable(self):
        """Hook: raise a UserError when these drafts cannot be approved."""

    def _check_draft(self):
        approved = self.filtered(lambda record: record.state == "approved")
        if approved:
            raise UserError(
                self.env._(
                    "%s is approved and cannot be changed. Take it back to draft"
                    " first.",
                    approved[0].display_name,
                )
            )

    def _has_any_group(self, groups):
        return any(self.env.user.has_group(group) for group in groups)
