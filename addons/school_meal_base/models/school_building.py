from odoo import fields, models


class SchoolBuilding(models.Model):
    """A building of a school; classes and tills can stand in different ones."""

    _name = "school.building"
    _description = "School building"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school", "School", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    address = fields.Char()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE (school_id, name)",
        "The school already has a building with this name.",
    )

    def write(self, vals):
        if "school_id" in vals:
            self.env["school.school"].browse(vals["school_id"]).check_access("write")
        return super().write(vals)
