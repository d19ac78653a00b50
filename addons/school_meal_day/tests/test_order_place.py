import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .order_common import LATE, MONDAY, TUESDAY, OrderCase


class PlaceCase(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _place_as(self, role, student, origin=None, **kwargs):
        orders = self._as(role, self.order_model)
        return orders._place(
            student.with_env(orders.env),
            kwargs.pop("day", MONDAY),
            kwargs.pop("meal_type", self.lunch),
            origin=origin or role,
            **kwargs,
        )

    def _new_variant(self, name="Set 2", **vals):
        return self.env["meal.variant"].create(
            {"name": name, "company_id": self.city.id, **vals}
        )

    def _new_event(self, order, action="given", undoes=None):
        """Return the id of an event, written past the serving page and its rules."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO meal_issue_event (event_key, payload_hash, school_id,
                        company_id, date, meal_type_id, student_id, order_id, action,
                        verdict, source, undoes_id, occurred_at, received_at)
            SELECT concat('test:', id, ':', %(action)s), 'x', school_id, company_id,
                   date, meal_type_id, student_id, id, %(action)s, 'ok', 'tap',
                   %(undoes)s, %(at)s, %(at)s
              FROM meal_order WHERE id = %(order)s
            RETURNING id
            """,
            {"action": action, "undoes": undoes, "at": LATE, "order": order.id},
        )
        return self.env.cr.fetchone()[0]


@tagged("post_install", "-at_install")
class TestOrderPlace(PlaceCase):
    def test_before_the_cut_off(self):
        orders, refusals = self._place_as("teacher", self.student)
        self.assertFalse(refusals)
        order = orders.sudo()
        self.assertEqual(order.state, "ordered")
        self.assertEqual(order.origin, "teacher")
        self.assertFalse(order.is_entitled)
        self.assertEqual(self._history(order), [(None, "ordered", "entered", False)])
        self.assertEqual(order.change_ids.user_id, self.roles["teacher"])

    def test_the_whole_class_at_once_and_twice(self):
        both = self.student + self.classmate
        orders, refusals = self._place_as("teacher", both)
        self.assertEqual(orders.student_id, both)
        again, refusals = self._place_as("teacher", both)
        self.assertFalse(refusals)
        self.assertEqual(again, orders)
        self.assertEqual(len(orders.sudo().change_ids), 2)

    def test_late_only_for_the_responsible(self):
        self._at(LATE)
        for role, origin in (("teacher", "teacher"), ("portal", "parent")):
            with self.subTest(role=role):
                orders, refusals = self._place_as(role, self.student, origin)
                self.assertFalse(orders)
                self.assertEqual([code for _one, code in refusals], ["cut_off"])
                self.assertFalse(self._orders(self.student))
        orders, refusals = self._place_as("operator", self.student)
        self.assertFalse(refusals)
        self.assertEqual(orders.state, "cooked")
        self.assertEqual(
            self._history(orders.sudo()), [(None, "cooked", "entered", True)]
        )

    def test_sudo_does_not_make_a_teacher_late(self):
        self._at(LATE)
        teacher = self._as("teacher", self.order_model).sudo()
        orders, refusals = teacher._place(
            self.student.with_env(teacher.env), MONDAY, self.lunch, origin="teacher"
        )
        self.assertEqual([code for _one, code in refusals], ["cut_off"])

    def test_refusals(self):
        outsider = self._new_student(self.class_5a, "Orlov", "Oleg")
        outsider.class_id = False
        ill = self._new_student(self.class_5a, "Bolnov", "Boris")
        self._report(ill)
        self._period("quarantine", classes=self.class_1b)
        students = self.student + outsider + ill + self.sibling
        orders, refusals = self._place(students)
        self.assertEqual(orders.student_id, self.student)
        self.assertEqual(
            {student: code for student, code in refusals},
            {
                outsider: "not_enrolled",
                ill: "absent",
                self.sibling: "no_school_day",
            },
        )

    def test_a_meal_without_a_price(self):
        snack = self.env.ref("school_meal_day.meal_type_snack")
        _orders, refusals = self._place(self.student, meal_type=snack)
        self.assertEqual(refusals, [(self.student, "no_price")])

    def test_a_closed_day(self):
        day = self.env["meal.day"].create({"school_id": self.school.id, "date": MONDAY})
        order = self._order(self.student)
        day.state = "closed"
        _orders, refusals = self._place(self.classmate)
        self.assertEqual(refusals, [(self.classmate, "day_closed")])
        with self._refused(UserError, "is closed"):
            order._take_off("changed_mind")
        with self._refused(UserError, "is closed"):
            order._write_off("spoiled")
        self.assertEqual(order.state, "ordered")
        self._report(self.student)
        self.assertEqual(order.state, "ordered")

    def test_another_set_of_an_order(self):
        order = self._order(self.student)
        variant = self._new_variant()
        self.assertEqual(self._order(self.student, variant=variant), order)
        self.assertEqual(order.variant_id, variant)
        self.assertEqual(
            self._history(order)[1], ("ordered", "ordered", "entered", False)
        )
        self._order(self.student)
        self.assertEqual(order.variant_id, variant)

    def test_a_diet_is_not_chosen(self):
        diet = self._new_variant("No milk", is_diet=True)
        for role, origin in (("teacher", "teacher"), ("portal", "parent")):
            with self.subTest(role=role):
                orders, refusals = self._place_as(
                    role, self.student, origin, variant=diet
                )
                self.assertEqual([code for _o, code in refusals], ["diet_variant"])
        self.student.diet_variant_id = diet
        self.assertEqual(self._order(self.student).variant_id, diet)

    def test_an_allergen_on_the_menu(self):
        nuts = self.env["school.allergen"].create({"name": "Walnuts", "code": "wn"})
        self.student.allergen_ids = nuts
        dish = self.env["product.template"].create(
            {"name": "Nut cake", "is_dish": True, "allergen_ids": [(6, 0, nuts.ids)]}
        )
        self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "age_group_id": self.older.id,
                "line_ids": [
                    Command.create({"meal_type_id": self.lunch.id, "dish_id": dish.id})
                ],
            }
        )
        _orders, refusals = self._place_as("teacher", self.student)
        self.assertEqual([code for _one, code in refusals], ["allergen"])
        _orders, refusals = self._place_as("teacher", self.classmate)
        self.assertFalse(refusals)

    def _refusals(self, **kwargs):
        return [
            code for _one, code in self._place_as("teacher", self.student, **kwargs)[1]
        ]

    def test_a_set_without_a_menu_is_the_usual_one(self):
        self._serve_nuts(self.student)
        variant = self._new_variant()
        self.assertEqual(self._refusals(variant=variant), ["allergen"])
        self.assertFalse(self._orders(self.student))
        self.student.medical_diet = "No sugar"
        self.assertEqual(self._refusals(variant=variant), ["allergen"])
        # cooked for small children, it is nothing that this child gets
        harmless = self._serve_nuts(variant=variant, age_group=self.young)
        harmless.line_ids.dish_id.allergen_ids = False
        self.assertEqual(self._refusals(variant=variant), ["allergen"])
        harmless.age_group_id = self.older
        self.assertEqual(self._refusals(variant=variant), [])

    def test_the_menu_of_the_diet_counts(self):
        diet = self._new_variant("No milk", is_diet=True)
        self.student.diet_variant_id = diet
        usual = self._serve_nuts(self.student)
        self.assertEqual(self._refusals(), ["allergen"])
        menu = self._serve_nuts(variant=diet)
        menu.line_ids.dish_id.allergen_ids = False
        usual.flush_recordset()
        self.assertEqual(self._refusals(), [])
        self._orders(self.student)._take_off("changed_mind")
        menu.line_ids.dish_id.allergen_ids = self.student.allergen_ids
        usual.unlink()
        self.assertEqual(self._refusals(), ["allergen"])

    def test_the_set_of_the_order_that_stands_counts(self):
        variant = self._new_variant()
        order = self._order(self.student, variant=variant)
        self._serve_nuts(self.student, variant=variant)
        self._serve_nuts().line_ids.dish_id.allergen_ids = False
        self.assertEqual(self._refusals(), ["allergen"])
        self.assertEqual(self._refusals(variant=variant.browse()), [])
        self.assertFalse(order.variant_id)
        self.assertEqual(order.state, "ordered")

    def _checked(self, *codes):
        found = self.order_model.search([("health_check", "in", codes)])
        return found.filtered(lambda order: order.school_id == self.school)

    def test_orders_tell_that_a_replacement_is_needed(self):
        orders = self._order(self.student + self.classmate)
        mine = orders.filtered(lambda order: order.student_id == self.student)
        self.student.allergen_ids = self.env["school.allergen"].create(
            {"name": "Test nuts", "code": "nuts-t"}
        )
        # without a menu it may be ordered, and is shown
        self.assertEqual(self._refusals(), [])
        self.assertEqual(orders.mapped("health_check"), ["unknown", False])
        self.assertEqual(self._checked("unknown"), mine)
        menu = self._serve_nuts()
        orders.invalidate_recordset()
        self.assertEqual(orders.mapped("health_check"), ["allergen", False])
        self.assertEqual(self._checked("allergen"), mine)
        self.assertEqual(self._checked("unknown", False), orders - mine)
        action = self._as("operator", menu).action_open_allergen_orders()
        found = self._as("operator", self.order_model).search(action["domain"])
        self.assertEqual(found, mine)
        with self._refused(AccessError, ""):
            self._as("teacher", mine).read(["health_check"])
        mine._take_off("changed_mind")
        mine.invalidate_recordset()
        self.assertFalse(mine.health_check)
        self.assertFalse(self._checked("allergen"))

    def test_taken_off_and_ordered_again_is_one_order(self):
        order = self._order(self.student)
        order._take_off("changed_mind")
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._order(self.student), order)
        self.assertEqual(
            [row[1] for row in self._history(order)],
            ["ordered", "cancelled", "ordered"],
        )


@tagged("post_install", "-at_install")
class TestOrderTakeOff(PlaceCase):
    def test_before_and_after_the_cut_off(self):
        orders = self._order(self.student) + self._order(self.classmate)
        orders[0]._take_off("changed_mind")
        self._at(LATE)
        orders[1]._take_off("changed_mind")
        self.assertEqual(orders.mapped("state"), ["cancelled", "freed"])
        self.assertEqual(
            self._history(orders[1])[1:],
            [
                ("ordered", "cooked", "cut_off", False),
                ("cooked", "freed", "changed_mind", True),
            ],
        )

    def test_twice_is_once(self):
        order = self._order(self.student)
        self.assertEqual(order._take_off("changed_mind"), order)
        self.assertFalse(order._take_off("changed_mind"))
        self.assertEqual(len(order.change_ids), 2)

    def test_what_was_eaten_stays(self):
        order = self._order(self.student)
        self._at(LATE)
        event = self._new_event(order)
        self.assertFalse(order._take_off("absence"))
        self.assertFalse(order._write_off("not_claimed"))
        self.assertEqual(order.state, "cooked")
        self._new_event(order, "undone", event)
        self.assertTrue(order._take_off("absence"))

    def test_a_freed_portion_is_written_off(self):
        order = self._order(self.student)
        self._at(LATE)
        order._take_off("changed_mind")
        self.assertEqual(order._write_off("spoiled"), order)
        self.assertEqual(order.state, "written_off")
        self.assertEqual(
            self._history(order)[-1], ("freed", "written_off", "spoiled", True)
        )
        self.assertFalse(order._write_off("spoiled"))

    def test_the_student_comes_after_all(self):
        order = self._order(self.student)
        self._at(LATE)
        order._take_off("changed_mind")
        self.assertEqual(self._order(self.student), order)
        self.assertEqual(self._history(order)[-1], ("freed", "cooked", "entered", True))


@tagged("post_install", "-at_install")
class TestOrderHistory(PlaceCase):
    def test_nobody_changes_orders_by_hand(self):
        order = self._order(self.student)
        for role in self.roles:
            with self.subTest(role=role):
                mine = self._as(role, order)
                with self._refused(AccessError, ""):
                    mine.write({"state": "cancelled"})
                with self._refused((AccessError, UserError), ""):
                    mine.unlink()
                with self._refused((AccessError, UserError), ""):
                    self._as(role, order.change_ids).write({"reason": "left"})
        self.assertEqual(order.state, "ordered")
        with self._refused(UserError, "never deleted"):
            order.unlink()
        with self._refused(UserError, "never changed"):
            order.change_ids.write({"reason": "left"})
        with self._refused(UserError, "never changed"):
            order.change_ids.unlink()

    def test_code_that_writes_leaves_a_trace(self):
        order = self._order(self.student)
        order.sudo().state = "cancelled"
        self.assertEqual(
            self._history(order)[-1], ("ordered", "cancelled", "correction", False)
        )

    def _run(self, query, *params):
        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env.cr.execute(query, params)
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_the_database_keeps_the_history(self):
        order = self._order(self.student)
        self.env.flush_all()
        for query, params in (
            ("UPDATE meal_order SET state = 'cancelled' WHERE id = %s", (order.id,)),
            ("UPDATE meal_order_change SET reason = 'left'", ()),
            ("DELETE FROM meal_order_change", ()),
            ("TRUNCATE meal_order_change CASCADE", ()),
        ):
            with self.subTest(query=query):
                with self.assertRaises(psycopg2.errors.CheckViolation):
                    self._run(query, *params)
        self._run("UPDATE meal_order SET is_entitled = true WHERE id = %s", order.id)

    def test_constraints_exist(self):
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes"
            " WHERE tablename IN ('meal_order', 'meal_snapshot')"
        )
        names = {name for (name,) in self.env.cr.fetchall()}
        self.assertLessEqual(
            {
                "meal_order_student_day_meal_uniq",
                "meal_order_passed_once",
                "meal_order_school_day_idx",
                "meal_snapshot_kind_uniq",
            },
            names,
        )

    def test_order_again_on_another_day_is_another_order(self):
        self.assertNotEqual(
            self._order(self.student), self._order(self.student, TUESDAY)
        )
