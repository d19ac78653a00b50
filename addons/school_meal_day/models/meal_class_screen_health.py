from odoo import api, models


class MealClassScreen(models.AbstractModel):
    """Health on the class screen: told to those only who may read it anyway."""

    _inherit = "meal.class.screen"

    @api.model
    def _is_set_shown(self, variant):
        """A diet is told to those only who may know of the student's health."""
        return not variant.is_diet or self._is_health_shown()

    @api.model
    def _is_health_shown(self):
        students = self.env["school.student"]
        return students._has_field_access(students._fields["allergen_ids"], "read")

    @api.model
    def _get_health(self, students):
        """Return {student id: what the student may not eat}, as far as the user may
        read it; who was shown what is noted as for any form."""
        if not self._is_health_shown():
            return {}
        names = ["allergen_ids", "medical_diet"]
        # no sudo: what the user may not read stays hidden, what is read is logged
        own = students.sudo(False).with_user(self.env.user)
        rows = own.read(names)
        allergens = self.env["school.allergen"].browse(
            {allergen for row in rows for allergen in row["allergen_ids"]}
        )
        by_id = {allergen.id: allergen.name for allergen in allergens}
        return {
            row["id"]: ", ".join(
                [by_id[allergen] for allergen in row["allergen_ids"]]
                + [row["medical_diet"]] * bool(row["medical_diet"])
            )
            for row in rows
        }

    @api.model
    def _get_known_allergens(self, school_class, refusals, command):
        """Return {student id: allergens} of refused meals, to those who may know."""
        students = self.env["school.student"].union(
            *(student for student, code in refusals if code == "allergen")
        )
        known = self._get_health(students) if students else {}
        portions = [
            # sudo: of a student that the user may know the health of
            (one.id, command.date, command.meal, one.sudo().diet_variant_id.id or None)
            for one in students
            if one.id in known
        ]
        found = self.env["meal.order"]._get_allergens(
            # sudo: the school of a class that was checked
            school_class.sudo().school_id,
            portions,
        )
        return {student: those for (student, *__), those in found.items()}
