from odoo import api, models


class MealPortalGuard(models.AbstractModel):
    """Fields of a model that people of the portal may read: only those listed.

    Record rules choose the rows, this chooses the columns. It is a list of what is
    allowed, so a field added later by any add-on stays hidden until it is listed.
    """

    _name = "meal.portal.guard"
    _description = "Portal Field Guard"

    #: Names of readable fields; a model that uses the guard overrides it.
    _portal_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        if not self.env.su and self.env.user.share:
            if operation != "read" or field.name not in self._get_portal_fields():
                return False
        return super()._has_field_access(field, operation)

    @api.model
    def _get_portal_fields(self):
        """Names of the fields the current portal user may read."""
        return self._portal_fields | {"id", "display_name"}
