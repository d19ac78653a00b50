import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import FUNDING_LEVELS


class MealFundingSource(models.Model):
    """Who pays a part of a meal: a budget line (КБК, КВФО), or the parents.

    The code of the source is that of its ledger account (kind ``funding``, one per
    school); the parents' part is taken from the student's personal account.
    """

    _name = "meal.funding.source"
    _description = "Funding Source"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    level = fields.Selection(FUNDING_LEVELS, required=True)
    sequence = fields.Integer(default=10)
    kbk = fields.Char(
        "Budget code (KBK)", size=20, tracking=True, help="Twenty digits."
    )
    kvfo = fields.Selection(
        [
            ("2", "2 – income of the institution"),
            ("4", "4 – subsidy for the state task"),
            ("5", "5 – subsidy for other purposes"),
            ("1", "1 – budget"),
        ],
        "Kind of funding (KVFO)",
    )
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (company_id, code)", "Another funding source has this code."
    )
    _parent_uniq = models.UniqueIndex(
        "(company_id) WHERE level = 'parent'",
        "The municipality already has a source for the parents' part.",
    )

    # === CONSTRAINTS === #

    @api.constrains("kbk")
    def _check_kbk(self):
        for source in self.filtered("kbk"):
            if not re.fullmatch("[0-9]{20}", source.kbk):
                raise ValidationError(
                    self.env._(
                        "The budget code of “%s” must be twenty digits.", source.name
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        moved = {"code", "level", "company_id"} & vals.keys()
        changed = self.filtered(
            lambda s: any(
                vals[name] != s._fields[name].convert_to_write(s[name], s)
                for name in moved
            )
        )
        changed._check_unused()
        return super().write(vals)

    def _check_unused(self):
        """The ledger account of a source that has paid is found by its code."""
        # sudo: whether a source was used, not for whom
        parts = self.env["meal.day.part"].sudo()
        for source in self:
            if parts.search_count([("source_id", "=", source.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "“%s” has paid for portions: its code and level stay. Archive"
                        " it and add another source.",
                        source.name,
                    )
                )
