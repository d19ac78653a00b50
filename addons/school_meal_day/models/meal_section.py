from odoo import api, fields, models

from ..domain import sheets


class MealSection(models.Model):
    """A section of the menu (раздел): hot dish, side dish, drink, bread …

    ``file_name`` is the exact text in the published files: ``domain/menu_files.py``.
    """

    _name = "meal.section"
    _description = "Menu Section"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    file_name = fields.Char("Text in files", required=True)
    other_names = fields.Char(
        "Other texts in files", help="Separated by commas, for reading."
    )
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another section has this code.")

    @api.model
    def _by_file_name(self):
        """Return {text, made comparable: section} of all sections."""
        found = {}
        sections = self.search([("file_name", "!=", False)])
        for section in sections:
            for text in (section.other_names or "").split(","):
                found.setdefault(sheets.same_text(text), section)
        for section in sections:
            found[sheets.same_text(section.file_name)] = section
        found.pop("", None)
        return found
