from odoo import api, fields, models

from ..const import PERSON_KINDS


class AccessPerson(models.Model):
    """Whoever holds a card: a student (made by itself), staff or a guest."""

    _name = "access.person"
    _description = "Person who passes"
    _order = "name, id"

    kind = fields.Selection(PERSON_KINDS, required=True, index=True)
    student_id = fields.Many2one(
        "school.student", ondelete="cascade", index="btree_not_null"
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, index="trigram"
    )
    user_id = fields.Many2one(
        "res.users", "User", ondelete="set null", index="btree_not_null"
    )
    school_id = fields.Many2one(
        "school.school",
        compute="_compute_school_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)

    _student_uniq = models.UniqueIndex(
        "(student_id) WHERE student_id IS NOT NULL", "The student is a person already."
    )
    _student_kind = models.Constraint(
        "CHECK ((kind = 'student') = (student_id IS NOT NULL))",
        "A student is chosen for the kind “student”, and only for it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("student_id.name")
    def _compute_name(self):
        for person in self.filtered("student_id"):
            person.name = person.student_id.name

    @api.depends("student_id.school_id")
    def _compute_school_id(self):
        for person in self.filtered("student_id"):
            person.school_id = person.student_id.school_id
