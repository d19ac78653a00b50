from odoo import models


class SchoolAccessLogMixin(models.AbstractModel):
    """Leaves a line in ``school.access.log`` when a person is shown restricted fields.

    What code reads for its own ends (sudo) is not shown to anybody. Lists without these
    columns cost nothing, a form costs one insert.
    """

    _name = "school.access.log.mixin"
    _description = "Reading of restricted fields is logged"

    def read(self, fields=None, load="_classic_read"):
        """Override of core: forms and lists read through here."""
        result = super().read(fields, load)
        self._log_reading(fields or self._get_restricted_names())
        return result

    def web_read(self, specification):
        return super().web_read(specification)

    # These write now, so the server must not give them a read-only cursor.
    read._readonly = web_read._readonly = False

    def export_data(self, fields_to_export):
        """Override of core: a file of records."""
        self._log_reading(path.split("/")[0] for path in fields_to_export)
        return super().export_data(fields_to_export)

    def _get_restricted_names(self):
        """:return: set of names of fields; all of them have the same groups"""
        return set()

    def _get_logged_readings(self, shown):
        """:return: (students, kind) of a reading of these fields; called in sudo"""
        raise NotImplementedError

    def _log_reading(self, names):
        """Record that the user was shown these fields of the records of ``self``."""
        shown = self._get_restricted_names().intersection(names)
        records = self.filtered("id")
        if self.env.su or not shown or not records:
            return
        if not self._has_field_access(self._fields[min(shown)], "read"):
            return  # fields=None left these out
        # sudo: what was shown is clear, whose it was may be beyond the user's rights
        students, kind = records.sudo()._get_logged_readings(shown)
        self.env["school.access.log"]._note(students, kind)
