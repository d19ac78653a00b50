from odoo import api, fields, models


class SchoolStudent(models.Model):
    """Every student is a person of access control, and stays one."""

    _inherit = "school.student"

    access_person_ids = fields.One2many("access.person", "student_id", "Passages")

    @api.model_create_multi
    def create(self, vals_list):
        students = super().create(vals_list)
        self.env["access.person"]._add_students(students.school_id)
        self.env["access.site"]._mark_stale(students.school_id)
        return students

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        if {"school_id", "class_id", "state"} & vals.keys():
            self.env["access.site"]._mark_stale(schools | self.school_id)
        return result

    # === ACTION METHODS === #

    def action_open_passes(self):
        """Open the passages of the student, for those who may see them."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which person the student is; the list itself asks for the user's rights
        return self.sudo().access_person_ids.sudo(False)._open_passes()

    def action_permit(self):
        """Let the student leave early, with the consent of the family."""
        self.ensure_one()
        return self.access_person_ids.action_permit()

    def _follow_school(self, former):
        """Override of `school_meal_base`: the doors of the former school stay shut."""
        super()._follow_school(former)
        # sudo: who moves a student need not be who keeps the cards
        self.env["access.entry"]._stop(cards=self.sudo().card_ids)
