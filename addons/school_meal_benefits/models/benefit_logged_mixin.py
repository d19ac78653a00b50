from odoo import models
from odoo.tools import SQL


class BenefitLoggedMixin(models.AbstractModel):
    """For models that show a ground, a document or an account: reading is logged.

    The model has `student_id`, and `is_health` where its ground may be a health one.
    """

    _name = "benefit.logged.mixin"
    _description = "Reading of a benefit is logged"
    _inherit = ["school.access.log.mixin"]

    def _get_logged_kinds(self):
        """Return {name of a field: kind of the log that showing it is}.

        `benefit` is a ground: it counts as `health` where that is what it says.
        """
        return {}

    def _get_restricted_names(self):
        return super()._get_restricted_names() | set(self._get_logged_kinds())

    def _log_reading(self, names):
        """Override of base: fields of several kinds, with groups of their own."""
        if self.env.su:
            return
        kinds = self._get_logged_kinds()
        shown = {
            kinds[name]
            for name in names
            if name in kinds and self._has_field_access(self._fields[name], "read")
        }
        # sudo: what was shown is clear, whose it was may be beyond the user's rights
        records = self.filtered("id").sudo()
        health = records._filter_health() if "benefit" in shown else records.browse()
        students = {kind: records.student_id for kind in shown}
        if health:
            students["benefit"] = (records - health).student_id
            students["health"] = students.get("health", health.student_id)
            students["health"] |= health.student_id
        for kind in sorted(students):
            self.env["school.access.log"]._note(students[kind], kind)

    def _filter_health(self):
        """Return the records whose ground is a health one."""
        if "is_health" in self._fields:
            return self.filtered("is_health")
        return self.filtered("category_id.is_health")

    def write(self, vals):
        """Override: the history takes the author from the row, so what another user
        of this transaction has written goes to the database under their name first."""
        # sudo: who wrote last is a fact
        if self._log_access and self.sudo().write_uid - self.env.user:
            self.flush_recordset()
        return super().write(vals)

    def unlink(self):
        """Override: the history says who deleted, which the database cannot know."""
        if self and self._log_access:
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET write_uid = %s WHERE id = ANY(%s) RETURNING id",
                    SQL.identifier(self._table),
                    self.env.uid,
                    self.ids,
                )
            )
        return super().unlink()
