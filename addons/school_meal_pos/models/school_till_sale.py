from odoo import api, models
from odoo.tools import SQL

from odoo.addons.school_meal_base.exceptions import LedgerRefusal

from .. import const


class SchoolTillSale(models.AbstractModel):
    """One purchase at the counter: what the till asks, checked and held.

    The same rules as ``sale_rules.js``; here they are final.
    """

    _name = "school.till.sale"
    _description = "Sale from a Student's Account"

    @api.model
    def _authorise(self, school, request):
        """Hold the amount of one payment and answer the till.

        :param school: `school.school` of the till, checked by the caller
        :param dict request: see `pos.session.school_authorise`
        :return: ``{"status", "available"}``, or ``{"code", "message"}`` of a refusal
        """
        try:
            sale = self._read_request(request)
            account_id = self._check_sale(school, sale)
            result = self.env["meal.ledger"]._run_isolated(
                "_authorise_payment",
                account_id,
                sale["amount"],
                uuid=sale["uuid"],
                school=school.id,
            )
        except LedgerRefusal as refusal:
            return self._refused(refusal)
        return {"status": result.status, "available": max(result.available or 0, 0)}

    @api.model
    def _read_request(self, request):
        try:
            return {
                "uuid": str(request["uuid"]),
                "student_id": int(request["student_id"]),
                "card_id": int(request.get("card_id") or 0),
                "products": [int(product) for product in request.get("products") or []],
                "amount": request["amount"],
                "allergens_confirmed": bool(request.get("allergens_confirmed")),
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            raise LedgerRefusal(
                const.BAD_REQUEST,
                self.env._("The till asked for something unknown. Reload the till."),
            ) from None

    @api.model
    def _check_sale(self, school, sale):
        """Return the id of the account to charge.

        :raises LedgerRefusal: with the sentence for the cashier
        """
        _ = self.env._
        facts = self._facts(school, sale)
        if not facts:
            raise LedgerRefusal(
                const.UNKNOWN_CARD, _("This card is not known in this school.")
            )
        account_id, card_state, banned, allergens = facts
        if sale["card_id"] and card_state != "active":
            raise LedgerRefusal(
                const.CARD_BLOCKED,
                _("This card does not work any more: send the child to the office."),
            )
        if banned:
            names = self._names("product.product", banned)
            raise LedgerRefusal(const.BANNED, _("The parents do not allow: %s.", names))
        if allergens and not sale["allergens_confirmed"]:
            names = self._names("school.allergen", allergens)
            raise LedgerRefusal(
                const.ALLERGEN, _("Allergy: %s. Take it out of the cart.", names)
            )
        return account_id

    @api.model
    def _facts(self, school, sale):
        """Everything the rules need in one query: the queue waits for it.

        :return: (account id, card state, banned product ids, allergen ids) or None
        """
        self.env.flush_all()
        student = self.env["school.student"]._fields["allergen_ids"]
        product = self.env["product.template"]._fields["allergen_ids"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id,
                       (SELECT c.state FROM school_card c
                         WHERE c.id = %(card)s AND c.student_id = s.id),
                       (SELECT array_agg(p.id)
                          FROM product_product p
                          JOIN product_template t ON t.id = p.product_tmpl_id
                          LEFT JOIN product_category k ON k.id = t.categ_id
                         WHERE p.id = ANY(%(products)s) AND EXISTS (
                               SELECT FROM meal_ban b
                                 LEFT JOIN product_category top
                                        ON top.id = b.category_id
                                WHERE b.account_id = a.id
                                  AND (b.product_id = p.id
                                       OR starts_with(
                                               k.parent_path, top.parent_path)))),
                       (SELECT array_agg(DISTINCT sa.%(student_allergen)s)
                          FROM product_product p
                          JOIN %(product_rel)s pa ON pa.%(product)s = p.product_tmpl_id
                          JOIN %(student_rel)s sa
                            ON sa.%(student_allergen)s = pa.%(product_allergen)s
                         WHERE p.id = ANY(%(products)s) AND sa.%(student)s = s.id)
                  FROM school_student s
                  LEFT JOIN meal_account a ON a.student_id = s.id
                 WHERE s.id = %(id)s AND s.school_id = %(school)s
                   AND s.state = 'enrolled'
                """,
                card=sale["card_id"],
                products=sale["products"],
                id=sale["student_id"],
                school=school.id,
                student_rel=SQL.identifier(student.relation),
                student=SQL.identifier(student.column1),
                student_allergen=SQL.identifier(student.column2),
                product_rel=SQL.identifier(product.relation),
                product=SQL.identifier(product.column1),
                product_allergen=SQL.identifier(product.column2),
            )
        )
        return rows[0] if rows else None

    @api.model
    def _names(self, model, ids):
        # sudo: names of dishes and allergens, for the cashier's sentence.
        return ", ".join(self.env[model].sudo().browse(ids).mapped("name"))

    @api.model
    def _refused(self, refusal):
        """A refusal for the till; a card refused here is blocked on its screen too."""
        answer = {"code": refusal.code, "message": str(refusal)}
        if refusal.code == const.CARD_BLOCKED:
            answer["card_state"] = "blocked"
        return answer
