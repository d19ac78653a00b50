"""A canteen till of school 24 with three dishes and its pupils' cards."""

from datetime import datetime
from uuid import uuid4

from odoo import Command, fields

from odoo.addons.school_meal_base.tests.common import SchoolMealCase


class SchoolTillCase(SchoolMealCase):
    """`till` of `school` with cashier `cashier`; an open session in `pos_session`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.city, install_demo=False
        )
        cls.city.currency_id = cls.rub  # the chart brings its own
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.city.ids)
        )
        cls.city = cls.city.with_env(cls.env)
        cls.school = cls.school.with_env(cls.env)
        cls.ledger = cls.env["meal.ledger"]
        cls.control = cls.env["account.account"].create(
            {
                "name": "Personal accounts of families",
                "code": "304069",
                "account_type": "liability_current",
                "company_ids": [Command.set(cls.city.ids)],
            }
        )
        cls.city.meal_control_account_id = cls.control
        cls.gluten = cls.env["school.allergen"].create(
            {"name": "gluten", "code": "test_gluten"}
        )
        cls.lunch = cls._new_dish("Lunch", 120)
        cls.juice = cls._new_dish("Juice", 45)
        cls.bun = cls._new_dish("Bun", 30, allergen_ids=[Command.set(cls.gluten.ids)])
        cls.card = cls._new_card(cls.student, "BCD14264")
        cls.sibling_card = cls._new_card(cls.sibling, "24548AAC")
        cls.till = cls.school._setup_school_till(cash=True)
        cls.account_method = cls.till.payment_method_ids.filtered(
            lambda method: method.use_payment_terminal == "school_account"
        )
        cls.cash_method = cls.till.payment_method_ids - cls.account_method
        cls.cashier = cls._new_user("till_cashier", "group_cashier", cls.school)
        cls.cashier.name = "Cashier"

    @classmethod
    def _new_dish(cls, name, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "type": "service",
                "available_in_pos": True,
                "taxes_id": [Command.clear()],
                "company_id": cls.city.id,
                **vals,
            }
        )

    @classmethod
    def _new_card(cls, student, uid, state="active"):
        return cls.env["school.card"].create(
            {"student_id": student.id, "uid": uid, "state": state}
        )

    def _enter_taps(self):
        """Let the isolated cursor of a tap see what the test has not committed."""
        if not getattr(self, "registry_patches", None):
            self.registry_enter_test_mode()

    def _open_session(self):
        self.till.with_user(self.cashier).open_ui()
        session = self.till.current_session_id
        session.set_opening_control(0, "")
        self.pos_session = session.with_user(self.cashier)
        return self.pos_session

    def _close_session(self, session=None):
        session = session or self.pos_session
        session.post_closing_cash_details(session.cash_register_balance_end)
        return session.close_session_from_ui()

    def _request(self, amount, products=None, **vals):
        """A request of the till for one payment, `amount` in kopecks."""
        return {
            "uuid": str(uuid4()),
            "student_id": self.student.id,
            "card_id": self.card.id,
            "amount": amount,
            "products": (products or self.lunch).ids,
            **vals,
        }

    def _order(self, lines, payments, **vals):
        """An order as the browser sends it.

        :param lines: [(product, qty)]; or, given back, (product, -qty, sold line)
        :param payments: [(method, roubles, values)]
        """
        commands = [self._line(*line) for line in lines]
        total = sum(command[2]["price_subtotal_incl"] for command in commands)
        return {
            "uuid": str(uuid4()),
            "name": "Order",
            "session_id": self.pos_session.id,
            "user_id": self.cashier.id,
            "state": "paid",
            "date_order": fields.Datetime.to_string(datetime.now()),
            "amount_total": total,
            "amount_paid": total,
            "amount_tax": 0,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "lines": commands,
            "payment_ids": [
                Command.create(
                    {
                        "payment_method_id": method.id,
                        "amount": amount,
                        "uuid": str(uuid4()),
                        **values,
                    }
                )
                for method, amount, values in payments
            ],
            **vals,
        }

    def _line(self, product, qty, refunds=None):
        subtotal = product.list_price * qty
        return Command.create(
            {
                "uuid": str(uuid4()),
                "product_id": product.id,
                "qty": qty,
                "price_unit": product.list_price,
                "price_subtotal": subtotal,
                "price_subtotal_incl": subtotal,
                "tax_ids": [Command.clear()],
                **({"refunded_orderline_id": refunds.id} if refunds else {}),
            }
        )

    def _account_payment(self, roubles, uuid=None, **vals):
        values = {"meal_student_ref": self.student.id, "meal_card_ref": self.card.id}
        if uuid:
            values["uuid"] = uuid
        return (self.account_method, roubles, {**values, **vals})

    def _offline_payment(self, roubles, **vals):
        vals.setdefault("meal_occurred_at", "2026-09-14 09:30:00")
        return self._account_payment(roubles, meal_is_offline=True, **vals)

    def _sync(self, *orders):
        """Deliver orders as the cashier's till does; return them."""
        model = self.env["pos.order"]
        answer = model.with_user(self.cashier).sync_from_ui(list(orders))
        return model.browse([row["id"] for row in answer["pos.order"]])

    def _sell(self, lines, roubles):
        """Authorise and deliver one order paid from the student's account."""
        request = self._request(roubles * 100)
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer.get("status"), "created", answer)
        return self._sync(
            self._order(lines, [self._account_payment(roubles, request["uuid"])])
        )

    def _balance(self, account=None):
        account = account or self.account
        account.invalidate_recordset()
        return round(account.posted * 100), round(account.held * 100)

    def _transfers(self, **domain):
        return self.env["meal.transfer"].search(
            [(field, "=", value) for field, value in domain.items()], order="id"
        )


class OpenTillCase(SchoolTillCase):
    """The till is open, and there are 500 roubles on the account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger._top_up(cls.account, 50_000, uuid="money", debit=cls.transit)

    def setUp(self):
        super().setUp()
        self._enter_taps()
        self._open_session()
