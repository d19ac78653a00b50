from odoo import api, fields, models


class BenefitRegulationPart(models.AbstractModel):
    """What a regulation consists of: it changes while the regulation is a draft only.

    Decisions point at it; an amendment is another version of the regulation.
    """

    _name = "benefit.regulation.part"
    _description = "Part of a Regulation"

    is_editable = fields.Boolean(compute="_compute_is_editable")

    # === COMPUTE METHODS === #

    def _compute_is_editable(self):
        for part in self:
            part.is_editable = part._get_regulations().is_editable

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._get_regulations()._check_editable()
        return parts

    def write(self, vals):
        self.check_access("write")
        self._get_regulations()._check_editable()
        result = super().write(vals)
        # the part may have been moved to another regulation
        self._get_regulations()._check_editable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts_only(self):
        self._get_regulations()._check_editable()

    # === BUSINESS METHODS === #

    def _get_regulations(self):
        """Return the regulations that the records are parts of."""
        return self.regulation_id
