from odoo import fields, models
from odoo.exceptions import UserError


class MealRosterImportColumn(models.Model):
    _name = "meal.roster.import.column"
    _description = "Column of an Imported List"
    _order = "import_id, index"

    import_id = fields.Many2one(
        "meal.roster.import", required=True, index=True, ondelete="cascade"
    )
    index = fields.Integer("Column", required=True, readonly=True)
    header = fields.Char(readonly=True)
    sample = fields.Char("In the file", readonly=True)
    field = fields.Selection(
        lambda self: self.env["meal.roster.mapping"]._selection_field(),
        "Means",
        help="Empty: the column is not imported.",
    )
    suggested = fields.Char(readonly=True)

    def write(self, vals):
        if vals.keys() - {"field"} and not self.env.su:
            raise UserError(self.env._("Only the meaning of a column can be changed."))
        for column in self:
            column.import_id._check_open()
        return super().write(vals)
