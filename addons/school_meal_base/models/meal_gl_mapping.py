from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..const import ACCOUNT_KINDS

SYSTEM_KINDS = [kind for kind in ACCOUNT_KINDS if kind[0] != "student"]


class MealGlMapping(models.Model):
    """Where a kind of system account stands in the general ledger of a company.

    Students' accounts stand on the company's control account. An account of its own
    on a `meal.account` goes before the mapping of its kind.
    """

    _name = "meal.gl.mapping"
    _description = "General Ledger Account of a Kind of Meal Account"
    _order = "company_id, kind"
    _rec_name = "kind"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(SYSTEM_KINDS, required=True)
    account_id = fields.Many2one(
        "account.account",
        string="General Ledger Account",
        required=True,
        ondelete="restrict",
        check_company=True,
    )

    _company_kind_uniq = models.Constraint(
        "UNIQUE (company_id, kind)",
        "This kind of account already has a general ledger account in the company.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if "account_id" in vals:
            changed = self.filtered(lambda m: m.account_id.id != vals["account_id"])
            changed._check_not_posted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_not_posted()

    # === BUSINESS METHODS === #

    def _check_not_posted(self):
        """A mapping in use stays: otherwise yesterday's entries lose their account."""
        for mapping in self:
            if self.env["meal.posting.line"]._has_postings(
                mapping.company_id, mapping.account_id
            ):
                raise ValidationError(
                    self.env._(
                        "Account %(account)s already has posted meal entries. Keep "
                        "it for “%(kind)s”, or move its balance with a journal entry "
                        "and give single accounts their own general ledger account.",
                        account=mapping.account_id.display_name,
                        kind=dict(SYSTEM_KINDS)[mapping.kind],
                    )
                )

    @api.model
    def _sql_gl_accounts(self, company):
        """:return: SQL of (id, kind, gl_id): each meal account of `company` with its
        general ledger account, NULL where none is chosen."""
        return SQL(
            """
            SELECT a.id, a.kind,
                   CASE WHEN %(on_control)s THEN c.meal_control_account_id
                        ELSE coalesce(a.gl_account_id, m.account_id) END AS gl_id
              FROM meal_account a
              JOIN res_company c ON c.id = a.company_id
              LEFT JOIN meal_gl_mapping m
                     ON m.company_id = a.company_id AND m.kind = a.kind
             WHERE a.company_id = %(company)s
            """,
            on_control=self._sql_stands_on_control(),
            company=company.id,
        )

    @api.model
    def _sql_stands_on_control(self):
        """Hook: SQL condition on account ``a``: it stands on the control account."""
        return SQL("a.kind = 'student'")
