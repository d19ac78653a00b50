from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Override of core: a file may show restricted fields of other models."""
        result = super().export_data(fields_to_export)
        self._log_paths([path.split("/") for path in fields_to_export])
        return result

    def _log_paths(self, paths):
        """Record what was shown of these records and of those that paths lead to.

        :param paths: lists of names of fields, from this model on
        """
        below = {}
        for name, *rest in paths:
            further = below.setdefault(name, [])
            if rest:
                further.append(rest)
        if hasattr(self, "_log_reading"):  # school.access.log.mixin
            self._log_reading(set(below))
        for name, further in below.items():
            field = self._fields.get(name)
            if further and field is not None and field.relational:
                self[name]._log_paths(further)
