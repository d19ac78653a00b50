from odoo import api, fields, models
from odoo.tools import SQL


class MealBan(models.Model):
    """A product or a whole category that may not be sold to this account."""

    _name = "meal.ban"
    _description = "Product Ban"

    account_id = fields.Many2one(
        "meal.account", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one("product.product", ondelete="cascade")
    category_id = fields.Many2one("product.category", ondelete="cascade")
    reason = fields.Char()
    set_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True
    )

    _product_or_category = models.Constraint(
        "CHECK ((product_id IS NULL) <> (category_id IS NULL))",
        "Choose either a product or a category.",
    )
    _product_uniq = models.UniqueIndex(
        "(account_id, COALESCE(product_id, 0), COALESCE(category_id, 0))",
        "This is already banned.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _is_banned(self, account_id, product_ids):
        """Tell whether one of the products, or a category above it, is banned."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 1
                  FROM meal_ban ban
                  JOIN product_product p ON p.id = ANY(%(products)s)
                  JOIN product_template t ON t.id = p.product_tmpl_id
                  LEFT JOIN product_category c ON c.id = t.categ_id
                  LEFT JOIN product_category banned ON banned.id = ban.category_id
                 WHERE ban.account_id = %(account)s
                   AND (ban.product_id = p.id
                        OR c.parent_path LIKE banned.parent_path || '%%')
                 LIMIT 1
                """,
                account=account_id,
                products=list(product_ids),
            )
        )
        return bool(rows)
