from odoo import Command, api, fields, models

from ..const import DISHES, RECEIPTS_PER_DAY


class MealDemo(models.AbstractModel):
    _inherit = "meal.demo"

    @api.model
    def _create_menu(self, company):
        """The buffet's dishes of one municipality."""
        allergens = {
            allergen.code: allergen.id
            for allergen in self.env["school.allergen"].search([])
        }
        for category, name, price, portion, codes in DISHES:
            self.env["product.template"].create(
                {
                    "name": f"{name}, {portion}",
                    "categ_id": self._category(category).id,
                    "pos_categ_ids": [Command.link(self._pos_category(category).id)],
                    "list_price": price,
                    "type": "service",
                    "available_in_pos": True,
                    "taxes_id": [Command.clear()],
                    "company_id": company.id,
                    "allergen_ids": [
                        Command.link(allergens[code])
                        for code in codes
                        if code in allergens
                    ],
                }
            )

    @api.model
    def _category(self, name):
        categories = self.env["product.category"]
        return categories.search([("name", "=", name)], limit=1) or categories.create(
            {"name": name}
        )

    @api.model
    def _pos_category(self, name):
        categories = self.env["pos.category"]
        return categories.search([("name", "=", name)], limit=1) or categories.create(
            {"name": name}
        )

    # === RECEIPTS === #

    @api.model
    def _play_till(self, school, day, chance):
        """Open the till, serve the breaks, close the till."""
        till = school.pos_config_ids[:1]
        session = self.env["pos.session"].create({"config_id": till.id})
        session.set_opening_control(0, "")
        # No sale is older than its session.
        session.start_at = self._local_to_utc(school, day, 0)
        method = till.payment_method_ids.filtered("use_payment_terminal")
        buyers = school.student_ids.filtered(
            lambda student: student.state == "enrolled" and student.card_ids
        )
        dishes = self.env["product.product"].search(
            [("company_id", "=", school.company_id.id), ("available_in_pos", "=", True)]
        )
        orders = []
        for place in range(RECEIPTS_PER_DAY):
            student = chance.choice(buyers)
            basket = chance.sample(list(dishes), chance.randint(1, 3))
            moment = self._local_to_utc(school, day, 5 + place * 14 % 330)
            order = self._make_order(session, method, student, basket, moment, chance)
            if order:
                orders.append(order)
        # A till that was without network sends several receipts at once.
        self.env["pos.order"].sync_from_ui(orders)
        session.post_closing_cash_details(session.cash_register_balance_end)
        answer = session.close_session_from_ui()
        assert answer.get("successful"), answer

    @api.model
    def _make_order(self, session, method, student, basket, moment, chance):
        """Authorise at the tap and return the order; None when money is short."""
        total = sum(product.list_price for product in basket)
        payment_uuid = self._uuid(chance)
        if round(student.account_id.available * 100) < total * 100:
            return None
        self.env["meal.ledger"]._authorise(
            student.account_id,
            round(total * 100),
            uuid=payment_uuid,
            occurred_at=moment,
            school=session.config_id.school_id,
        )
        payment = {
            "payment_method_id": method.id,
            "amount": total,
            "uuid": payment_uuid,
            "meal_student_ref": student.id,
            "meal_card_ref": student.card_ids[:1].id,
            "meal_occurred_at": fields.Datetime.to_string(moment),
        }
        return {
            "uuid": self._uuid(chance),
            "name": "Order",
            "session_id": session.id,
            "user_id": self.env.uid,
            "state": "paid",
            "date_order": fields.Datetime.to_string(moment),
            "amount_total": total,
            "amount_paid": total,
            "amount_tax": 0,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "lines": [self._make_line(product, chance) for product in basket],
            "payment_ids": [Command.create(payment)],
        }

    @api.model
    def _make_line(self, product, chance):
        return Command.create(
            {
                "uuid": self._uuid(chance),
                "product_id": product.id,
                "qty": 1,
                "price_unit": product.list_price,
                "price_subtotal": product.list_price,
                "price_subtotal_incl": product.list_price,
                "tax_ids": [Command.clear()],
            }
        )

    @api.model
    def _uuid(self, chance):
        digits = f"{chance.getrandbits(128):032x}"
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return "-".join(parts)
