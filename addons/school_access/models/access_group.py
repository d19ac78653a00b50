from odoo import api, fields, models


class AccessGroup(models.Model):
    """People that a rule is made for besides classes: a club, the kitchen."""

    _name = "access.group"
    _description = "Group of people"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    person_ids = fields.Many2many("access.person", string="People")
    person_count = fields.Integer("Number of people", compute="_compute_person_count")

    _name_uniq = models.Constraint(
        "UNIQUE (school_id, name)",
        "The school already has a group with this name. Choose another name.",
    )

    # === COMPUTE METHODS === #

    @api.depends("person_ids")
    def _compute_person_count(self):
        for group in self:
            group.person_count = len(group.person_ids)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        self.env["access.site"]._mark_stale(groups.school_id)
        return groups

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        if {"person_ids", "school_id"} & vals.keys():
            self.env["access.site"]._mark_stale(schools | self.school_id)
        return result

    def unlink(self):
        schools = self.school_id
        result = super().unlink()
        self.env["access.site"]._mark_stale(schools)
        return result
