from odoo import api, models


class MealApprovalLineMixin(models.AbstractModel):
    """A line of a document that is approved: approved with it, it does not change."""

    _name = "meal.approval.line.mixin"
    _description = "Line of a Document to Be Approved"
    #: Field of the line that holds its document, a `meal.approval.mixin`.
    _document_field = None

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        if self._document_field in vals:
            self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self._check_draft()

    # === BUSINESS METHODS === #

    def _check_draft(self):
        if not self.env.su:
            self[self._document_field]._check_draft()
