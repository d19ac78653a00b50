from odoo import fields, models


class MealSection(models.Model):
    """A section of the menu (раздел): hot dish, side dish, drink, bread …

    ``file_name`` is the exact text in the published files: ``domain/menu_files.py``.
    """

    _name = "meal.section"
    _description = "Menu Section"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    file_name = fields.Char(required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another section has this code.")
