from odoo import models

HEALTH = {"allergen_ids", "medical_diet"}
RESTRICTED = HEALTH | {"snils"}


class SchoolStudent(models.Model):
    """Leaves a line in the log whenever a person is shown СНИЛС or health.

    What code reads for its own ends (sudo) is not shown to anybody. Lists without
    these columns cost nothing, a form costs one insert.
    """

    _inherit = "school.student"

    def read(self, fields=None, load="_classic_read"):
        """Override of core: forms and lists read through here."""
        result = super().read(fields, load)
        self._log_reading(fields or RESTRICTED)
        return result

    def web_read(self, specification):
        return super().web_read(specification)

    # These write now, so the server must not give them a read-only cursor.
    read._readonly = web_read._readonly = False

    def export_data(self, fields_to_export):
        """Override of core: a file of students."""
        self._log_reading(path.split("/")[0] for path in fields_to_export)
        return super().export_data(fields_to_export)

    def _log_reading(self, names):
        """Record that the user was shown these fields of the students of ``self``."""
        shown = RESTRICTED.intersection(names)
        students = self.filtered("id")
        if self.env.su or not shown or not students:
            return
        if not self._has_field_access(self._fields["snils"], "read"):
            return  # fields=None left these out
        if "snils" not in shown:
            kind = "health"
        else:
            kind = "both" if shown & HEALTH else "snils"
        self.env["school.access.log"]._note(students, kind)
